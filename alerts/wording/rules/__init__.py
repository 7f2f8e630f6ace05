"""The linter's rules, as one table: name, how bad it is, what finds it, and a sentence for documents and screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alerts.wording.rules import cost, privacy, standing, time, whole
from alerts.wording.rules.case import Case, Severity
from alerts.wording.rules.words import forbids

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. check: case → (where, mend) for each thing it finds. sentence: what it looks for."""

    name: str
    severity: Severity
    check: Callable[[Case], Iterator[tuple[str, str]]]
    sentence: str


_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

RULES: tuple[Rule, ...] = (
    Rule("stigma", _ERROR, forbids("stigma"), "words that hurt people who use drugs"),
    Rule("attractor", _ERROR, forbids("attractor"), "words that make a drug sound worth seeking"),
    Rule("police", _ERROR, forbids("police"), "police and the law, which partners' people do not trust"),
    Rule("reassurance", _ERROR, forbids("reassurance"), "words that take no news for safety"),
    Rule("missing-element", _ERROR, whole.missing_element, "who, what, where, what to do, how sure, when, link"),
    Rule("order", _WARNING, whole.order, "source, hazard, place, what to do, when, link, in this order"),
    Rule("fine-place", _ERROR, privacy.fine_place, "a place finer than the programme allows"),
    Rule("small-place", _ERROR, privacy.small_place, "a county of so few people that a finding points at one"),
    Rule("small-count", _ERROR, privacy.small_count, "a count small enough to point at a person"),
    Rule("reading-grade", _ERROR, cost.reading_grade, "a text that is harder than the grade allowed"),
    Rule("segments", _ERROR, cost.segments, "a text of more segments than allowed"),
    Rule("alphabet", _WARNING, cost.alphabet, "characters that double a text's cost"),
    Rule("naloxone", _ERROR, whole.naloxone, "no word of naloxone where the profile demands it"),
    Rule("opt-out", _ERROR, whole.opt_out, "no word of how to end texts where it is due"),
    Rule("exercise", _ERROR, time.drill, "a drill that does not say so"),
    Rule("simulated", _ERROR, time.made_up, "simulated data that do not say so"),
    Rule("placeholder", _ERROR, whole.placeholder, "what a template or an editor left unfilled"),
    Rule("past-date", _ERROR, time.past_date, "a date that is over, or has not come"),
    Rule("no-end", _ERROR, time.no_end, "an alert without an end"),
    Rule("fallback", _WARNING, standing.fallback, "a message in another language than asked for"),
    Rule("unreviewed", _WARNING, standing.unreviewed, "advice that no clinician has reviewed"),
)
