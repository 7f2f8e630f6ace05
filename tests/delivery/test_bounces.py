"""Mail that comes back ends its message and its address; a forged notice ends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.app import App
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.read_bounces import read_bounces
from alerts.store import outbox, partners
from tests.databases import SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, inbox, row
from tests.peers.smtp_peer import SmtpPeer

REPORT = """From: MAILER-DAEMON@mx.example
To: alerts@programme.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Undelivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {envelope}

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such user
--b--
"""


@pytest.mark.parametrize(
    ("to", "action", "status", "state", "dead"),
    [
        (inbox(1), "failed", "5.1.1", "failed", True),
        (inbox(1), "failed", "5.7.1", "failed", False),
        (inbox(1), "delayed", "4.4.1", "accepted", False),
        ("somebody@else.example", "failed", "5.1.1", "accepted", False),
    ],
    ids=["no such user", "policy", "only delayed", "forged"],
)
def test_a_notice_is_read_acted_upon_and_removed(
    sqlite_files: SqliteFiles, tmp_path: Path, to: str, action: str, status: str, state: str, dead: bool
) -> None:
    (tmp_path / "new").mkdir()
    with SmtpPeer() as mail:
        own = f'bounces_folder = "{tmp_path}"\n'
        app: App = Ground(sqlite_files.migrated(), "http://127.0.0.1:9", mail.port).app(own=own)
        with app.store.write() as connection:
            add_contacts(connection, 1)
        add(app, [row(1, 1, "email")])
        dispatch(app, "email", MORNING)
        (sent,) = mail.messages
        notice = REPORT.format(envelope=sent.envelope_id, to=to, action=action, status=status)
        (tmp_path / "new" / "1.mx").write_text(notice, encoding="utf-8")
        read_bounces(app, MORNING)
        assert list((tmp_path / "new").iterdir()) == []
        with app.store.read() as connection:
            delivery = outbox.get(connection, sent.envelope_id)
            assert delivery is not None
            assert str(delivery.state) == state
            assert bool(partners.is_disabled(connection, 1, "email")) is dead
        assert read_bounces(app, MORNING) == 0
        app.close()
