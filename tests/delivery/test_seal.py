"""What is sent is what was approved, to whom it was approved for: looked at once more when a row's turn comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from alerts.flow.addressing.address import address
from alerts.flow.addressing.seal import BEFORE, intact, seal
from alerts.flow.delivery.claim import ALTERED
from alerts.flow.delivery.dispatch import dispatch
from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import dead_letters, enqueue, outbox
from bench.bench_fanout import an_alert, people
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING, Ground, row
from tests.flow.timeline import Somebody, opened_diary
from tests.lifecycle.test_partners import comes_in
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_peer import TwilioPeer

KEY = b"a key of the installation, no more"
LATER = MORNING + timedelta(minutes=1)
EASTSIDE = Somebody(
    "Eastside", phone="+15105550166", email="van@eastside.example", wake="yes", channels="sms; email"
)  # fmt: skip
MOVED = "address = '+15105559999' WHERE contact = 1 AND channel = 'sms'"
TAMPERING = {
    "words of a text": ("sms", "UPDATE outbox SET text = text || ' Call us.' WHERE contact = 1 AND channel = 'sms'"),
    "words of a letter": ("email", "UPDATE letters SET html = replace(html, 'naloxone', 'nothing')"),
    "a reader's own link": ("email", "UPDATE outbox SET own_link = 'https://elsewhere.example/' WHERE contact = 1"),
    "whom it goes to": ("sms", f"UPDATE outbox SET {MOVED};UPDATE addresses SET {MOVED}"),
    "what was approved": ("sms", "UPDATE alert_versions SET texts_sha256 = 'another'"),
    "no seal": ("sms", "UPDATE outbox SET seal = '' WHERE contact = 1"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_altered_since_its_approval_is_not_sent_and_a_person_hears_of_it(
    databases: SqliteFiles | Postgres, what: str
) -> None:
    channel, statements = TAMPERING[what]
    with TwilioPeer() as carrier, SmtpPeer() as mail:
        app = Ground(databases.migrated(), carrier.url, mail.port).app()
        with app.store.write() as connection:
            people(connection, range(1, 4))
            an_alert(connection, MORNING)
        address(app, MORNING)
        with app.store.write() as connection:
            for statement in statements.split(";"):
                connection.execute(sa.text(statement))
        while dispatch(app, channel, LATER):
            pass
        with app.store.read() as connection:
            found = {(d.contact, d.channel): d for d in outbox.of_alert(connection, 1)}
            waiting_for_a_person = dead_letters.count(connection)
        mine = found[1, channel]
        assert (mine.state, mine.problem) == (DeliveryState.FAILED, ALTERED)
        everybody = [d for d in found.values() if d.channel == channel]
        altered = [d for d in everybody if d.problem == ALTERED]
        assert waiting_for_a_person == len(altered)
        assert len(carrier.messages) + len(mail.messages) == len(everybody) - len(altered)
        one = what in ("words of a text", "a reader's own link", "whom it goes to", "no seal")
        assert (len(altered) == 1) == one, "who is not concerned is told"
        app.close()


def test_whatever_the_programme_writes_is_sealed(sqlite_files: SqliteFiles) -> None:
    """Codes that prove an address, and alerts: each row of a day."""
    with opened_diary(sqlite_files.migrated()) as diary:
        diary.at("2025-09-08 09:00")
        comes_in(diary)
        diary.joins(EASTSIDE)
        diary.ring().lab_reports("carfentanil").ring()
        with diary.app.store.read() as connection:
            rows = connection.execute(sa.text("select kind, seal from outbox")).all()
        assert len({kind for kind, _ in rows}) > 1
        assert all(len(mark) == 32 for _, mark in rows)


def test_what_waited_while_the_programme_was_brought_up_to_date_goes_out(store_url: str) -> None:
    with TwilioPeer() as carrier:
        app = Ground(store_url, carrier.url, 9).app()
        with app.store.write() as connection:
            people(connection, range(1, 2))
            enqueue.add(connection, [replace(row(1, 1, "sms"), seal=BEFORE)])
        dispatch(app, "sms", MORNING)
        assert len(carrier.messages) == 1
        app.close()


@given(st.sampled_from(["id", "address", "subject", "text", "html", "own_link"]), st.text(max_size=20))
def test_a_seal_holds_for_one_row_only(name: str, other: str) -> None:
    made: Delivery = row(1, 1, "email")
    sealed = replace(made, seal=seal(KEY, "approved", made))
    assert intact(KEY, "approved", sealed)
    changed = replace(sealed, **{name: other})
    assert intact(KEY, "approved", changed) == (getattr(sealed, name) == other)
    assert not intact(KEY, "", sealed)
    assert not intact(KEY + b".", "approved", sealed)
