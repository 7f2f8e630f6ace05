"""Nobody is woken: not at night, not on the two nights when the clock itself jumps, in no zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.flow.addressing.quiet_hours import not_before
from alerts.model.level import Level
from alerts.model.partner import Contact
from tests.flow.nouns import contact

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def due(local: str, *, level: Level = Level.ADVISORY, channel: str = "sms", zone: str = "", **changes: object) -> str:
    """When somebody is written to at the earliest, in local time, for a message made at a local time."""
    who = contact(time_zone=zone or "America/Los_Angeles", **changes)
    own = ZoneInfo(who.time_zone)
    moment = not_before(who, channel, level, datetime.fromisoformat(local).replace(tzinfo=own).astimezone(UTC))
    return moment.astimezone(own).strftime("%Y-%m-%d %H:%M %Z")


@pytest.mark.parametrize(
    ("made", "goes"),
    [
        ("2026-03-02T12:00", "2026-03-02 12:00 PST"),
        ("2026-03-02T20:59", "2026-03-02 20:59 PST"),
        ("2026-03-02T21:00", "2026-03-03 08:00 PST"),
        ("2026-03-02T23:59", "2026-03-03 08:00 PST"),
        ("2026-03-03T00:00", "2026-03-03 08:00 PST"),
        ("2026-03-03T07:59", "2026-03-03 08:00 PST"),
        ("2026-03-03T08:00", "2026-03-03 08:00 PST"),
        ("2026-03-07T22:00", "2026-03-08 08:00 PDT"),  # the night in which the clock jumps forward
        ("2026-03-08T01:30", "2026-03-08 08:00 PDT"),
        ("2026-10-31T22:00", "2026-11-01 08:00 PST"),  # the night in which an hour comes twice
        ("2026-11-01T01:30", "2026-11-01 08:00 PST"),
    ],
)
def test_the_usual_night(made: str, goes: str) -> None:
    assert due(made) == goes


def test_emails_wait_for_nobodys_sleep() -> None:
    assert due("2026-03-02T23:00", channel="email") == "2026-03-02 23:00 PST"


def test_life_at_risk_wakes_only_those_who_asked_for_it() -> None:
    assert due("2026-03-02T23:00", level=Level.ACT_NOW, wake=True) == "2026-03-02 23:00 PST"
    assert due("2026-03-02T23:00", level=Level.ADVISORY, wake=True) == "2026-03-03 08:00 PST"
    assert due("2026-03-02T23:00", level=Level.ACT_NOW, wake=False) == "2026-03-03 08:00 PST"


def test_a_team_that_works_nights_sleeps_by_day() -> None:
    hours = {"quiet_from": time(9), "quiet_to": time(17)}
    assert due("2026-03-02T12:00", **hours) == "2026-03-02 17:00 PST"
    assert due("2026-03-02T23:00", **hours) == "2026-03-02 23:00 PST"


def test_equal_hours_mean_none() -> None:
    assert due("2026-03-02T23:00", quiet_from=time(8), quiet_to=time(8)) == "2026-03-02 23:00 PST"


def test_a_morning_that_the_clock_jumps_over() -> None:
    """Quiet until 02:30, and that night 02:30 does not exist."""
    assert due("2026-03-08T00:30", quiet_to=time(2, 30)) == "2026-03-08 03:30 PDT"


def test_an_end_of_the_night_that_comes_twice() -> None:
    """Quiet until 01:30: at the second 01:10 the first 01:30 is long past, and it is quiet again."""
    who = contact(quiet_to=time(1, 30))
    second = datetime(2026, 11, 1, 1, 10, tzinfo=LOS_ANGELES, fold=1).astimezone(UTC)
    assert not_before(who, "sms", Level.ADVISORY, second) == second + timedelta(minutes=20)


ZONES = st.sampled_from(sorted(z for z in available_timezones() if "/" in z and not z.startswith(("posix", "right"))))
CLOCK = st.times().map(lambda t: t.replace(second=0, microsecond=0))
MOMENTS = st.one_of(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
    # The days around both changes of the clock, in the USA and in Europe.
    st.builds(
        lambda day, minutes: day + timedelta(minutes=minutes),
        st.sampled_from([datetime(2026, 3, 8), datetime(2026, 11, 1), datetime(2026, 3, 29), datetime(2026, 10, 25)]),  # noqa: DTZ001
        st.integers(-24 * 60, 48 * 60),
    ),
).map(lambda naive: naive.replace(tzinfo=UTC))


def _quiet(who: Contact, moment: datetime) -> bool:
    """Written apart from the code: is the clock on their wall within the quiet hours?"""
    minutes = moment.astimezone(ZoneInfo(who.time_zone)).time()
    asleep = (minutes.hour * 60 + minutes.minute - who.quiet_from.hour * 60 - who.quiet_from.minute) % 1440
    length = (who.quiet_to.hour * 60 + who.quiet_to.minute - who.quiet_from.hour * 60 - who.quiet_from.minute) % 1440
    return asleep < length


@settings(max_examples=400, deadline=None)
@given(zone=ZONES, quiet_from=CLOCK, quiet_to=CLOCK, now=MOMENTS)
@example("America/Los_Angeles", time(21), time(1, 30), datetime(2026, 11, 1, 9, 10, tzinfo=UTC))
@example("America/Los_Angeles", time(3), time(2, 30), datetime(2026, 3, 8, 9, 0, tzinfo=UTC))
def test_never_inside_quiet_hours_never_before_now_and_never_much_too_late(
    zone: str, quiet_from: time, quiet_to: time, now: datetime
) -> None:
    who = contact(time_zone=zone, quiet_from=quiet_from, quiet_to=quiet_to)
    moment = not_before(who, "sms", Level.ADVISORY, now)
    assert moment >= now
    if quiet_from == quiet_to or not _quiet(who, now):
        assert moment == now
        return
    assert not _quiet(who, moment)
    # Every earlier minute is quiet, but for the hour that a jump of the clock may swallow.
    step = now
    while step < moment - timedelta(hours=1):
        assert _quiet(who, step)
        step += timedelta(minutes=7)
