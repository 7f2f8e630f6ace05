"""Reads a notice in prose: which substances it speaks of, and what it says of each."""

from __future__ import annotations

import re
from datetime import date

from detectors.words.clauses import clauses, sentences
from detectors.words.dates import WrittenDate, dates_in
from detectors.words.folding import fold
from detectors.words.lexicon import Lexicon
from detectors.words.locate import PlaceSpan, places_in
from detectors.words.mention import Mention, Polarity
from detectors.words.named import NameSpan
from detectors.words.places import Gazetteer
from detectors.words.polarity import DATE, OLD_YEAR, OTHER, PLACE, SUBJECT, polarity_of, statement_of
from detectors.words.rules import UNREMARKED

# "since 2020" goes on, and "the second half of 2024" is near enough to a date.
_SPEAKS_ON = re.compile(
    r"\b(?:it|its|none|they|them|not|never|any|neither|this|that|both|has|was|were|no|ningun[oa]?|esto|esta|eso)\b|n't\b|"
    r"\b(?:result|test|lab|confirm|prueba|falta)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?:it|they)\b")
_LOOKING_BACK = re.compile(
    r"(?:\b(?:in|for|en|and|y|its|until|hasta|by|during|from|through|throughout|over|durante|de|del)|"
    r"(?:summer|spring|fall|autumn|winter|verano|invierno|year|ano) (?:of|de))$"
)

# "two 2017 deaths": a bare year that stands before what happened in it.
_OF_THAT_YEAR = re.compile(
    rf" (?:[\w{SUBJECT}{OTHER}-]+ )?(?:deaths?|overdoses?|cases?|samples?|outbreak|cluster|seizures?)\b"
)


def read_mentions(
    text: str, lexicon: Lexicon, gazetteer: Gazetteer, state: str = "", published: date | None = None
) -> tuple[Mention, ...]:
    """Every statement of a notice about a contaminant, marker or drug, in order; one per substance, clause and place.

    state: the state the notice is about, as printed; places are resolved only with it. published: the notice's own
    date; a bare year before it is history. The remedy and words for whole groups (naloxone, "opioid", alcohol) are not
    reported. English and Spanish.
    """
    spans = [span for span in lexicon.mentions(text) if span.id not in UNREMARKED]
    whole = places_in(text, state, gazetteer)
    told = {written.when for written in dates_in(fold(text).text)}
    only_date = told.pop() if len(told) == 1 else ""
    found: list[Mention] = []
    for first, last in sentences(text):
        inside = [span for span in spans if first <= span.start < last]
        if not inside:
            continue
        places = [place for place in whole if first <= place.start < last]
        negated = False
        for start, end in _with_names(text, clauses(text, first, last), inside):
            named = [span for span in inside if start <= span.start < end]
            seen: set[str] = set()
            reach = _answer(text, end) if text[start:end].rstrip().endswith("?") else end
            for span in named:
                if span.id in seen:
                    continue
                seen.add(span.id)
                clause, dates = _marked(text, start, reach, span, named, places, published)
                polarity = _judged(clause)
                if negated and polarity is Polarity.GENERAL and _is_answered(clause):
                    polarity = Polarity.DETECTED
                when = _first(dates) or _first(dates_in(fold(text[first:last]).text)) or only_date
                statement = statement_of(clause, polarity)
                sentence = text[first:last].strip()
                found += [
                    Mention(span.id, polarity, statement, place, when, sentence, span.start, span.end)
                    for place in _nearest(places, span) or _only(whole)
                ]
                negated = negated or polarity is Polarity.NOT_DETECTED
    return tuple(found)


def _marked(
    text: str,
    start: int,
    end: int,
    subject: NameSpan,
    named: list[NameSpan],
    places: list[PlaceSpan],
    published: date | None,
) -> tuple[str, tuple[WrittenDate, ...]]:
    """The folded clause with names, places and dates as marks; and its dates."""
    marks = [(span.start, span.end, SUBJECT if span.id == subject.id else OTHER) for span in named]
    marks += [(place.start, place.end, PLACE) for place in places if start <= place.start and place.end <= end]
    pieces: list[str] = []
    at = start
    for first, last, mark in sorted(marks):
        if first < at:
            continue
        pieces += [text[at:first], mark]
        at = last
    pieces.append(text[at:end])
    clause = fold("".join(pieces)).text.replace("’", "'").strip()
    dates = dates_in(clause)
    for written in reversed(dates):
        before = clause[: written.start].rstrip()
        # A month with its year is an event that a notice reports; a bare year that is over is a look back.
        over = len(written.when) == 4 and (published is None or int(written.when) < published.year)
        looks_back = _LOOKING_BACK.search(before) or _OF_THAT_YEAR.match(clause[written.end :])
        mark = OLD_YEAR if over and looks_back else DATE
        clause = f"{clause[: written.start]}{mark}{clause[written.end :]}"
    return clause, dates


def _answer(text: str, end: int) -> int:
    """Where the first word after a question ends: "Is it here? No." """
    found = re.compile(r"\s*(?:No|Not|Yes|Sí)\b").match(text, end)
    return found.end() if found else end


def _judged(clause: str) -> Polarity:
    """The polarity of a clause; where it goes on with "; it was …", what is said there goes before mere information."""
    polarity = polarity_of(clause)
    told, comma, more = clause.rpartition("; ")
    if comma and polarity is Polarity.GENERAL and (pronoun := _PRONOUN.match(more)) and SUBJECT in told:
        return polarity_of(SUBJECT + more[pronoun.end() :])
    return polarity


def _is_answered(clause: str) -> bool:
    """ "Xylazine was not found, medetomidine was": the second half lives on the verb of the first."""
    return clause.strip(" ,.").endswith((f"{SUBJECT} was", f"{SUBJECT} were", f"{SUBJECT} si"))


def _with_names(text: str, spans: list[tuple[int, int]], named: list[NameSpan]) -> list[tuple[int, int]]:
    """Clauses, each with the nameless ones after it that still speak of its substance: "…, but none has been found"."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        nameless = not any(start <= span.start < end for span in named)
        if joined and nameless and _SPEAKS_ON.search(text[start:end]):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _nearest(places: list[PlaceSpan], span: NameSpan) -> tuple[str, ...]:
    """The county nearest to the name, or all of a list of counties ("Contra Costa and Solano counties")."""
    counties = [place for place in places if len(place.code) == 5] or places
    if not counties:
        return ()
    nearest = min(counties, key=lambda place: min(abs(place.start - span.end), abs(span.start - place.end)))
    return tuple(dict.fromkeys(place.code for place in counties if place.start == nearest.start))


def _only(places: tuple[PlaceSpan, ...]) -> tuple[str, ...]:
    """The one place that the whole notice names; "" when there is none or more than one."""
    codes = {place.code for place in places}
    return tuple(codes) if len(codes) == 1 else ("",)


def _first(dates: tuple[WrittenDate, ...]) -> str:
    return dates[0].when if dates else ""
