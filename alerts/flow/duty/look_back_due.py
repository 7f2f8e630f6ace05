"""An alert that went out on one person's word waits for a second one's opinion, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.app import App
from alerts.flow.addressing.send_notice import send_notice
from alerts.model.alert import Alert, AlertVersion
from alerts.model.duty import OnDuty
from alerts.record.append import append
from alerts.store import alerts, notices
from alerts.store.engine import Connection
from alerts.wording.staff import LookBackDue

AGAIN = timedelta(days=1)
"""How long until the next person is asked, and then the first again, until somebody has looked."""


def ask_to_look_back(app: App, connection: Connection, here: tuple[OnDuty, ...], now: datetime) -> int:
    """Ask somebody on duty who did not let it out, once `review.look_back_hours` are over; returns how many were asked.

    It stands in the record, once, that nobody had looked in time.
    """
    hours = timedelta(hours=app.configuration.review.look_back_hours)
    made = 0
    for edition in alerts.unreviewed_break_glass(connection):
        alert = alerts.get(connection, edition.alert)
        at = edition.approved_at
        if alert is None or at is None or now < at + hours:
            continue
        start = f"look_back|{alert.number}|{edition.version}|"
        asked = notices.about(connection, start)
        if asked and now < asked[-1][2] + AGAIN:
            continue
        # Nobody can be their own second pair of eyes; where nobody else is on duty, they at least hear of it.
        others = tuple(d for d in here if d.person.name != edition.approved_by) or here
        who = others[len(asked) % len(others)]
        content = _content(app, alert, edition, at)
        if send_notice(app, connection, f"{start}{len(asked)}", content, who.contact, now) is None:
            continue
        made += 1
        if not asked:
            append(
                connection, at=now, kind="alert.look_back_overdue", subject=alert.number,
                fields={"version": edition.version, "who": who.person.name},
            )  # fmt: skip
    return made


def _content(app: App, alert: Alert, edition: AlertVersion, at: datetime) -> LookBackDue:
    programme = app.configuration.programme
    return LookBackDue(
        programme.name, alert.number, app.lexicon.substances[alert.substance].display("en"), str(edition.level),
        edition.approved_by, at.astimezone(programme.zone), f"{programme.public_url.rstrip('/')}/alerts/{alert.number}",
    )  # fmt: skip
