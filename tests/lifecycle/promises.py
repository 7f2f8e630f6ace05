"""What must hold after any story, read out of outbox and attempts, and written apart from the code that makes it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from alerts.store import alerts, attempts, outbox, partners
from tests.flow.timeline import Diary

FIRST = {"first_sighting", "detected", "rise", "returned", "field_report", "bulletin"}
LATER = {"update", "spread", "correction", "expiry", "all_clear"}
SENT = {"sending", "accepted", "delivered"}


def keep(diary: Diary) -> int:
    """Check every message that went out; returns how many there were."""
    with diary.app.store.read() as connection:
        people = {c.id: c for c in partners.everybody(connection, active=False)}
        rows = [d for d in outbox.latest(connection, 10000) if d.alert > 0 and str(d.state) in SENT]
        merged = {
            (d.alert, d.contact, d.channel)
            for d in outbox.latest(connection, 10000)
            if d.problem.startswith("merged with others")
        }
        for row in sorted(rows, key=lambda d: (d.alert, d.version)):
            contact = people[row.contact]
            begun = [started for _, started, *_ in attempts.attempts_of(connection, row.id)]
            for moment in begun if row.channel == "sms" and contact.active else ():
                clock = moment.astimezone(ZoneInfo(contact.time_zone)).time()
                awake = contact.quiet_to <= clock < contact.quiet_from
                assert awake or (contact.wake and str(row.level) == "act_now"), (row.kind, moment)
            if row.kind in LATER:
                earlier = [
                    d for d in rows
                    if (d.alert, d.contact, d.channel) == (row.alert, row.contact, row.channel)
                    and d.kind in FIRST and d.version < row.version
                ]  # fmt: skip
                assert earlier or (row.alert, row.contact, row.channel) in merged, f"a {row.kind} without its alert"
            alert = alerts.get(connection, row.alert)
            version = alerts.version(connection, row.alert, row.version)
            assert alert is not None
            assert version is not None
            if contact.active and row.kind in FIRST:
                # The place was theirs, or held theirs, or lay in theirs.
                assert any(
                    p.place.startswith(mine) or mine.startswith(p.place)
                    for p in version.places
                    for mine in contact.places
                ), (contact.places, version.places)
            log = [c for c in partners.consent_log(connection, row.contact) if c.channel == row.channel]
            for moment in begun:
                before = [c.given for c in log if c.at <= moment]
                assert before, "nothing before consent"
                assert before[-1], "nothing after it was taken back"
    return len(rows)
