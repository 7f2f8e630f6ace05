"""From a content to the exact texts of one message: pure, and the same bytes each time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from alerts.wording.action import Action, action
from alerts.wording.content import AlertContent
from alerts.wording.elements import elements, proper_names
from alerts.wording.environment import render
from alerts.wording.kinds import CHANNELS, KINDS, Kind
from alerts.wording.shelf import Shelf, WordingError
from alerts.wording.variables import Content, variables
from alerts.wording.words import Words, words
from notifiers.plain import plain
from notifiers.segments import Segments, count

FIRST_LANGUAGE = "en"
"""The language that is always complete, and that stands in for one that is not."""

PARTS: dict[str, tuple[str, ...]] = {
    "sms": ("text.txt",),
    "email": ("subject.txt", "body.txt", "body.html"),
    "flyer": ("body.html",),
    "page": ("body.html",),
}
"""Templates of each layer."""


@dataclass(frozen=True, slots=True)
class Composed:
    """One message, byte for byte as it is approved and sent.

    kind, channel, language: what it is; language is the one it is really in. subject, html: "" where the channel has
    none. text: the text itself; for a flyer or page its words without markup. segments: None for all but "sms".
    template_names: files it was made from, below templates/. fallback: a sentence when another language stands in,
    else None. sha256: over channel, language, subject, text and html. action: the profile it used, None for messages
    to one person. elements: how each thing that a message must hold may read here. names: proper names, which a
    reading grade must not count. words: the table of its language, by which rules know its dates and marks.
    """

    kind: str
    channel: str
    language: str
    subject: str
    text: str
    html: str
    segments: Segments | None
    template_names: tuple[str, ...]
    fallback: str | None
    sha256: str
    action: Action | None = None
    elements: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    words: Words | None = field(default=None, repr=False)


def compose(content: Content, *, kind: str, channel: str, language: str, shelf: Shelf) -> Composed:
    """Render one message.

    A text is rendered again with `brief` where that saves a segment: first without the date of the next update, and if
    it is still over its kind's segments with one place instead of two. Where any part of a language is missing the
    whole message is in English, never half and half, and `fallback` says so.
    Raises WordingError naming file, line and mend; ValueError for a kind or channel that does not exist.
    """
    form = _form(content, kind, channel)
    profile = content.profile if isinstance(content, AlertContent) else None
    names, missing = _templates(shelf, form, channel, language, profile)
    fallback = None
    if missing:
        if language == FIRST_LANGUAGE:
            raise WordingError(missing, "does not exist", "restore it from the shipped templates")
        names, absent = _templates(shelf, form, channel, FIRST_LANGUAGE, profile)
        if absent:
            raise WordingError(absent, "does not exist", "restore it from the shipped templates")
        fallback = f"There is no templates/{missing}, so this message is in {words(shelf, FIRST_LANGUAGE).called}."
        language = FIRST_LANGUAGE

    spoken = words(shelf, language)
    advice = action(profile, language, shelf) if profile is not None else None
    given = variables(content, kind, spoken, advice)
    if "lead" in names:
        given["lead"] = _paragraphs(spoken.contracted(render(shelf, names["lead"], given)))
    rendered: dict[str, str] = {}
    for part in PARTS[channel]:
        if part == "body.html" and "body.txt" in rendered:
            given["paragraphs"] = _paragraphs(rendered["body.txt"])
            given["subject"] = rendered["subject.txt"]
        rendered[part] = spoken.contracted(render(shelf, names[part], given))

    html = rendered.get("body.html", "").strip() + "\n" if "body.html" in rendered else ""
    if channel == "sms":
        text = plain(" ".join(rendered["text.txt"].split()), spoken.strip_accents)
        for brief, most in ((1, 1), (2, form.segments)):
            if count(text).segments > most:
                said = variables(content, kind, spoken, advice, brief)
                words_of = spoken.contracted(render(shelf, names["text.txt"], said))
                shorter = plain(" ".join(words_of.split()), spoken.strip_accents)
                if count(shorter).segments < count(text).segments:
                    text, given = shorter, said
    elif channel == "email":
        text = _tidy(rendered["body.txt"])
    else:
        text = text_of(html)
    subject = " ".join(rendered.get("subject.txt", "").split())
    return Composed(
        kind=kind,
        channel=channel,
        language=language,
        subject=subject,
        text=text,
        html=html,
        segments=count(text) if channel == "sms" else None,
        template_names=tuple(names.values()),
        fallback=fallback,
        sha256=fingerprint(channel, language, subject, text, html),
        action=advice,
        elements=elements(content, channel, given, spoken),
        names=proper_names(content, given, spoken),
        words=spoken,
    )


def fingerprint(*parts: str) -> str:
    """SHA-256 over parts, each after its length in bytes, so that no text can move from one part into the next."""
    digest = hashlib.sha256()
    for part in parts:
        body = part.encode()
        digest.update(len(body).to_bytes(8, "big") + body)
    return digest.hexdigest()


def text_of(html: str) -> str:
    """The words of a page without its markup, one block to a line; for linting and grading, not for sending."""
    body = re.sub(r"(?s)<(style|script|title|svg)\b.*?</\1>|<!--.*?-->", " ", html)
    body = re.sub(r"</(p|li|h1|h2|h3|div|dd|dt|td|header|footer|section)>|<br\s*/?>", "\n", body).replace(
        "</span>", " "
    )
    body = re.sub(r"<[^>]+>", "", body)
    for entity, character in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", '"'),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ):
        body = body.replace(entity, character)
    lines = (" ".join(line.split()) for line in body.splitlines())
    return "\n".join(line for line in lines if line)


def _form(content: Content, kind: str, channel: str) -> Kind:
    form = KINDS.get(kind)
    if form is None:
        raise ValueError(f"there is no kind of message '{kind}'; the kinds are {', '.join(KINDS)}")
    if channel not in CHANNELS or channel not in form.channels:
        raise ValueError(f"'{kind}' has no layer '{channel}'; it has {', '.join(form.channels)}")
    belongs = "alert" if isinstance(content, AlertContent) else content.kind
    if belongs != (form.family if form.family == "alert" else form.name):
        raise ValueError(f"a {type(content).__name__} cannot be sent as '{kind}'")
    return form


def _templates(
    shelf: Shelf, form: Kind, channel: str, language: str, profile: str | None
) -> tuple[dict[str, str], str]:
    """Names of all files that the message needs, and the first that is missing ("" if none)."""
    names = {"words": f"words/{language}.toml"}
    if profile is not None:
        names["action"] = f"actions/{language}/{profile}.toml"
        if channel != "sms":
            names["lead"] = f"lead/{language}/{form.name}.txt"
    for part in PARTS[channel]:
        own = f"sms/{language}/{form.name}.txt" if channel == "sms" else f"{channel}/{language}/{form.name}/{part}"
        shared = f"{channel}/_{'alert' if form.family == 'alert' else 'person'}/{part}"
        names[part] = shared if shelf.find(own) is None and shelf.find(shared) is not None else own
    return names, next((name for name in names.values() if shelf.find(name) is None), "")


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
