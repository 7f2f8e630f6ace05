"""What staff must hear of at once: reviews that wait, silent feeds, failed messages, carriers that refuse us."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.send_notice import send_notice
from alerts.flow.delivery.read_mailbox import unread_since
from alerts.flow.duty.look_back_due import ask_to_look_back
from alerts.flow.scope.place_names import place_names
from alerts.model.alert import Alert, AlertVersion, VersionState
from alerts.model.duty import OnDuty, present
from alerts.model.feed_state import TROUBLED, FeedCondition, FeedState
from alerts.model.level import Level
from alerts.model.partner import Contact
from alerts.record.append import append
from alerts.store import alerts, carriers, dead_letters, duty, feeds, notices
from alerts.store.engine import Connection
from alerts.wording.staff import (
    DeadLetters,
    FailedApproval,
    FeedBack,
    LateFeed,
    ReviewNeeded,
    StoppedCarrier,
    UnreadMailbox,
)

SETTLED = timedelta(minutes=15)
"""How long an edition may be in the making before its failures are told: one alarm for all of them."""

UNREADABLE = frozenset({FeedCondition.BROKEN, FeedCondition.REFUSED})


def page_duty(app: App, now: datetime) -> int:
    """Ask whoever is on duty; returns how many notices were written. Each thing is said once, by its key."""
    with app.store.read() as connection:
        roster = duty.roster(connection)
    if not roster:
        return 0
    here = present(roster, now)
    with app.store.write() as connection:
        return (
            _reviews(app, connection, here, now)
            + _feeds(app, connection, here, now)
            + _dead_letters(app, connection, here, now)
            + _carriers(app, connection, here, now)
            + _mailbox(app, connection, here, now)
            + ask_to_look_back(app, connection, here, now)
        )


def _reviews(app: App, connection: Connection, here: tuple[OnDuty, ...], now: datetime) -> int:
    """The first person at once; after the deadline the next one every so many minutes, then a pause, then again."""
    rules = app.configuration.review
    made = 0
    for held in alerts.versions_in(connection, {VersionState.HELD}):
        alert = alerts.get(connection, held.alert)
        assert alert is not None
        start = f"review|{alert.number}|{held.version}|"
        asked = notices.about(connection, start)
        if not asked:
            made += _ask(app, connection, alert, held, here[0], f"{start}0", now)
            continue
        pause = timedelta(hours=rules.again_hours) if len(asked) % len(here) == 0 else timedelta(0)
        wait = max(pause, timedelta(minutes=rules.next_minutes))
        first_round = len(asked) < len(here)
        due = held.deadline is not None and now >= held.deadline
        if due and ((len(asked) == 1 and first_round) or now >= asked[-1][2] + wait):
            made += _ask(app, connection, alert, held, here[len(asked) % len(here)], f"{start}{len(asked)}", now)
    return made


def _ask(
    app: App, connection: Connection, alert: Alert, held: AlertVersion, who: OnDuty, key: str, now: datetime
) -> bool:
    programme = app.configuration.programme
    name = app.lexicon.substances[alert.substance].display("en")
    deadline = (held.deadline or now).astimezone(programme.zone)
    link = _link(app, f"/alerts/{alert.number}")
    content: ReviewNeeded | FailedApproval
    if key.endswith("|0"):
        places = place_names(app, tuple(p.place for p in held.places))
        content = ReviewNeeded(programme.name, alert.number, name, str(held.level), places, deadline, link)
    else:
        content = FailedApproval(
            programme.name, alert.number, name, str(held.level), deadline, who.person.name, link
        )  # fmt: skip
    if send_notice(app, connection, key, content, who.contact, now, level=Level.ACT_NOW) is None:
        return False
    append(
        connection, at=now, kind="review.asked", subject=alert.number,
        fields={"version": held.version, "who": who.person.name, "position": who.position},
    )  # fmt: skip
    return True


def _feeds(app: App, connection: Connection, here: tuple[OnDuty, ...], now: datetime) -> int:
    """One alarm for each time that a feed fell into trouble, and one all-clear when it is over."""
    made = 0
    for state in feeds.everything(connection):
        feed = app.configuration.feeds.get(state.name)
        if feed is None:
            continue
        start = f"late_feed|{state.name}|"
        told = notices.about(connection, start)
        over = notices.about(connection, f"feed_back|{state.name}|")
        since = _in_trouble_since(connection, state)
        if since is None:
            if len(told) > len(over):
                back = FeedBack(app.configuration.programme.name, state.name, state.newest, _link(app, "/feeds"))
                who = next((d.contact for d in here if d.contact.id == told[-1][1]), here[0].contact)
                made += _say(app, connection, f"feed_back|{state.name}|{len(told)}", back, who, now)
        elif len(told) == len(over) and _is_alarm(state, app.configuration.review.broken_polls):
            late = LateFeed(
                app.configuration.programme.name, state.name, str(state.condition), state.newest,
                round(feed.cadence_days), state.mend, _link(app, "/feeds"),
            )  # fmt: skip
            made += _say(app, connection, f"{start}{len(told) + 1}", late, here[0].contact, now)
    return made


def _is_alarm(state: FeedState, polls: int) -> bool:
    return state.condition not in UNREADABLE or state.failures >= polls


def _in_trouble_since(connection: Connection, state: FeedState) -> datetime | None:
    if state.condition not in TROUBLED:
        return None
    known = feeds.events(connection, state.name, 1)
    return known[0][0] if known else state.last_try


def _dead_letters(app: App, connection: Connection, here: tuple[OnDuty, ...], now: datetime) -> int:
    """Once for each edition, when nothing of it is on its way any more or it has had its time."""
    failed: dict[tuple[int, int], list[str]] = {}
    for row in dead_letters.waiting(connection, 500):
        if row.alert > 0 and now - row.created_at >= SETTLED:
            failed.setdefault((row.alert, row.version), []).append(row.problem.partition("; ")[0])
    made = 0
    for (number, version), problems in sorted(failed.items()):
        alert = alerts.get(connection, number)
        if alert is None:
            continue
        worst = Counter(problems).most_common(1)[0][0][:60] or "no reason given"
        content = DeadLetters(
            app.configuration.programme.name, alert.number, len(problems), worst, _link(app, f"/alerts/{alert.number}")
        )  # fmt: skip
        made += _say(app, connection, f"dead_letters|{alert.number}|{version}", content, here[0].contact, now)
    return made


def _carriers(app: App, connection: Connection, here: tuple[OnDuty, ...], now: datetime) -> int:
    """Once for each time that a carrier begins to refuse us, to the first person who has another channel: the page must
    not wait behind the very carrier that it is about."""
    made = 0
    for broken in carriers.open_circuits(connection):
        programme = app.configuration.programme
        again = broken.open_until.astimezone(programme.zone)
        content = StoppedCarrier(
            programme.name, broken.channel, broken.code, broken.detail[:60], again, _link(app, "/messages")
        )  # fmt: skip
        key = f"stopped_carrier|{broken.channel}|{broken.since.isoformat()}"
        who = next((d.contact for d in here if _else_than(d.contact, broken.channel)), here[0].contact)
        made += send_notice(app, connection, key, content, who, now, level=Level.ACT_NOW) is not None
    return made


def _mailbox(app: App, connection: Connection, here: tuple[OnDuty, ...], now: datetime) -> int:
    """Once for each time that the mailbox cannot be read for longer than a passing fault."""
    trouble = unread_since(connection) if app.mailbox is not None else None
    if trouble is None or now - trouble.at < timedelta(minutes=app.configuration.mailbox.alarm_minutes):
        return 0
    programme = app.configuration.programme
    content = UnreadMailbox(
        programme.name,
        trouble.at.astimezone(programme.zone),
        str(trouble.fault),
        app.configuration.mailbox.host,
        _link(app, "/messages"),
    )
    return int(_say(app, connection, f"unread_mailbox|{trouble.at.isoformat()}", content, here[0].contact, now))


def _else_than(contact: Contact, channel: str) -> bool:
    return any(a.channel != channel and a.consent and a.verified and not a.disabled for a in contact.addresses)


def _say(
    app: App,
    connection: Connection,
    key: str,
    content: DeadLetters | LateFeed | FeedBack | UnreadMailbox,
    to: Contact,
    now: datetime,
) -> bool:
    return send_notice(app, connection, key, content, to, now) is not None


def _link(app: App, path: str) -> str:
    return app.configuration.programme.public_url.rstrip("/") + path
