"""A flyer as a PDF of one page, made without system packages or system fonts: the same bytes on every machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any, Final

import typst

from alerts.wording.action import action
from alerts.wording.compose import compose
from alerts.wording.content import AlertContent
from alerts.wording.environment import render
from alerts.wording.shelf import Shelf, WordingError
from alerts.wording.variables import variables
from alerts.wording.words import Words, words

PAPERS: Final = ("us-letter", "a4")
COLOURS: Final = {"act_now": "#a3201a", "advisory": "#8a4b00", "info": "#1f5673"}
TEMPLATE: Final = "flyer/flyer.typ"


def flyer_pdf(content: AlertContent, *, kind: str, language: str, shelf: Shelf, paper: str = "us-letter") -> bytes:
    """PDF of the flyer, always one page. Falls back to English as `compose` does, and raises what it raises.

    paper: one of PAPERS. The document's date is the alert's, so that the same content gives the same bytes.
    """
    if paper not in PAPERS:
        raise ValueError(f"there is no paper '{paper}'; choose {' or '.join(PAPERS)}")
    language = compose(content, kind=kind, channel="flyer", language=language, shelf=shelf).language
    spoken = words(shelf, language)
    given = variables(content, kind, spoken, action(content.profile, language, shelf))
    lead = spoken.contracted(render(shelf, f"lead/{language}/{kind}.txt", given)).split("\n\n")
    told = _told(content, given, [" ".join(part.split()) for part in lead if part.strip()], spoken, paper)
    try:
        pdf = typst.compile(
            shelf.read(TEMPLATE).encode(),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
            timestamp=datetime.combine(content.alert_date, time(), UTC),
        )
    except typst.TypstError as error:
        raise WordingError(TEMPLATE, str(error), "correct the template, or restore the shipped one") from None
    return bytes(pdf)


def _told(content: AlertContent, given: dict[str, Any], lead: list[str], words: Words, paper: str) -> dict[str, Any]:
    labels, advice, full = words.labels, given["action"], given["full"]
    say = words.contracted
    facts = []
    if full:
        sampled = f" {given['sampled_label']}: {given['sampled']}." if given["sampled"] else ""
        source = f" {labels['source']}: {content.source}. {content.attribution}".rstrip()
        facts = [f"{labels['sure']}: {given['confidence_sentence']}{sampled}{source}", labels["unknown_drug"]]
    edition = labels["edition"].format(n=content.version)
    about = [f"{content.programme}, {labels['alert'].lower()} {content.alert}, {edition}."]
    about.append(f"{labels['alert_date']}: {words.day(content.alert_date)}.")
    if content.next_update:
        about.append(f"{labels['next_update']}: {words.day(content.next_update)}.")
    if given["ends"]:
        about += [labels["ended"], labels["take_down"]]
    if content.contact:
        about.append(f"{labels['contact']}: {content.contact}.")
    marks = [name for name, on in (("exercise", content.exercise), ("simulated", content.simulated)) if on]
    return {
        "paper": paper,
        "language": words.language,
        "colour": COLOURS[str(content.level) if full else "info"],
        "programme": content.programme,
        "front": content.front,
        "level": given["level_words"] if full else "",
        "headline": say(given["headline"]),
        "group": say(f"{given['Substance']}: {advice.group}") if full else "",
        "marks": [f"{words.marks[name]}. {labels[name]}" for name in marks],
        "lead": [*lead, *([given["note"]] if given["note"] else [])],
        "do": {"heading": labels["do"], "lines": list(advice.do) if full else []},
        "parts": [
            {"heading": labels[name], "lines": list(getattr(advice, name))}
            for name in ("look_for", "do_not", "strips", "what")
            if full
        ],
        "facts": [say(fact) for fact in [*facts, " ".join(about)]],
        "more": f"{labels['more']}:",
        "link": content.link,
        "until": f"{labels['take_down_after']} {words.day(content.expires)}" if content.expires else "",
    }
