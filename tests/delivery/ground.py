"""A programme with contacts and carriers, and nothing of laboratories: what delivery needs to be tried out."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from alerts.app import App, open_app
from alerts.config.load import parse
from alerts.config.sections import Configuration
from alerts.flow.addressing.seal import seal
from alerts.flow.delivery.settle import settle
from alerts.model.delivery import Delivery, DeliveryState
from alerts.model.level import Level
from alerts.store import enqueue, outbox
from alerts.store.engine import Connection
from alerts.store.tables import addresses, consents, contacts, partners
from notifiers.email import SmtpEmail
from notifiers.message import Notifier
from notifiers.smtp_connection import Server
from notifiers.smtp_security import Security
from notifiers.twilio import TwilioSms
from notifiers.twilio_callbacks import parse_status
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER

CONFIG = """
[programme]
public_url = "http://127.0.0.1:{port}"
[store]
url = "{store}"
[clock]
lease_seconds = {lease}
[delivery]
settle_seconds = {settle}
backoff_seconds = {backoff}
backoff_most_seconds = {most}
parallel = {parallel}
[sms]
notifier = "twilio"
account_sid = "{account}"
sender = "{number}"
base_url = "{carrier}"
timeout_seconds = {timeout}
segments_per_second = {rate}
[email]
notifier = "smtp"
host = "127.0.0.1"
port = {mail}
security = "none"
sender = "alerts@programme.example"
timeout_seconds = {timeout}
"""
MORNING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
"""Ten in the morning in California: nobody sleeps."""


@dataclass(frozen=True)
class Ground:
    """Where things are. callbacks: port that the carrier calls back on; 9 is nobody's."""

    store: str
    carrier: str
    mail: int
    callbacks: int = 9

    def configuration(
        self, *, lease: float = 30, settle: float = 20, backoff: float = 15, most: float = 1800, timeout: float = 10,
        rate: float = 0, parallel: int = 4, own: str = "",
    ) -> Configuration:  # fmt: skip
        text = CONFIG.format(
            store=self.store, port=self.callbacks, lease=lease, settle=settle, backoff=backoff, most=most,
            timeout=timeout, rate=rate, parallel=parallel, account=ACCOUNT_SID, number=NUMBER, carrier=self.carrier,
            mail=self.mail,
        )  # fmt: skip
        return parse(text + own, "ground.toml", {})

    def app(self, *, durable: bool = False, **rules: Any) -> App:
        environment = {"SUPPLYWATCH_TWILIO_AUTH_TOKEN": AUTH_TOKEN}
        return open_app(self.configuration(**rules), environment, durable=durable)


def carriers(settings: Configuration) -> Mapping[str, Notifier]:
    """New connections to the two peers, for a process that was forked off."""
    sms = TwilioSms(
        ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=settings.sms.base_url, timeout=settings.sms.timeout_seconds
    )
    server = Server("127.0.0.1", settings.email.port, Security.NONE, timeout=settings.email.timeout_seconds)
    mail = SmtpEmail(server, sender=settings.email.sender, now=lambda: datetime.now(UTC))
    return {"sms": sms, "email": mail}


def phone(number: int) -> str:
    return f"+1510{5000000 + number}"


def inbox(number: int) -> str:
    return f"person{number}@partner.example"


def add_contacts(connection: Connection, many: int, now: datetime = MORNING) -> None:
    """Contacts 1 to `many`, each with a phone and an inbox, who want everything at any hour."""
    connection.execute(sa.insert(partners).values(id=1, name="Partner", front="Partner"))
    common = {
        "partner": 1, "language": "en", "time_zone": "America/Los_Angeles", "places": ["06"], "substances": ["*"],
        "least": "info", "quiet_from": "00:00", "quiet_to": "00:00", "wake": True, "active": True,
    }  # fmt: skip
    numbers = range(1, many + 1)
    connection.execute(sa.insert(contacts), [{**common, "id": n, "label": f"person {n}"} for n in numbers])
    both = [(n, channel, at(n)) for n in numbers for channel, at in (("sms", phone), ("email", inbox))]
    rows = [{"contact": n, "channel": channel, "address": at, "disabled": ""} for n, channel, at in both]
    connection.execute(sa.insert(addresses), rows)
    given = {"given": True, "how": "form", "words": "yes", "at": now}
    connection.execute(sa.insert(consents), [{"contact": n, "channel": c, **given} for n, c, _ in both])


def row(
    number: int, contact: int, channel: str, now: datetime = MORNING, *, alert: int = 1_000_000, version: int = 1,
    words: str = "", level: Level = Level.ADVISORY, segments: int = 1, first: bool = False, valid_hours: float = 72,
) -> Delivery:  # fmt: skip
    """One message that is due now. alert: none that exists, so that no alert's state stands in its way."""
    text = words or f"Message {number} to person {contact}."
    return Delivery(
        id=f"{channel}{number:026d}", alert=alert, version=version, contact=contact, channel=channel,
        address=phone(contact) if channel == "sms" else inbox(contact), language="en", kind="detected", level=level,
        state=DeliveryState.QUEUED, front="Partner", subject="" if channel == "sms" else f"Message {number}",
        text=text, html="" if channel == "sms" else f"<p>{text}</p>", segments=segments if channel == "sms" else 0,
        created_at=now, due_at=now, valid_until=now + timedelta(hours=valid_hours), first_contact=first,
    )  # fmt: skip


def add(app: App, rows: Sequence[Delivery]) -> None:
    with app.store.write() as connection:
        enqueue.add(connection, [replace(row, seal=seal(app.key, "", row)) for row in rows])


def states(app: App) -> dict[str, int]:
    with app.store.read() as connection:
        return outbox.counts(connection)


@contextmanager
def peer(module: str, ledger: Path, *options: str) -> Iterator[str]:
    """A peer in a process of its own; gives the first word that it says, which is its address."""
    command = [sys.executable, "-m", f"tests.peers.{module}", "--port", "0", "--ledger", str(ledger), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert said, f"{module} did not start"
        yield said[0]
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def both_peers(folder: Path) -> Iterator[tuple[str, int]]:
    """(URL of a Twilio, port of a mail server), each in its own process with its ledger in `folder`."""
    with (
        peer("twilio_peer", folder / "sms.jsonl") as carrier,
        peer("smtp_peer", folder / "mail.jsonl", "--no-raw") as mail,
    ):
        yield carrier, int(mail.rpartition(":")[2])


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256


def listen(app: App, clock: Callable[[], datetime], port: int = 0) -> ThreadingHTTPServer:
    """Take status callbacks and settle them, on a thread; the console's own door is tried elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            settle(app, parse_status(self.path, body), clock())
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = _Listener(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server
