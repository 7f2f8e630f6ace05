"""Two workers write the same thing in the same instant: the database says who was first, and neither loses its work.

The second one begins while the first has written and not committed yet. On PostgreSQL it sees nothing of the first
one's row and must wait for it; on SQLite it waits before it looks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerts.model.letter import Letter
from alerts.model.partner import Contact
from alerts.model.silence import Silence
from alerts.model.staff import Role
from alerts.model.threshold import Release, Threshold
from alerts.store import (
    alerts,
    archive,
    carriers,
    drained,
    duty,
    enqueue,
    feeds,
    inbound,
    notices,
    partners,
    proofs,
    settings,
    side_evidence,
    signals,
    silences,
    specimens,
    staff,
    thresholds,
    work,
)  # fmt: skip
from alerts.store.conflicts import insert_new, insert_or_replace
from alerts.store.engine import Connection, Store
from alerts.store.tables import joining
from detectors.sample import Sample, SampleKind
from tests.flow.nouns import alert, contact, stored

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
Write = Callable[[Connection], Any]


def race(store: Store, first: Write, second: Write) -> tuple[Any, Any]:
    """What each gives. The first commits when the second has had time to look and to run into it."""
    written, looked = threading.Event(), threading.Event()

    def leader() -> Any:
        with store.write() as connection:
            said = first(connection)
            written.set()
            looked.wait(10)
            time.sleep(0.15)
        return said

    def follower() -> Any:
        written.wait(10)
        looked.set()
        with store.write() as connection:
            return second(connection)

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(leader), pool.submit(follower)
        return one.result(30), two.result(30)


def _open(connection: Connection) -> str:
    identity, number = alerts.next_number(connection, 2026)
    alerts.add(connection, replace(alert(), id=identity, number=number, exercise=True))
    return number


def _threshold(why: str) -> Threshold:
    return Threshold(
        name="any", version=2, method="watchlist", substances=("xylazine",), scope="county", kinds=("drug",),
        level="info", release=Release.AUTOMATIC, parameters={}, cool_down_days=1, expires_days=1, longest_days=1,
        update_hours=1, review_hours=1, by_evidence=False, enabled=True, by="Ana", why=why, at=NOW,
    )  # fmt: skip


TWICE: dict[str, tuple[Write, Any, Any]] = {
    "an edition is through": (lambda c: drained.note(c, 1, 1, NOW), True, False),
    "a text comes in": (lambda c: inbound.add(c, provider_id="SM1", at=NOW, contact=None, meaning="stop"), True, False),
    "a carrier refuses": (
        lambda c: carriers.open_circuit(c, "sms", now=NOW, until=LATER, code="20003", detail=""), True, False,
    ),
    "a number writes": (lambda c: inbound.count_text(c, "a", NOW.date()), (1, 0), (2, 0)),
    "an edition of a threshold": (lambda c: thresholds.add_edition(c, _threshold("noise")), True, False),
    "a number of an alert": (lambda c: _open(c), "SW-2026-0001", "SW-2026-0002"),
    "an unknown code": (lambda c: carriers.count_unknown(c, "sms", "39999", "", NOW), None, None),
    "the first use of a sender": (lambda c: carriers.free_at(c, "sms", NOW), *[NOW - timedelta(days=1)] * 2),
    "a feed that is new": (lambda c: feeds.seed(c, ["lab", "county"], NOW), None, None),
    "work is asked for": (lambda c: work.ask_for(c, "detect", NOW), None, None),
    "a letter": (lambda c: enqueue.keep_letters(c, [Letter("s", "t", "h")]), None, None),
    "a document": (lambda c: archive.keep(c, archive.pack(b"a,b"), now=NOW, redacted=False), None, None),
    "a name nobody knows": (
        lambda c: side_evidence.count_unrecognised(c, "lab", "substance", {"zorpam": (1, "")}, now=NOW), None, None,
    ),
    "a vote": (
        lambda c: inbound.vote(
            c, alert=1, version=1, threshold="new-here", voter="a", answer="1", day=NOW.date()
        ), None, None,
    ),
    "an order of a specimen": (
        lambda c: specimens.put(c, "lab", Sample("F1", SampleKind.BIOLOGICAL, (), specimen="S1")), None, None,
    ),
    "a request to join": (
        lambda c: inbound.ask_to_join(c, inbound.Joining("+15005550006", "06029", "en", NOW)), None, None,
    ),
}  # fmt: skip
"""What is written → the verb, what the first is told, what the second is told."""


@pytest.mark.parametrize("what", TWICE)
def test_who_is_second_finds_it_done(store: Store, what: str) -> None:
    write, one, two = TWICE[what]
    assert race(store, write, write) == (one, two)


def test_a_notice_is_made_once(store: Store) -> None:
    made = race(store, *[lambda c: notices.once(c, "late:lab", "late", 1, NOW)] * 2)
    assert [one is None for one in made] == [False, True]


def test_a_signal_has_one_number_and_a_silence_holds_it_once(store: Store) -> None:
    found = stored()
    first, second = race(store, *[lambda c: signals.store(c, [("new-here", found.signal)], NOW)] * 2)
    assert [one.id for one in first] == [one.id for one in second]
    with store.write() as connection:
        asked = Silence(0, ("xylazine",), (), NOW, LATER, "Ana", "a known batch")
        silence = silences.add(connection, asked).id
    race(store, *[lambda c: silences.hold(c, silence, [first[0].id])] * 2)
    with store.read() as connection:
        assert list(silences.held(connection, silence)) == [first[0].id]


def test_a_place_in_the_roster_is_moved_and_who_is_away_stays_away(store: Store) -> None:
    with store.write() as connection:
        ana, contact_of_ana = staff.add(connection, "Ana", Role.STAFF), _add(connection, 1).id
    race(store, *[lambda c: duty.put(c, ana, 1, contact_of_ana)] * 2)
    with store.write() as connection:
        duty.set_away(connection, ana, LATER)
        duty.put(connection, ana, 2, contact_of_ana)
        assert [(one.position, one.away_until) for one in duty.roster(connection)] == [(2, LATER)]


def test_all_nodes_hold_the_same_key(store: Store) -> None:
    first, second = race(store, *[lambda c: settings.secret(c, "key")] * 2)
    assert first == second


def test_a_partner_and_a_person_of_one_name_are_one(store: Store) -> None:
    first, second = race(store, *[lambda c: partners.add_partner(c, "Van", "outreach")] * 2)
    assert first == second
    first, second = race(store, *[lambda c: staff.add(c, "Ana", Role.STAFF)] * 2)
    assert first == second


def test_both_refusals_of_an_unknown_code_are_counted(store: Store) -> None:
    race(store, *[lambda c: carriers.count_unknown(c, "sms", "39999", "", NOW)] * 2)
    with store.read() as connection:
        assert [code.times for code in carriers.unknown(connection)] == [2]


def test_the_earlier_hour_stands_whoever_asks_first(store: Store) -> None:
    race(store, lambda c: work.ask_for(c, "detect", LATER), lambda c: work.ask_for(c, "detect", NOW))
    with store.write() as connection:
        assert work.take(connection, "detect", owner="a", now=NOW, lease=timedelta(minutes=1))


def test_the_later_word_stands(store: Store) -> None:
    race(store, lambda c: settings.note(c, "fact", "first"), lambda c: settings.note(c, "fact", "second"))
    with store.read() as connection:
        assert settings.fact(connection, "fact") == "second"


def test_the_later_proof_takes_the_place_of_the_earlier_one(store: Store) -> None:
    with store.write() as connection:
        contact = _add(connection, 1).id
    race(
        store,
        lambda c: proofs.begin(c, contact, "sms", "first", LATER),
        lambda c: proofs.begin(c, contact, "sms", "second", LATER),
    )
    with store.write() as connection:
        assert proofs.take(connection, "first", NOW) is None
        assert proofs.take(connection, "second", NOW) == (contact, "sms")


def test_an_address_is_given_to_one_contact_and_the_other_is_told(store: Store) -> None:
    with pytest.raises(ValueError, match="One phone or inbox is one contact"):
        race(store, *[lambda c: _add(c, 1)] * 2)


def _add(connection: Connection, number: int) -> Contact:
    partner = partners.add_partner(connection, "Van", "outreach")
    return partners.add_contact(connection, replace(contact(number), partner=partner))


def test_a_row_is_written_once_and_its_fields_are_replaced(store: Store) -> None:
    row = {"address": "+15005550006", "place": "06029", "language": "en", "asked_at": NOW}
    with store.write() as connection:
        assert insert_new(connection, joining, row) == row["address"]
        assert insert_new(connection, joining, {**row, "place": "06001"}) is None
        insert_or_replace(connection, joining, {**row, "language": "es"})
        assert inbound.take_joining(connection, "+15005550006", NOW) == inbound.Joining(
            "+15005550006", "06029", "es", NOW
        )
