"""Everything that an alert's messages may say. What is not a field here is never said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from alerts.model.level import Level
from alerts.wording.place_name import PlaceName


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that this edition says anew.

    what: a key of `[changes]` in words/*.toml ("new_place", "level", "confidence", "renewed", "place_withdrawn",
    "count", "substance", "panel_change"). places: the places it is about. value: the new level, confidence word or
    substance.
    """

    what: str
    places: tuple[PlaceName, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier public notice or paper. title: as its publisher prints it. link: absolute URL. on: its date."""

    title: str
    link: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class AlertContent:
    """The template variables of one edition of one alert for one partner.

    front: the partner's own name, which stands first. programme: the programme that made the alert, in a few words.
    alert: public number ("SW-2026-0007"), without contact or sample. version: edition, from 1. level: act_now, advisory
    or info. substance: id in substances.toml. name: its English display name. profile: id of the action profile
    ("alpha2-xylazine"). places: where, the newest first. alert_date: day of this edition. expires: last day on which it
    holds, None for an edition that ends the alert. confidence: "lab-confirmed", "screening", "field report" or
    "bulletin". evidence: what was tested, a SampleKind's value. link: short URL of the full page. source: who says so,
    in words. attribution: the source's own required wording, "" if none. names: display name by language where
    words/*.toml has none. family: English names of what is counted with it (isomers). aka: other names it goes by.
    sampled_first, sampled_last: collection dates of the evidence, None if unstated. count, tested: positives among
    samples tested; None means "detected", with no number. expected: positives that the earlier months would lead one to
    expect, rounded, None if unknown. watched: it is on a list that staff always want told. panel_change: the laboratory
    may have begun to look for it. look_back_days: days in which it had not been found here (or hardly), None when
    that is not claimed. lag_days: usual days from collection to a result. first_alert: day of the first edition, None
    for the first. last_seen: day of the newest finding. next_update: day by which more will be said. changes: what is
    new in this edition. reason: key of `[reasons]` for a correction or an end. note: a sentence by staff, by language.
    opt_out: carry the words that end texts (first message and as required). why_link, unsubscribe: URLs for email, ""
    if none. contact: how to reach the programme. bulletin: the notice that a "bulletin" kind is about. exercise: a
    drill. simulated: made by the simulator, never real. plot: server-drawn SVG for the full page, "" if none.
    """

    front: str
    programme: str
    alert: str
    version: int
    level: Level
    substance: str
    name: str
    profile: str
    places: tuple[PlaceName, ...]
    alert_date: date
    expires: date | None
    confidence: str
    evidence: str
    link: str
    source: str
    attribution: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    family: tuple[str, ...] = ()
    aka: tuple[str, ...] = ()
    sampled_first: date | None = None
    sampled_last: date | None = None
    count: int | None = None
    tested: int | None = None
    expected: int | None = None
    watched: bool = False
    panel_change: bool = False
    look_back_days: int | None = None
    lag_days: int | None = None
    first_alert: date | None = None
    last_seen: date | None = None
    next_update: date | None = None
    changes: tuple[Change, ...] = ()
    reason: str = ""
    note: Mapping[str, str] = field(default_factory=dict)
    opt_out: bool = False
    why_link: str = ""
    unsubscribe: str = ""
    contact: str = ""
    bulletin: Reference | None = None
    exercise: bool = False
    simulated: bool = False
    plot: str = ""
