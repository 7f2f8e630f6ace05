"""Two channels of one person, and several workers at the same instant: one goes, and the other one stands by."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from alerts.app import App
from alerts.flow.delivery.claim import claim
from alerts.flow.delivery.dispatch import dispatch
from alerts.model.delivery import Delivery, DeliveryState
from alerts.store import outbox, standby, standing
from alerts.store.tables import contacts
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, row
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_peer import TwilioPeer

PEOPLE = 120
WORKERS = 3
ROUNDS = 3


def both_channels(people: int, alert: int = 9) -> list[Delivery]:
    """Both in the line at once, as they are when the first one is tried again and the second was woken meanwhile."""
    rows = [row(alert * 10_000 + n, n, c, alert=alert, words="the alert") for n in range(1, people + 1)
            for c in ("sms", "email")]  # fmt: skip
    return [replace(d, turn=0 if d.channel == "sms" else 1) for d in rows]


def ground(url: str, carrier: str = "http://127.0.0.1:9", mail: int = 9, people: int = PEOPLE) -> App:
    app = Ground(url, carrier, mail).app()
    with app.store.write() as connection:
        add_contacts(connection, people)
        connection.execute(sa.update(contacts).values(channels=["sms", "email"]))
    return app


def test_whoever_comes_second_leaves_the_person_alone(postgres_server: Postgres) -> None:
    """The first worker's claim is not committed yet: nothing in the tables tells the second one of it."""
    app = ground(postgres_server.migrated(), people=2)
    add(app, both_channels(2))
    with app.store.write() as first:
        texts = standby.ours(first, outbox.due(first, "sms", MORNING, 1))
        assert [d.contact for d in texts] == [1]
        with app.store.write() as second:
            mails = standby.ours(second, outbox.due(second, "email", MORNING, 5))
            assert [d.contact for d in mails] == [2]
        outbox.begin(first, texts, owner="first", now=MORNING, lease=timedelta(seconds=30))
    claimed = claim(app, "email", MORNING, 5)
    assert [d.contact for d in claimed.sending] == [2]
    assert [d.contact for d in claimed.put_aside] == [1]
    app.close()


def test_what_is_checked_after_the_lock_sees_the_other_worker(postgres_server: Postgres) -> None:
    """The second worker has its row before the first one commits, and asks for the person after that."""
    app = ground(postgres_server.migrated(), people=1)
    add(app, both_channels(1))
    with app.store.write() as second:
        mails = outbox.due(second, "email", MORNING, 5)
        assert [d.contact for d in claim(app, "sms", MORNING, 5).sending] == [1]
        (mine,) = standby.ours(second, mails)
        assert standing.of(second, [mine.id])[mine.id].tried_elsewhere
    app.close()


def test_three_workers_write_to_nobody_by_two_channels(postgres_server: Postgres) -> None:
    with TwilioPeer() as carrier, SmtpPeer() as mail:
        url = postgres_server.migrated()
        apps = [ground(url, carrier.url, mail.port)]
        apps += [Ground(url, carrier.url, mail.port).app() for _ in range(WORKERS - 1)]
        for turn in range(ROUNDS):
            add(apps[0], both_channels(PEOPLE, alert=100 + turn))
            start = threading.Barrier(WORKERS * 2)

            def work(app: App, channel: str, start: threading.Barrier = start) -> None:
                start.wait()
                while dispatch(app, channel, MORNING):
                    pass

            threads = [threading.Thread(target=work, args=(app, c)) for app in apps for c in ("sms", "email")]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # What was put off because of the other channel finds it through.
            for channel in ("sms", "email"):
                while dispatch(apps[0], channel, MORNING + timedelta(minutes=1)):
                    pass
        with apps[0].store.read() as connection:
            rows = [d for turn in range(ROUNDS) for d in outbox.of_alert(connection, 100 + turn)]
        taken = Counter((d.alert, d.contact) for d in rows if d.state is not DeliveryState.STANDBY)
        assert len(taken) == PEOPLE * ROUNDS
        assert set(taken.values()) == {1}
        assert len(carrier.messages) + len(mail.messages) == PEOPLE * ROUNDS
        for app in apps:
            app.close()


def test_on_one_file_writers_queue_anyway(sqlite_files: SqliteFiles) -> None:
    app = ground(sqlite_files.migrated(), people=3)
    add(app, both_channels(3))
    assert [d.contact for d in claim(app, "sms", MORNING, 5).sending] == [1, 2, 3]
    later = claim(app, "email", MORNING, 5)
    assert (later.sending, len(later.put_aside)) == ((), 3)
    app.close()
