"""From a content to the names that templates may use: the content's own fields, and the same things in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeVar

from alerts.wording.action import Action
from alerts.wording.content import AlertContent, Change
from alerts.wording.kinds import KINDS
from alerts.wording.people import PersonContent
from alerts.wording.place_name import PlaceName, place_words
from alerts.wording.shelf import WordingError
from alerts.wording.words import Words

Content = AlertContent | PersonContent
T = TypeVar("T")


def upper_first(text: str) -> str:
    """First letter large, the rest as it is: "N-desethyl …" and "BTMPS" keep their capitals."""
    return text[:1].upper() + text[1:]


def substance_words(name: str, words: Words) -> str:
    """A substance's English display name in the language of `words`, itself where the table has none."""
    return words.substances.get(name.lower(), name)


def variables(content: Content, kind: str, words: Words, action: Action | None, brief: int = 0) -> dict[str, Any]:
    """All names that a template of this content may use. docs/words.md lists them; a test holds the list to this.

    brief: 1 leaves out the date of the next update, for a text that would else take one segment more; 2 also names one
    place instead of two, for a text that would else be too long to be sent.
    """
    given = {field.name: getattr(content, field.name) for field in fields(content)}
    given |= {
        "kind": kind,
        "full": KINDS[kind].full,
        "ends": KINDS[kind].ends or (kind == "correction" and given["expires"] is None),
        "language": words.language,
        "brief": brief,
        "most": 1 if brief > 1 else 2,
        "words": words,
        "labels": words.labels,
        "day": words.day,
        "day_short": words.day_short,
        "clock": lambda at: _clock(at, words),
        "listed": words.listed,
        "upper_first": upper_first,
        "place": lambda place: place_words(place, words),
        "places_in": lambda places, most=99: _places(places, words, most),
        "substance_in": lambda name: substance_words(name, words),
        "way_of": lambda how: words.ways.get(how, how),
        "headline_of": lambda line: _headline(line.kind, line.name, line.places, words),
        "marks": tuple(words.marks[mark] for mark in ("exercise", "simulated") if given.get(mark)),
    }
    if "substances" in given:
        given["substance_words"] = tuple(substance_words(name, words) for name in given["substances"])
    if "level" in given:
        given["level_words"] = _word(words.levels, str(given["level"]), "levels", words)
    if "condition" in given:
        given["condition_words"] = words.conditions.get(given["condition"], given["condition"])
    if "mend" in given:
        given["mend_words"] = words.mends.get(given["condition"], given["mend"])
    if "worst" in given:
        # What the carrier said stands in its own words, and as such.
        given["worst_words"] = words.problems.get(given["worst"], f'"{given["worst"]}"')
    if isinstance(content, AlertContent):
        given |= _alert(content, kind, words, action, given["most"])
    return given


def _alert(content: AlertContent, kind: str, words: Words, action: Action | None, most: int) -> dict[str, Any]:
    name = content.names.get(words.language) or substance_words(content.name, words)
    evidence = _word(words.evidence, content.evidence, "evidence", words)
    where, short = _places(content.places, words), _places(content.places, words, most)
    changes = tuple(_change(change, name, words, most) for change in content.changes)
    new_places = tuple(p for change in content.changes if change.what == "new_place" for p in change.places)
    return {
        "substance": name,
        "Substance": upper_first(name),
        "before_that": words.span(words.before, content.look_back_days) if content.look_back_days else "",
        "for_so_long": words.span(words.for_long, content.look_back_days) if content.look_back_days else "",
        "family": tuple(substance_words(member, words) for member in content.family),
        "where": where,
        "where_short": short,
        "headline": _word(words.headlines, kind, "headlines", words).format(
            substance=name, Substance=upper_first(name), where=_places(content.places, words, 2)
        ),
        "found": evidence["found"].format(substance=name, Substance=upper_first(name), where=where),
        "sampled": _span(content.sampled_first, content.sampled_last, words),
        "things": evidence["things"],
        "evidence_where": evidence["where"].format(where=short),
        "seen_in": lambda places: evidence["where"].format(where=places),
        "sampled_word": evidence["sampled"],
        "sampled_label": evidence["dates"],
        "confidence_word": _word(words.confidence, content.confidence, "confidence", words)["word"],
        "confidence_sentence": words.confidence[content.confidence]["sentence"],
        "new_places": new_places,
        "old_places": tuple(place for place in content.places if place not in new_places),
        "change_sentences": changes,
        # A text begins with its level; to say "the level is now" after it would cost a quarter of a segment.
        "news": tuple(s for s, c in zip(changes, content.changes, strict=True) if c.what != "level") or changes,
        "reason_sentence": _word(words.reasons, content.reason, "reasons", words) if content.reason else "",
        "note": content.note.get(words.language, ""),
        "action": action,
    }


def _places(places: tuple[PlaceName, ...], words: Words, most: int = 99) -> str:
    return words.listed(tuple(place_words(place, words) for place in places), most)


def _headline(kind: str, name: str, places: tuple[PlaceName, ...], words: Words) -> str:
    pattern = _word(words.headlines, kind, "headlines", words)
    substance = substance_words(name, words)
    return pattern.format(substance=substance, Substance=upper_first(substance), where=_places(places, words, 2))


def _change(change: Change, substance: str, words: Words, most: int) -> str:
    value = change.value
    if change.what == "level":
        value = _word(words.levels, value, "levels", words)
    elif change.what == "confidence":
        value = _word(words.confidence, value, "confidence", words)["word"]
    elif change.what == "substance":
        value = substance_words(value, words)
    pattern = _word(words.changes, change.what, "changes", words)
    return pattern.format(places=_places(change.places, words, most), value=value, substance=substance)


def _span(first: date | None, last: date | None, words: Words) -> str:
    only = last or first
    if only is None:
        return ""
    if first is None or last is None or first == last:
        return words.day(only)
    return words.labels["span"].format(first=words.day(first), last=words.day(last))


def _clock(at: datetime, words: Words) -> str:
    return f"{words.day_short(at.date())}, {at:%H:%M}"


def _word(table: Mapping[str, T], key: str, called: str, words: Words) -> T:
    try:
        return table[key]
    except KeyError:
        raise WordingError(
            f"words/{words.language}.toml",
            f"[{called}] has no '{key}'",
            f"add '{key}' there, or use {', '.join(table)}",
        ) from None
