"""A console on a real port, with a programme behind it: results came in, one alert went out and one waits for review.

Nothing in it is real. Everything that a reviewer must never see is a marker word that no other text holds.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx

from alerts.app import App, open_app
from alerts.config import parse
from alerts.console.door import make_link
from alerts.console.server import listen, serve_in_background
from alerts.flow.delivery.deliver import deliver
from alerts.flow.thresholds.seed import seed
from alerts.flow.watch import watch
from alerts.model.feed_state import FeedCondition
from alerts.model.level import Level
from alerts.model.partner import Address, Consent, Contact, Partner
from alerts.model.staff import Role
from alerts.store import evidence, feeds, partners, side_evidence
from detectors.sample import Finding, Quarantined, Sample, SampleKind

MORNING = datetime(2026, 11, 20, 18, 4, 37, tzinfo=UTC)
"""Ten in the morning in California, on a Friday."""

MARKERS = (
    "zephyrine", "quillback", "+14155550142", "+14155550143", "5550142", "wrenfield", "marker.example", "SAMPLEKEY",
    "Tamarack", "siteword", "10:04", "18:04", "hushword", "06075", "06001", "Alameda", "San Francisco",
)  # fmt: skip
"""Names, phones, inboxes, sample ids, sites, exact times, counties and reasons that were put in."""

TOKENS = {"SUPPLYWATCH_TWILIO_AUTH_TOKEN": "new-token", "SUPPLYWATCH_TWILIO_AUTH_TOKEN_OLD": "old-token"}

CONFIG = """
[programme]
name = "Golden State Drug Checking"
contact = "hello@programme.example"
public_url = "{url}"
[store]
url = "sqlite:///{folder}/supplywatch.db"
[console]
trusted_proxies = []
[sms]
notifier = "{sms}"
folder = "{folder}/sms"
account_sid = "ACtest"
sender = "+15105550100"
base_url = "http://127.0.0.1:9"
[email]
folder = "{folder}/email"
[feeds.lab-results]
preset = "unc-lab-detail"
folder = "{folder}/drop"
every = "15m"
cadence_days = 7
[feeds.coroner]
preset = "allegheny-me"
folder = "{folder}/drop2"
every = "1d"
cadence_days = 31
[feeds.coroner.columns]
substance = ["substance", "drug named"]
"""


@dataclass
class House:
    """app: what the console shows. url: where it listens. hour: what its clock says; tests may move it."""

    app: App
    url: str = ""
    hour: list[datetime] = field(default_factory=lambda: [MORNING])

    def clock(self) -> datetime:
        return self.hour[0]

    def link(self, name: str, role: Role) -> str:
        return make_link(self.app, name, role, self.clock())

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20, trust_env=False)

    @contextmanager
    def signed_in(self, name: str = "Robin", role: Role = Role.STAFF) -> Iterator[httpx.Client]:
        with self.client() as client:
            link = httpx.URL(self.link(name, role)).path
            answer = client.post(link, data={"token": token_of(client.get(link).text)})
            assert answer.status_code == 303, answer.text
            yield client


def token_of(html: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', html)
    assert found is not None, "the page has no form"
    return found[1]


def post(client: httpx.Client, page: str, action: str, **data: object) -> httpx.Response:
    """Fill in a form of `page` as a browser would."""
    return client.post(action, data={"token": token_of(client.get(page).text), **data})


def build_app(folder: Path, url: str = "http://127.0.0.1:8700", sms: str = "file") -> App:
    text = CONFIG.format(folder=folder, url=url, sms=sms)
    return open_app(parse(text, "test.toml", {}), TOKENS, durable=False)


def furnish(app: App, now: datetime = MORNING) -> None:
    """Partners, a year of results, and one look: carfentanil goes out at once, xylazine waits for a person."""
    seed(app, now)
    with app.store.write() as connection:
        partner = partners.add_partner(connection, "Tamarack House", "Tamarack")
        other = partners.add_partner(connection, "Bayside Outreach", "Bayside")
        people = [
            (partner, "zephyrine van", "en", ("06001", "06075"), "+14155550142", "zephyrine@marker.example"),
            (partner, "quillback", "es", ("06",), "+14155550143", ""),
            (other, "night shift", "en", ("06",), "", "wrenfield@marker.example"),
        ]
        for who, label, language, places, phone, inbox in people:
            add_contact(connection, who, label, language, places, phone, inbox, now)
        first = date(2025, 9, 1)
        samples = [_sample(i, first + timedelta(days=i * 2), "06001", "Alameda", "fentanyl") for i in range(210)]
        samples += [_sample(900 + i, date(2026, 10, 20 + i), "06001", "Alameda", "xylazine") for i in range(4)]
        samples += [_sample(950, date(2026, 11, 10), "06075", "San Francisco", "carfentanil")]
        samples += [_sample(960 + i, date(2026, 11, 1), "06075", "San Francisco", "heroin") for i in range(9)]
        evidence.store(
            connection, "lab-results", samples, now=now, document=1, whole=True,
            known_on=lambda s: min((s.collected or now.date()) + timedelta(days=24), now.date()),
        )  # fmt: skip
        side_evidence.set_aside(
            connection, "lab-results", [Quarantined(41, "date_complete", "31feb2026", "is no date", "Ask the lab.")],
            now=now, document=1,
        )  # fmt: skip
        side_evidence.count_unrecognised(
            connection, "lab-results", "name", {"xylaxxine siteword": (2, "xylazine")}, now=now
        )
        feeds.set_condition(
            connection, "coroner", FeedCondition.SILENT,
            "No new data since 2026-07-01. This does not mean that nothing is in the supply.", "Ask the source.", now,
        )  # fmt: skip
    assert watch(app, now) is not None
    while deliver(app, now) is not None:
        pass


def add_contact(
    connection: object, who: Partner, label: str, language: str, places: tuple[str, ...], phone: str, inbox: str,
    now: datetime,
) -> None:  # fmt: skip
    pairs = [("sms", phone), ("email", inbox)]
    addresses = tuple(Address(channel, address, False) for channel, address in pairs if address)
    contact = Contact(
        id=0, partner=who, label=label, language=language, time_zone="America/Los_Angeles", places=places,
        substances=("*",), least=Level.INFO, addresses=addresses,
    )  # fmt: skip
    made = partners.add_contact(connection, contact)  # type: ignore[arg-type]
    for address in addresses:
        given = Consent(made.id, address.channel, True, "paper form", "yes please", now)
        partners.add_consent(connection, given)  # type: ignore[arg-type]


def _sample(number: int, day: date, place: str, county: str, substance: str) -> Sample:
    return Sample(
        key=f"SAMPLEKEY{number}", kind=SampleKind.DRUG, findings=(Finding(substance, substance, "GCMS"),), state="CA",
        county=county, place=place, collected=day, methods=("GCMS",), sold_as=("siteword dope",),
    )  # fmt: skip


@contextmanager
def opened(folder: Path, furnished: Path, sms: str = "file") -> Iterator[House]:
    """A console on a free port of loopback, with a copy of the store in `furnished`."""
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        for file in furnished.glob("supplywatch.db*"):
            shutil.copy(file, folder)
        house = House(build_app(folder, url, sms), url)
    except BaseException:
        listener.close()
        raise
    try:
        # The socket listens already, so that the first request waits for the server instead of failing.
        with serve_in_background(house.app, house.clock, listener, TOKENS):
            yield house
    finally:
        house.app.close()
