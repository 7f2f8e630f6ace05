"""Mail that comes back into a mailbox: read by one node, acted upon before it is marked, and missed aloud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.app import App, NotReadyError, mailbox_of
from alerts.config.load import parse
from alerts.console.health import pulse_of
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.read_mailbox import read_mail, unread_since
from alerts.flow.duty.page_duty import page_duty
from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.store import outbox, partners
from notifiers.mailbox import KEYWORD, Fault
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, inbox, row
from tests.delivery.test_bounces import REPORT
from tests.peers.imap_peer import PASSWORD, USER, ImapMischief, ImapPeer
from tests.peers.smtp_peer import SmtpPeer

OWN = """
[mailbox]
host = "127.0.0.1"
port = {port}
security = "none"
user = "{user}"
password_file = "{file}"
timeout_seconds = 0.5
"""


@pytest.fixture
def mail() -> Iterator[SmtpPeer]:
    with SmtpPeer() as peer:
        yield peer


@pytest.fixture
def box() -> Iterator[ImapPeer]:
    with ImapPeer() as peer:
        yield peer


@pytest.fixture
def app(databases: SqliteFiles | Postgres, tmp_path: Path, mail: SmtpPeer, box: ImapPeer) -> Iterator[App]:
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    own = OWN.format(port=box.port, user=USER, file=file)
    opened = Ground(databases.migrated(), "http://127.0.0.1:9", mail.port).app(own=own)
    yield opened
    opened.close()


def test_a_notice_in_the_mailbox_ends_its_message_once(app: App, mail: SmtpPeer, box: ImapPeer) -> None:
    with app.store.write() as connection:
        add_contacts(connection, 1)
    add(app, [row(1, 1, "email")])
    dispatch(app, "email", MORNING)
    (sent,) = mail.messages
    notice = REPORT.format(envelope=sent.envelope_id, to=inbox(1), action="failed", status="5.1.1")
    box.put(notice.encode())
    box.put(b"Subject: out of office\n\nback on Monday")
    assert read_mail(app, MORNING) == 1
    with app.store.read() as connection:
        delivery = outbox.get(connection, sent.envelope_id)
        assert delivery is not None
        assert str(delivery.state) == "failed"
        assert partners.is_disabled(connection, 1, "email")
    assert all(m.flags == {KEYWORD} for m in box.mails)
    assert read_mail(app, MORNING + timedelta(minutes=1)) is None, "it is not due again yet"
    assert read_mail(app, MORNING + timedelta(minutes=6)) == 0
    # The connection broke after the notice was kept and before it was marked: read twice, ended once.
    box.mails[0].flags.clear()
    assert read_mail(app, MORNING + timedelta(minutes=12)) == 0


def test_one_node_reads(app: App, box: ImapPeer) -> None:
    box.put(b"Subject: a\n\n")
    assert read_mail(app, MORNING) == 0
    assert read_mail(app, MORNING) is None
    assert sum(command.startswith("LOGIN") for command in box.commands) == 1


def test_a_mailbox_that_cannot_be_read_is_an_alarm_once_and_in_both_languages(app: App, box: ImapPeer) -> None:
    put_on_duty(app, "Ana", 1, MORNING, phone="+15105550101", language="es")
    box.mischief = {ImapMischief.REFUSE_LOGIN}
    for minutes in range(0, 60, 6):
        assert read_mail(app, MORNING + timedelta(minutes=minutes)) is None
        assert page_duty(app, MORNING + timedelta(minutes=minutes)) == 0, "a passing fault wakes nobody"
    with app.store.read() as connection:
        trouble = unread_since(connection)
    assert trouble is not None
    assert (trouble.at, trouble.fault) == (MORNING, Fault.LOGIN)
    later = MORNING + timedelta(minutes=60)
    read_mail(app, later)
    assert page_duty(app, later) == 1
    assert "mail that comes back cannot be read" in pulse_of(app, later + timedelta(minutes=1))["problems"]
    assert page_duty(app, later + timedelta(hours=3)) == 0
    with app.store.read() as connection:
        (told,) = [d for d in outbox.latest(connection) if d.kind == "unread_mailbox"]
    assert "No acepta nuestra clave" in told.text
    assert PASSWORD not in told.text
    box.mischief = set()
    assert read_mail(app, later + timedelta(minutes=10)) == 0
    with app.store.read() as connection:
        assert unread_since(connection) is None


def test_a_login_that_is_missing_is_said_before_anything_runs() -> None:
    settings = parse('[mailbox]\nhost = "mail.example"\nuser = "u"\n', "own.toml", {})
    with pytest.raises(NotReadyError, match="SUPPLYWATCH_MAILBOX_PASSWORD"):
        mailbox_of(settings, {})
    made = mailbox_of(settings, {"SUPPLYWATCH_MAILBOX_PASSWORD": "x"})
    assert made is not None
    assert made.password == "x"
    assert mailbox_of(parse("", "own.toml", {}), {}) is None
