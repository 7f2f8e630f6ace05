"""Made-up contents for every kind, for checks, previews and golden files. Nothing in them is real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from alerts.model.level import Level
from alerts.wording import people, staff
from alerts.wording.content import AlertContent, Change, Reference
from alerts.wording.kinds import KINDS
from alerts.wording.place_name import PlaceName
from alerts.wording.variables import Content

TODAY: Final = date(2031, 10, 9)
"""The day on which all samples play: far enough ahead that nobody takes one for news."""

PINE: Final = PlaceName("Pine County", state="Sampleland")
LAKE: Final = PlaceName("Lake County", state="Sampleland")
CEDAR: Final = PlaceName("Cedar County", state="Sampleland")
SAMPLELAND: Final = PlaceName("Sampleland", grain="state")

BASE: Final = AlertContent(
    front="Northside Outreach",
    programme="Sampleland Drug Checking",
    alert="SW-2031-0007",
    version=1,
    level=Level.ADVISORY,
    substance="xylazine",
    name="xylazine",
    profile="alpha2-xylazine",
    places=(PINE,),
    alert_date=TODAY,
    expires=date(2031, 11, 8),
    confidence="lab-confirmed",
    evidence="drug",
    link="https://alerts.example/a/7",
    source="Sampleland Drug Lab",
    sampled_first=date(2031, 9, 24),
    sampled_last=date(2031, 10, 2),
    look_back_days=365,
    lag_days=20,
    next_update=date(2031, 10, 16),
    opt_out=True,
    why_link="https://alerts.example/why/7",
    unsubscribe="https://alerts.example/stop/7",
    contact="555-0100",
    last_seen=date(2031, 10, 2),
)
"""A first sighting of xylazine in a county that does not exist."""

_LATER: Final[Mapping[str, Any]] = {"version": 2, "first_alert": date(2031, 10, 1), "opt_out": False}
_ENDED: Final[Mapping[str, Any]] = {**_LATER, "version": 3, "expires": None, "next_update": None}

_ALERTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "first_sighting": {},
    "detected": {"look_back_days": None, "substance": "carfentanil", "name": "carfentanil", "profile": "opioid",
                 "level": Level.ACT_NOW, "watched": True},
    "rise": {"look_back_days": None, "count": 24, "tested": 80, "expected": 9},
    "spread": {**_LATER, "places": (LAKE, PINE), "changes": (Change("new_place", (LAKE,)),)},
    "returned": {"look_back_days": 400},
    "bulletin": {"look_back_days": None, "confidence": "bulletin", "source": "Lakeland Health Department",
                 "sampled_first": None, "sampled_last": None, "lag_days": None,
                 "bulletin": Reference("Notice on a new sedative", "https://health.example/notice", date(2031, 10, 6))},
    "field_report": {"look_back_days": None, "confidence": "field report", "evidence": "field report", "lag_days": None,
                     "source": "Northside Outreach", "expires": date(2031, 10, 16), "next_update": date(2031, 10, 12)},
    "update": {**_LATER, "places": (LAKE, PINE), "level": Level.ACT_NOW,
               "changes": (Change("new_place", (LAKE,)), Change("level", value="act_now"))},
    "correction": {**_LATER, "reason": "lab_changed", "changes": (Change("substance", value="medetomidine"),)},
    "all_clear": {**_ENDED, "reason": "no_new_findings"},
    "expiry": {**_ENDED, "reason": "no_new_findings"},
    "exercise": {"exercise": True, "expires": TODAY},
}  # fmt: skip

_DRUGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "nitazene": {"substance": "n-desethyl-isotonitazene", "name": "N-desethyl isotonitazene", "profile": "opioid",
                 "level": Level.ACT_NOW},
    "isomers": {"substance": "medetomidine", "name": "medetomidine", "profile": "alpha2-medetomidine",
                "family": ("dexmedetomidine",), "aka": ("mede",), "count": 31, "tested": 112},
    "deaths": {"substance": "bromazolam", "name": "bromazolam", "profile": "benzodiazepine", "evidence": "death",
               "source": "Sampleland Medical Examiner", "lag_days": 180},
    "chemical": {"substance": "btmps", "name": "BTMPS", "profile": "industrial", "places": (CEDAR, LAKE, PINE)},
    "numbing": {"substance": "tetracaine", "name": "tetracaine", "profile": "local-anaesthetic", "level": Level.INFO},
    "unknown": {"substance": "mdmb-4en-pinaca", "name": "MDMB-4en-PINACA", "profile": "other", "places": (SAMPLELAND,)},
    "screening": {"confidence": "screening", "lag_days": None, "sampled_first": None},
    "drill": {"exercise": True},
    "demo": {"simulated": True, "opt_out": False, "unsubscribe": "", "why_link": "", "contact": ""},
}  # fmt: skip

_LINES: Final = (
    people.AlertLine("SW-2031-0007", "xylazine", (PINE,), "first_sighting", "advisory", TODAY,
                     "https://alerts.example/a/7"),
    people.AlertLine("SW-2031-0005", "carfentanil", (LAKE, PINE), "update", "act_now", date(2031, 10, 7),
                     "https://alerts.example/a/5"),
)  # fmt: skip
_WHO: Final[Mapping[str, Any]] = {"front": "Northside Outreach", "programme": "Sampleland Drug Checking"}
_STAFF: Final[Mapping[str, Any]] = {"programme": "Sampleland Drug Checking", "link": "https://alerts.example/a/7"}
_DUE: Final = datetime(2031, 10, 9, 17, 30, tzinfo=UTC)

_PEOPLE: Final[Mapping[str, Content]] = {
    "verification": people.Verification(**_WHO, code="482915", minutes=15, link="https://alerts.example/v/7"),
    "welcome": people.Welcome(**_WHO, places=(PINE, LAKE), substances=("xylazine", "nitazenes"), weekly=5,
                              contact="555-0100", unsubscribe="https://alerts.example/stop/7"),
    "stop_confirmation": people.StopConfirmation(**_WHO, contact="555-0100"),
    "start_confirmation": people.StartConfirmation(**_WHO, places=(PINE, LAKE)),
    "help": people.Help(**_WHO, contact="555-0100", link="https://alerts.example/help"),
    "answer": people.Answer(**_WHO, about="emergency", places=(PINE,), contact="555-0100"),
    "why": people.Why(**_WHO, alert="SW-2031-0007", name="xylazine", places=(PINE, LAKE), since=date(2031, 3, 4),
                      how="web form", link="https://alerts.example/why/7"),
    "waiting": people.Waiting(**_WHO, lines=_LINES, link="https://alerts.example/a"),
    "digest": people.Digest(**_WHO, first=date(2031, 10, 3), last=TODAY, changed=_LINES, ended=(),
                            open=(replace(_LINES[0], name="BTMPS", alert="SW-2031-0003", on=date(2031, 9, 12)),),
                            quiet=(people.QuietSource("Cedar County", date(2031, 9, 3)),
                                   people.QuietSource("Lake County medical examiner", None)),
                            link="https://alerts.example/a", held_back=2, unsubscribe="https://alerts.example/stop/7"),
    "sign_in": staff.SignIn("Sampleland Drug Checking", "Sam", "https://alerts.example/door/7", 15),
    "late_feed": staff.LateFeed(**_STAFF, feed="sampleland-lab", condition="late", newest=date(2031, 9, 20),
                                 expected=7, mend="Ask the lab if the export still runs."),
    "feed_back": staff.FeedBack(**_STAFF, feed="sampleland-lab", newest=date(2031, 10, 8)),
    "failed_approval": staff.FailedApproval(**_STAFF, alert="SW-2031-0007", name="xylazine", level="advisory",
                                             deadline=_DUE, asked="duty lead"),
    "dead_letters": staff.DeadLetters(**_STAFF, alert="SW-2031-0007", count=3, worst="number not in use"),
    "stopped_carrier": staff.StoppedCarrier(**_STAFF, channel="sms", code="20003", detail="Authenticate", again=_DUE),
    "look_back_due": staff.LookBackDue(**_STAFF, alert="SW-2031-0007", name="xylazine", level="act_now", by="Ana",
                                        since=_DUE),
    "checkpoint": staff.CheckpointMail(programme="Sampleland Drug Checking", dated=date(2031, 10, 8), entries=1204,
                                        note="alerts.example/record\n1204\n" + "A" * 43 + "=\n2031-10-08\n"),
    "unread_mailbox": staff.UnreadMailbox(**_STAFF, since=_DUE, fault="login", host="mail.example"),
    "review_needed": staff.ReviewNeeded(**_STAFF, alert="SW-2031-0007", name="xylazine", level="advisory",
                                         places=(PINE,), deadline=_DUE),
}  # fmt: skip


def samples(kind: str) -> Mapping[str, Content]:
    """Contents of one kind by a label; "plain" is always among them, alerts have many."""
    if KINDS[kind].family != "alert":
        return MappingProxyType({"plain": _PEOPLE[kind]})
    plain = replace(BASE, **_ALERTS[kind])
    own: tuple[str, ...] = ("evidence", "source", "confidence") if kind in ("bulletin", "field_report") else ()
    own += ("places",) if "changes" in _ALERTS[kind] else ()
    found: dict[str, Content] = {"plain": plain}
    for label, drug in _DRUGS.items():
        found[label] = replace(plain, **{key: value for key, value in drug.items() if key not in own})
    return MappingProxyType(found)


def every() -> list[tuple[str, str, Content]]:
    """(kind, label, content) of all samples, in the order of the table of kinds."""
    return [(kind, label, content) for kind in KINDS for label, content in samples(kind).items()]
