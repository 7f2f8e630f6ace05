"""A diary of a programme: what a laboratory reports, at what hour, and who is told what.

    at = diary.at
    at("2025-09-08 09:00").lab_reports("xylazine", county="Alameda")
    at("09:05").expect_sms(VAN, containing="xylazine")

Everything behind it is real: the laboratory answers over HTTP, the carriers are the peers of tests/peers, callbacks
and replies come in through the console. Only the clock is the diary's: `at` moves it and rings every bell.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

import uvicorn

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.console.routes import build
from alerts.console.server import listen
from alerts.flow.addressing.plan import Plan, plan
from alerts.flow.collection.collect import Outcome, collect
from alerts.flow.collection.lateness import lateness
from alerts.flow.delivery.deliver import deliver
from alerts.flow.delivery.fall_back import fall_back
from alerts.flow.delivery.reconcile import reconcile
from alerts.flow.duty.overdue import overdue
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.thresholds.seed import seed
from alerts.flow.upkeep.tidy import tidy
from alerts.flow.watch import watch
from alerts.model.alert import Alert, AlertVersion
from alerts.model.delivery import Delivery
from alerts.model.feed_state import FeedCondition, FeedState
from alerts.model.staff import Person, Role
from alerts.record.verify import verify
from alerts.store import alerts, feeds, ledger_rows, outbox, partners, staff, work
from alerts.store.side_evidence import SetAside, aside
from detectors.simulator.sample import SimulatedFinding, SimulatedSample
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv
from tests.peers.lab_peer import Laboratory
from tests.peers.smtp_ledger import Mail
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_device import Sms
from tests.peers.twilio_peer import TwilioPeer

FIPS = {"Alameda": "06001", "Contra Costa": "06013", "Kern": "06029", "Alpine": "06003"}
ORDINARY = ("fentanyl", "caffeine")


@dataclass(frozen=True)
class Somebody:
    """One contact: a row as staff would import it."""

    partner: str
    phone: str = ""
    email: str = ""
    language: str = "en"
    places: str = "CA"
    wake: str = ""
    time_zone: str = ""
    channels: str = ""

    @property
    def row(self) -> dict[str, str]:
        return {
            "partner": self.partner, "phone": self.phone, "email": self.email, "language": self.language,
            "places": self.places, "wake": self.wake, "time_zone": self.time_zone, "channels": self.channels,
            "consent": "signed form",
        }  # fmt: skip


VAN = Somebody("Eastside Outreach", phone="+15105550111", places="Alameda County, CA")
COUNTER = Somebody("Punto de Apoyo", phone="+15105550122", language="es")
DESK = Somebody("Bay Services", email="desk@bay.example")
EQUIPO = Somebody("Clinica del Valle", email="equipo@valle.example", language="es")
KERN_VAN = Somebody("Kern Outreach", phone="+16615550133", places="Kern County, CA")

CONFIG = """
[programme]
name = "Bay Alerts"
contact = "programme@bay.example"
state = "CA"
public_url = "http://127.0.0.1:{console}"
[store]
url = "{store}"
[delivery]
settle_seconds = 20
[sms]
notifier = "twilio"
account_sid = "{account}"
sender = "{sender}"
base_url = "{carrier}"
timeout_seconds = {timeout}
[email]
notifier = "smtp"
host = "127.0.0.1"
port = {mail}
security = "none"
sender = "alerts@bay.example"
timeout_seconds = {timeout}
[feeds.lab]
preset = "unc-lab-detail"
url = "{laboratory}/lab_detail.csv"
second_url = "{laboratory}/analysis_dataset.csv"
source = "county lab"
every = "1m"
allow_private = true
cadence_days = 7
[lists]
sedatives = ["xylazine", "medetomidine"]
life-at-risk = ["carfentanil"]
[thresholds.sedatives]
method = "watchlist"
substances = ["list:sedatives", "carfentanil"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "{release}"
cool_down_days = 30
expires_days = 30
longest_days = {longest}
update_hours = 24
review_hours = 12
[thresholds.deadly]
method = "watchlist"
substances = ["carfentanil"]
scope = "county"
kinds = ["drug"]
level = "act_now"
release = "{release}"
cool_down_days = 30
expires_days = 30
longest_days = 180
update_hours = 24
review_hours = 12
"""


class Diary:
    """One programme with its laboratory and carriers. `now` is its clock; its hours are those of the programme."""

    def __init__(self, app: App, laboratory: Laboratory, carrier: TwilioPeer, mail: SmtpPeer) -> None:
        self.app = app
        self.laboratory = laboratory
        self.carrier = carrier
        self.mail = mail
        self.zone = app.configuration.programme.zone
        self.now = datetime(2025, 9, 1, 12, 0, tzinfo=self.zone).astimezone(UTC)
        self.samples: dict[str, SimulatedSample] = {}
        self.outcomes: list[Outcome] = []
        self.bells = True

    def at(self, when: str) -> Self:
        """Let it be that hour ("09:05", of the present day) or moment ("2025-09-08 09:05"); bells ring on the way."""
        local = self.now.astimezone(self.zone)
        text = when if len(when) > 5 else f"{local:%Y-%m-%d} {when}"
        moment = datetime.fromisoformat(text).replace(tzinfo=self.zone).astimezone(UTC)
        assert moment >= self.now, f"a diary goes forward; it is already {local}"
        for stroke in self._strokes(moment):
            self.now = stroke
            if stroke.astimezone(self.zone).time() == self.app.configuration.clock.daily_at:
                tidy(self.app, self.now)
                with self.app.store.write() as connection:
                    work.ask_for(connection, work.WATCH, self.now)
            self.ring()
        self.now = moment
        return self.ring()

    def later(self, **span: float) -> Self:
        """As `at`, so much later: later(days=3), later(seconds=20)."""
        return self.at((self.now + timedelta(**span)).astimezone(self.zone).replace(tzinfo=None).isoformat(" "))

    def ring(self) -> Self:
        """Every bell once, in the order in which they would follow from each other."""
        if not self.bells:
            return self
        lateness(self.app, self.now)
        overdue(self.app, self.now)
        self.outcomes += collect(self.app, self.now)
        watch(self.app, self.now)
        self._send()
        while fall_back(self.app, self.now):
            self._send()
        return self

    def _send(self) -> None:
        while deliver(self.app, self.now) is not None:
            pass
        while reconcile(self.app, self.now) is not None:
            pass
        self.carrier.settle()

    # What the laboratory does.

    def lab_reports(
        self, *substances: str, county: str = "Alameda", key: str = "", traces: tuple[str, ...] = ()
    ) -> Self:
        """A sample taken four days ago is finished today and stands in the tables; the feed is read at once."""
        today = self.now.astimezone(self.zone).date()
        made = sample(key or f"S{len(self.samples) + 1}", today, county, *ORDINARY, *substances, traces=traces)
        self.samples[made.key] = made
        return self.lab_publishes()

    def lab_withdraws(self, key: str) -> Self:
        del self.samples[key]
        return self.lab_publishes()

    def lab_changes(self, key: str, *substances: str) -> Self:
        findings = tuple(SimulatedFinding(s, s, False) for s in (*ORDINARY, *substances))
        self.samples[key] = replace(self.samples[key], findings=findings)
        return self.lab_publishes()

    def lab_publishes(self) -> Self:
        """The tables as they stand, a minute later, when the feed is due."""
        self.laboratory.publish(analysis_dataset_csv(self.samples.values()), "/analysis_dataset.csv")
        self.laboratory.publish(lab_detail_csv(self.samples.values()), "/lab_detail.csv")
        return self.poll()

    def poll(self) -> Self:
        """Read the feed now, whether it is due or not, and let what follows follow."""
        self.outcomes += collect(self.app, self.now, only=["lab"], force=True)
        return self.ring()

    # What people see.

    def joins(self, *people: Somebody) -> Self:
        for somebody in people:
            add_contact(self.app, somebody.row, "diary", self.now)
        return self

    def expect_sms(self, somebody: Somebody, containing: str = "") -> Sms:
        return self.carrier.device(somebody.phone).expect_sms(containing)

    def expect_mail(self, somebody: Somebody, containing: str = "") -> Mail:
        return self.mail.expect_mail(somebody.email, containing)

    def expect_nothing(self, *people: Somebody) -> Self:
        """Nothing that was not expected before has reached any of them."""
        for somebody in people:
            if somebody.phone:
                self.carrier.device(somebody.phone).expect_no_sms(within=0)
            if somebody.email:
                self.mail.expect_no_mail(somebody.email, within=0)
        return self

    def texts_to(self, somebody: Somebody) -> list[str]:
        """Everything that the carrier ever took for them."""
        return [t.body for t in self.carrier.messages if t.to == somebody.phone]

    # What staff see.

    def alerts(self) -> list[Alert]:
        """Oldest first."""
        with self.app.store.read() as connection:
            return list(reversed(alerts.everything(connection)))

    def alert(self) -> Alert:
        """The only one."""
        (only,) = self.alerts()
        return only

    def editions(self, alert: Alert | None = None) -> list[AlertVersion]:
        with self.app.store.read() as connection:
            return alerts.versions(connection, (alert or self.alert()).id)

    def reasons(self) -> list[str]:
        """Why each edition of the only alert was made."""
        return [str(v.reason) for v in self.editions()]

    def deliveries(self, somebody: Somebody | None = None) -> list[Delivery]:
        """Rows of the outbox, oldest edition first."""
        mine = {somebody.phone, somebody.email} if somebody else set()
        with self.app.store.read() as connection:
            rows = sorted(outbox.latest(connection, 1000), key=lambda d: (d.alert, d.version, d.contact, d.channel))
        return [d for d in rows if somebody is None or d.address in mine]

    def states(self, somebody: Somebody | None = None) -> list[str]:
        return [str(d.state) for d in self.deliveries(somebody)]

    def planned(self) -> Plan:
        """What an approver of the only alert's newest edition is shown."""
        with self.app.store.read() as connection:
            return plan(self.app, connection, self.alert(), self.editions()[-1], self.now)

    def person(self, name: str, role: Role = Role.STAFF) -> Person:
        with self.app.store.write() as connection:
            return staff.add(connection, name, role)

    def feed(self) -> FeedState:
        with self.app.store.read() as connection:
            (only,) = feeds.everything(connection)
        return only

    def feed_history(self) -> list[FeedCondition]:
        """Each change of the feed's condition, oldest first."""
        with self.app.store.read() as connection:
            return [condition for _, condition, _, _ in reversed(feeds.events(connection, "lab", 100))]

    def set_aside(self) -> list[SetAside]:
        with self.app.store.read() as connection:
            return aside(connection, "lab")

    def record(self) -> list[tuple[str, str]]:
        """(kind, subject) of every entry; the record is proven on the way."""
        with self.app.store.read() as connection:
            rows = list(ledger_rows.rows(connection))
            assert verify(rows, ledger_rows.head(connection)).problems == ()
        return [(row.kind, row.subject) for row in rows]

    def consents(self, somebody: Somebody) -> list[tuple[bool, str]]:
        """(given, in which words) as the log of consent has it."""
        with self.app.store.read() as connection:
            number = partners.contact_at(connection, "sms", somebody.phone)
            assert number is not None
            return [(c.given, c.words) for c in partners.consent_log(connection, number)]

    def dead(self, somebody: Somebody) -> str:
        """Why an address is not written to any more; "" while it is."""
        with self.app.store.read() as connection:
            number = partners.contact_at(connection, "sms", somebody.phone)
            assert number is not None
            return partners.is_disabled(connection, number, "sms")

    def _strokes(self, until: datetime) -> Iterator[datetime]:
        """The daily bell between now and then, and each noon, at which whoever slept is awake again."""
        day: date = self.now.astimezone(self.zone).date()
        while True:
            for hour in (self.app.configuration.clock.daily_at, time(12)):
                stroke = datetime.combine(day, hour, tzinfo=self.zone).astimezone(UTC)
                if stroke > until:
                    return
                if stroke > self.now:
                    yield stroke
            day += timedelta(days=1)


def sample(key: str, completed: date, county: str, *substances: str, traces: tuple[str, ...] = ()) -> SimulatedSample:
    """A sample as the laboratory would enter it; what nobody reads is left empty."""
    findings = tuple(SimulatedFinding(s, s, False) for s in substances)
    return SimulatedSample(
        key=key, county=county, fips=FIPS[county], state="CA", state_name="California", location="Simulated program 1",
        collected=completed - timedelta(days=4), completed=completed, sold_as=("fentanyl",), archetype="", batch=0,
        texture="powder", color="white", collection="", consumed=False, overdose="", sensations="", card=1,
        findings=findings + tuple(SimulatedFinding(s, s, True) for s in traces),
    )  # fmt: skip


@contextmanager
def opened_diary(
    store: str, *, release: str = "automatic", longest: int = 180, timeout: float = 5, own: Callable[[str], str] = str
) -> Iterator[Diary]:
    """A diary that begins at noon of 1 September 2025, with a laboratory that has found nothing special so far.

    own: changes the text of the configuration. timeout: seconds that carriers have to answer.
    """
    with (
        closing(listen("127.0.0.1", 0)) as listener, Laboratory() as laboratory, TwilioPeer() as carrier,
        SmtpPeer() as mail,
    ):  # fmt: skip
        port = listener.getsockname()[1]
        text = CONFIG.format(
            console=port, store=store, account=carrier.account_sid, sender=carrier.numbers[0], carrier=carrier.url,
            mail=mail.port, laboratory=laboratory.url(""), release=release, longest=longest, timeout=timeout,
        )  # fmt: skip
        environment = {"SUPPLYWATCH_TWILIO_AUTH_TOKEN": carrier.auth_token}
        app = open_app(parse(own(text), "diary.toml", environment), environment, durable=False)
        carrier.inbound_url = f"{app.configuration.programme.public_url}/callbacks/twilio/inbound"
        diary = Diary(app, laboratory, carrier, mail)
        seed(app, diary.now)
        console = uvicorn.Server(
            uvicorn.Config(
                build(app, lambda: diary.now, environment), log_level="warning", access_log=False, lifespan="off"
            )
        )
        thread = threading.Thread(target=console.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            for number in range(3):
                kept = sample(f"OLD{number}", date(2025, 8, 20), "Alameda", *ORDINARY)
                diary.samples[kept.key] = kept
            diary.lab_publishes()
            yield diary
            diary.record()
            assert carrier.faults == []
        finally:
            console.should_exit = True
            thread.join(timeout=10)
            app.close()


def plain(text: str) -> str:
    """A text on one line, for looking into."""
    return re.sub(r"\s+", " ", text)
