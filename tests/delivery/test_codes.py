"""Each of Twilio's codes that we know, as an answer and in a callback: what becomes of text, phone and line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from alerts.app import App
from alerts.config.load import parse
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.settle import settle
from alerts.model.delivery import DeliveryState
from alerts.store import carriers, outbox, partners
from notifiers.message import Scope
from notifiers.twilio_callbacks import StatusCallback
from tests.databases import SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, row
from tests.peers.twilio_peer import TwilioPeer

CODES = {int(code): scope for code, scope in parse("", "shipped.toml", {}).delivery.codes.items()}
DOMAIN = {
    "recipient": {21211, 21214, 21610, 21614, 21635, 30004, 30005, 30006},
    "message or account": {21602, 21617, 21606, 21408, 30002, 30007, 30034, 20003},
    "temporary": {20429, 30001, 21611, 30003, 30008, 30500},
    "hours": {30610},
}
"""As the field's notes have them; "message or account" is told apart in our table."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, TwilioPeer]]:
    files = SqliteFiles(tmp_path_factory.mktemp("codes"))
    with TwilioPeer() as carrier:
        app = Ground(files.migrated(), carrier.url, 9).app()
        with app.store.write() as connection:
            add_contacts(connection, 2 * len(CODES) + 10)
        yield app, carrier
        app.close()


def test_the_shipped_table_has_every_code_of_the_field_in_its_class() -> None:
    for scope in ("recipient", "temporary", "hours"):
        assert {c for c, s in CODES.items() if s == scope} == DOMAIN[scope]
    assert {c for c, s in CODES.items() if s in ("message", "account")} == DOMAIN["message or account"]


@pytest.mark.parametrize("code", sorted(CODES))
@pytest.mark.parametrize("where", ["answer", "callback"])
def test_what_becomes_of_it(world: tuple[App, TwilioPeer], code: int, where: str) -> None:
    app, carrier = world
    number = 1 + sorted(CODES).index(code) + (len(CODES) if where == "callback" else 0)
    text = row(number, number, "sms", alert=number)
    with app.store.write() as connection:
        carriers.close_circuit(connection, "sms")
    add(app, [text])
    if where == "answer":
        carrier.misbehave("refuse", code=code)
    dispatch(app, "sms", MORNING)
    if where == "callback":
        with app.store.read() as connection:
            sent = outbox.get(connection, text.id)
        assert sent is not None
        settle(app, StatusCallback(text.id, sent.provider_id, "undelivered", code), MORNING)
    with app.store.read() as connection:
        found = outbox.get(connection, text.id)
        dead, broken = partners.is_disabled(connection, number, "sms"), carriers.circuit(connection, "sms")
    assert found is not None
    scope = Scope(CODES[code])
    # What the carrier took, tried in its own time and gave up is not paid for a second time by itself.
    gone = scope in (Scope.RECIPIENT, Scope.MESSAGE) or (where == "callback" and scope is not Scope.HOURS)
    assert found.state is (DeliveryState.FAILED if gone else DeliveryState.QUEUED)
    assert bool(dead) == (scope is Scope.RECIPIENT)
    assert (broken is not None) == (scope is Scope.ACCOUNT)
    if scope is Scope.HOURS:
        assert found.due_at == MORNING + timedelta(days=1, hours=-10)  # midnight, when this contact's quiet time ends
    with app.store.write() as connection:
        if found.state is DeliveryState.QUEUED:
            outbox.move(connection, found, DeliveryState.CANCELLED)


def test_a_code_that_no_table_has_is_counted_with_its_default(world: tuple[App, TwilioPeer]) -> None:
    app, carrier = world
    for number in (2 * len(CODES) + 1, 2 * len(CODES) + 2):
        add(app, [row(number, number, "sms", alert=number)])
        carrier.misbehave("refuse", code=39999)
        dispatch(app, "sms", MORNING)
    with app.store.read() as connection:
        (unknown,) = [one for one in carriers.unknown(connection) if one.code == "39999"]
    assert unknown.times == 2
