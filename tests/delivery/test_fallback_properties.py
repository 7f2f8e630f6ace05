"""Whatever carriers do and say, and in whatever order: nobody is forgotten, no channel speaks twice, and the second one
speaks only when the first was not to be relied on. Judged by the carriers' own books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.app import App
from alerts.flow.delivery.bounced import bounced
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.fall_back import fall_back
from alerts.flow.delivery.reconcile import reconcile
from alerts.flow.delivery.settle import settle
from alerts.model.delivery import DeliveryState
from alerts.model.level import Level
from alerts.store import attempts, dead_letters, ledger_rows, outbox
from notifiers.twilio_callbacks import StatusCallback
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING, Ground, add, add_contacts, inbox, phone, row
from tests.delivery.test_bounces import REPORT
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_peer import TwilioPeer

PEOPLE = 400


@dataclass(repr=False)
class World:
    """One database and two carriers for all stories; each story has a person of its own."""

    app: App
    carrier: TwilioPeer
    mail: SmtpPeer
    now: datetime
    numbers: Iterator[int]


@pytest.fixture
def world(databases: SqliteFiles | Postgres) -> Iterator[World]:
    with ExitStack() as stack:
        carrier, mail = stack.enter_context(TwilioPeer()), stack.enter_context(SmtpPeer())
        app = Ground(databases.migrated(), carrier.url, mail.port).app(settle=5, backoff=60, most=300)
        stack.callback(app.close)
        with app.store.write() as connection:
            add_contacts(connection, PEOPLE)
        yield World(app, carrier, mail, MORNING, count(1))


SMS_TROUBLE = ("429", "500-before", "500-after", "refuse 21614", "refuse 21602", "refuse 20003", "hang-up-before")
MAIL_TROUBLE = ("451", "550", "535", "hang-up-after")
SAYINGS = ("delivered", "undelivered", "comes back")
Step = tuple[int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 7, 16, 45)), st.sampled_from(("", "behave", *SMS_TROUBLE, *MAIL_TROUBLE, *SAYINGS))
    ),
    max_size=7,
)


@pytest.mark.timeout(600)  # real carriers and two databases, on machines that may be busy
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.sampled_from(("sms", "email")), level=st.sampled_from((Level.ACT_NOW, Level.ADVISORY)), steps=STEPS)
def test_one_person_is_told_whatever_happens(world: World, first: str, level: Level, steps: list[Step]) -> None:
    number = next(world.numbers)
    second = "email" if first == "sms" else "sms"
    rows = [
        replace(row(number, number, first, world.now, alert=number, level=level), turn=0),
        replace(row(number, number, second, world.now, alert=number, level=level), turn=1, state=DeliveryState.STANDBY),
    ]
    with world.app.store.read() as connection:
        before = started(connection)
    for minutes, event in ((0, ""), *steps):
        world.now += timedelta(minutes=minutes)
        happens(world, event, number)
        if minutes == 0 and event == "" and not known(world, rows[0].id):
            add(world.app, rows)
        work(world)
    world.carrier.behave()
    world.mail.behave()
    for _ in range(8):
        world.now += timedelta(minutes=45)
        work(world)

    with world.app.store.read() as connection:
        found = [outbox.get(connection, one.id) for one in rows]
        tries = {one.id: attempts.attempts_of(connection, one.id) for one in rows}
        dead = {d.id for d in dead_letters.waiting(connection, 1000)}
        fallbacks = started(connection) - before
    one, other = (f for f in found if f is not None)
    texts = [t for t in world.carrier.messages if t.to == phone(number)]
    mails = {m.message_id for m in world.mail.messages if inbox(number) in m.recipients}
    # At most once by each channel; mail that is repeated bears the same name.
    assert (len(texts) <= 1, len(mails) <= 1) == (True, True), (texts, mails)
    # Never lost: a channel holds, or a person has it on the list of those who were not told.
    assert one.holds or other.holds or {one.id, other.id} & dead, (one, other)
    # Nobody is left standing by while all else has failed.
    standing_by = [d for d in (one, other) if d.state is DeliveryState.STANDBY]
    assert not standing_by or one.holds or other.holds, (one, other)
    # The second channel was tried only after somebody decided so, and never after the first had arrived.
    assert fallbacks or not tries[other.id], other
    if one.delivered_at is not None:
        assert all(begun <= one.delivered_at for _, begun, *_ in tries[other.id])


def started(connection: object) -> int:
    return sum(r.kind == "alert.fallback" for r in ledger_rows.rows(connection))  # type: ignore[arg-type]


def known(world: World, delivery: str) -> bool:
    with world.app.store.read() as connection:
        return outbox.get(connection, delivery) is not None


def happens(world: World, event: str, number: int) -> None:
    kind, _, code = event.partition(" ")
    with world.app.store.read() as connection:
        mine = {d.channel: d for d in outbox.of_alert(connection, number)}
    acts: dict[str, Callable[[], object]] = {
        "451": lambda: world.mail.misbehave("refuse-recipient", reply="451 4.3.0 later", times=None),
        "550": lambda: world.mail.misbehave("refuse-recipient", reply="550 5.1.1 nobody", times=None),
        "535": lambda: world.mail.misbehave("refuse-sender", reply="550 5.7.1 not you", times=None),
        "hang-up-after": lambda: world.mail.misbehave("hang-up-after", times=1),
        "behave": lambda: (world.carrier.behave(), world.mail.behave()),
    }
    if event in acts:
        acts[event]()
    elif event in SMS_TROUBLE:
        world.carrier.misbehave(kind, times=2, **({"code": int(code)} if code else {}))
    elif event in ("delivered", "undelivered") and mine.get("sms") and mine["sms"].provider_id:
        said = StatusCallback(mine["sms"].id, mine["sms"].provider_id, event, 30003 if event == "undelivered" else None)
        settle(world.app, said, world.now)
    elif event == "comes back" and mine.get("email") and mine["email"].state is DeliveryState.ACCEPTED:
        notice = REPORT.format(envelope=mine["email"].id, to=inbox(number), action="failed", status="5.1.1")
        bounced(world.app, notice.encode(), world.now)


def work(world: World) -> None:
    """What bells do in a minute, in an order that they may have."""
    for _ in range(3):
        for channel in ("sms", "email"):
            while dispatch(world.app, channel, world.now):
                pass
        for _ in range(20):
            if reconcile(world.app, world.now) is None:
                break
        fall_back(world.app, world.now)
