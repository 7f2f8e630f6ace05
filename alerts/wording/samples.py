"""Made-up contents for every kind, for checks, previews and golden files. Nothing in them is real."""

from __future__ import annotations

from datetime import date

from alerts.model.level import Level
from alerts.wording.content import AlertContent, Change
from alerts.wording.place_name import PlaceName

TODAY = date(2031, 10, 9)
"""The day on which all samples play: far enough ahead that nobody takes one for news."""

PINE = PlaceName("Pine County", state="Sampleland")
LAKE = PlaceName("Lake County", state="Sampleland")
CEDAR = PlaceName("Cedar County", state="Sampleland")


def base(**changes: object) -> AlertContent:
    """A first sighting of xylazine in a county that does not exist."""
    fields: dict[str, object] = {
        "front": "Northside Outreach",
        "programme": "Sampleland Drug Checking",
        "alert": "SW-2031-0007",
        "version": 1,
        "level": Level.ADVISORY,
        "substance": "xylazine",
        "name": "xylazine",
        "profile": "alpha2-xylazine",
        "places": (PINE,),
        "alert_date": TODAY,
        "expires": date(2031, 11, 8),
        "confidence": "lab-confirmed",
        "evidence": "drug",
        "link": "https://alerts.example/a/7",
        "source": "Sampleland Drug Lab",
        "sampled_first": date(2031, 9, 24),
        "sampled_last": date(2031, 10, 2),
        "look_back_days": 365,
        "lag_days": 20,
        "next_update": date(2031, 10, 16),
        "opt_out": True,
        "why_link": "https://alerts.example/why/7",
        "unsubscribe": "https://alerts.example/stop/7",
        "contact": "555-0100",
        "last_seen": date(2031, 10, 2),
    }
    return AlertContent(**(fields | changes))  # type: ignore[arg-type]


def update() -> AlertContent:
    """The second edition: one place more."""
    return base(
        version=2,
        places=(LAKE, PINE),
        first_alert=date(2031, 10, 1),
        changes=(Change("new_place", (LAKE,)),),
        opt_out=False,
    )
