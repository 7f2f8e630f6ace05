"""`kill -9` in the middle of delivery, again and again, and the carriers' own books afterwards."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alerts.app import App, open_app
from alerts.config import load
from alerts.flow.collection.collect import collect
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.thresholds.seed import seed
from alerts.flow.watch import watch
from alerts.model.delivery import DeliveryState
from alerts.record.verify import verify
from alerts.store import drained, ledger_rows, outbox
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv
from tests.flow.timeline import ORDINARY, sample
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_peer import TwilioPeer

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """
[programme]
public_url = "http://127.0.0.1:9"
[store]
url = "sqlite:///{folder}/killed.db"
[clock]
deliver_seconds = 0.3
lease_seconds = 2
[delivery]
settle_seconds = 1
backoff_seconds = 0.2
[sms]
notifier = "twilio"
account_sid = "{carrier.account_sid}"
auth_token_file = "{folder}/token"
sender = "{carrier.numbers[0]}"
base_url = "{carrier.url}"
segments_per_second = 0
[email]
notifier = "smtp"
host = "127.0.0.1"
port = {mail.port}
security = "none"
sender = "alerts@bay.example"
[feeds.lab]
preset = "unc-lab-detail"
folder = "{folder}/drop"
every = "1h"
cadence_days = 7
"""
"""No callback arrives at that public_url: after a kill the carrier must be asked."""

PATIENCE = 60.0
"""Seconds within which the last server must have emptied the outbox."""


@dataclass(frozen=True)
class Toll:
    """What the carriers' books say. amid: how many kills fell while messages were under way. took: seconds in all.

    repeated: mails that came more than once, under one Message-ID; a mail server cannot be asked.
    """

    kills: int
    amid: int
    texts: int
    mails: int
    doubled: tuple[str, ...]
    lost: tuple[str, ...]
    repeated: int
    problems: tuple[str, ...]
    took: float

    @property
    def clean(self) -> bool:
        return not (self.doubled or self.lost or self.problems)


def kill_repeatedly(folder: Path, *, kills: int, texts: int, mails: int, seed_of_chance: int) -> Toll:
    """Queue messages, kill the server at random moments of their delivery, let a last one finish, and count."""
    chance = random.Random(seed_of_chance)
    began = time.monotonic()
    with TwilioPeer() as carrier, SmtpPeer() as mail:
        # Slow enough that most kills fall between a carrier's taking a message and our hearing of it.
        carrier.misbehave("slow", times=None, seconds=0.1)
        mail.misbehave("slow", times=None, seconds=0.1)
        (folder / "token").write_text(carrier.auth_token)
        file = folder / "config.toml"
        file.write_text(CONFIG.format(folder=folder, carrier=carrier, mail=mail))
        app = open_app(load(file, {}), {})
        try:
            phones, inboxes = _queue(app, folder, texts, mails)
            with _nursery(file) as nursery:
                amid = sum(_one_life(app, nursery, chance.uniform(0.0, 0.8)) for _ in range(kills))
                _last_life(app, nursery)
            problems = _problems(app)
        finally:
            app.close()
        taken = Counter(t.to for t in carrier.messages)
        got: dict[str, set[str]] = {}
        copies = Counter[str]()
        for one in mail.messages:
            (to,) = one.recipients
            got.setdefault(to, set()).add(one.message_id)
            copies[to] += 1
    lost = [p for p in phones if not taken[p]] + [i for i in inboxes if not copies[i]]
    doubled = [p for p in phones if taken[p] > 1] + [i for i, ids in got.items() if len(ids) > 1]
    repeated = sum(1 for count in copies.values() if count > 1)
    return Toll(
        kills, amid, texts, mails, tuple(doubled), tuple(lost), repeated, tuple(problems), time.monotonic() - began
    )


def _queue(app: App, folder: Path, texts: int, mails: int) -> tuple[list[str], list[str]]:
    """One alert to everybody, waiting in the outbox."""
    now = datetime.now(UTC)
    today = now.astimezone(app.configuration.programme.zone).date()
    seed(app, now)
    phones = [f"+1510555{number:04d}" for number in range(100, 100 + texts)]
    inboxes = [f"desk{number}@bay.example" for number in range(mails)]
    always = {"partner": "Everybody", "consent": "test", "quiet_from": "08:00", "quiet_to": "08:00"}
    for phone in phones:
        add_contact(app, {**always, "phone": phone}, "test", now)
    for inbox in inboxes:
        add_contact(app, {**always, "email": inbox}, "test", now)
    found = [sample("X1", today, "Alameda", *ORDINARY, "carfentanil")]
    (folder / "drop").mkdir()
    for name, body in (("analysis_dataset", analysis_dataset_csv(found)), ("lab_detail", lab_detail_csv(found))):
        file = folder / "drop" / f"{name}.csv"
        file.write_bytes(body)
        os.utime(file, (now.timestamp() - 60,) * 2)  # a file that was just written is left alone for a while
    (outcome,) = collect(app, now)
    assert outcome.changed, outcome.sentence
    seen = watch(app, now)
    assert seen is not None
    assert seen.addressed == texts + mails, f"{seen.addressed} messages were queued"
    return phones, inboxes


@contextmanager
def _nursery(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Where servers are born."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.flow.server", str(file)], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield nursery
    finally:
        nursery.communicate()


def _birth(nursery: subprocess.Popen[str]) -> int:
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    print(file=nursery.stdin, flush=True)
    return int(nursery.stdout.readline())


def _one_life(app: App, nursery: subprocess.Popen[str], seconds: float) -> bool:
    """Start a server, kill it so long after it began to work; True when messages were under way at that moment."""
    server = _birth(nursery)
    time.sleep(seconds)
    os.kill(server, signal.SIGKILL)
    return _counts(app).get(DeliveryState.SENDING, 0) > 0


def _last_life(app: App, nursery: subprocess.Popen[str]) -> None:
    """Start a server, and kill it when there is nothing left to do, or when patience is over."""
    server = _birth(nursery)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if _at_rest(app):
            break
        time.sleep(0.1)
    os.kill(server, signal.SIGKILL)


def _at_rest(app: App) -> bool:
    """Nothing waits, and it is written down that all is through. That entry has a commit of its own behind the last
    message's; a kill between the two is mended at the next start, and there is none after the last life."""
    counts = _counts(app)
    if counts.get(DeliveryState.QUEUED) or counts.get(DeliveryState.SENDING):
        return False
    with app.store.read() as connection:
        return not drained.undrained(connection)


def _counts(app: App) -> dict[str, int]:
    with app.store.read() as connection:
        return outbox.counts(connection)


def _problems(app: App) -> list[str]:
    """What our own books say that they should not."""
    problems = [f"{n} rows are '{s}'" for s, n in _counts(app).items() if s not in ("accepted", "delivered")]
    with app.store.read() as connection:
        rows = list(ledger_rows.rows(connection))
        problems += verify(rows, ledger_rows.head(connection)).problems
    entries = [row for row in rows if row.kind == "alert.drained"]
    return problems if len(entries) == 1 else [*problems, f"{len(entries)} entries say that the edition is through"]
