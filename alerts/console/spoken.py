"""Moments, days, places and substances as the pages print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from alerts.app import App
from alerts.console.ledger_words import LEDGER_WORDS
from alerts.console.tones import CALLED, TONES
from alerts.model.level import Level

LEVELS: dict[Level, str] = {Level.ACT_NOW: "Act now", Level.ADVISORY: "Advisory", Level.INFO: "For information"}
KINDS: dict[str, str] = {
    "drug": "drug samples",
    "death": "deaths",
    "seizure": "seized drugs",
    "biological": "samples from patients",
    "field report": "field reports",
    "notice": "notices",
}
CHANNELS: dict[str, str] = {
    "sms": "Text message",
    "email": "Email",
    "chat": "Chat room",
    "webhook": "Webhook",
    "page": "Web page",
    "flyer": "Flyer",
}
SELECTED: dict[str, str] = {
    "*": "every contaminant",
    "role": "every {}",
    "class": "every {}",
    "tier": "substances of tier {}",
    "list": "the list “{}”",
}
"""First part of a word that selects substances → how it is said, with its second part."""
LANGUAGES: dict[str, str] = {"en": "English", "es": "Spanish"}
_UNITS = ((86400, "day", "days"), (3600, "hour", "hours"), (60, "minute", "minutes"))


@dataclass(frozen=True)
class Spoken:
    """How things are said at `now`, in the programme's time zone."""

    app: App
    now: datetime

    def order(self, channels: Sequence[str]) -> str:
        """ "text message, then email"; "" for none."""
        return ", then ".join(CHANNELS[channel].lower() for channel in channels)

    def moment(self, at: datetime) -> Markup:
        """ "Nov 22, 11:02", with the year when it is not this one, and the exact moment for machines."""
        local = at.astimezone(self.app.configuration.programme.zone)
        year = "" if local.year == self.now.astimezone(local.tzinfo).year else f" {local.year}"
        text = f"{local:%b} {local.day}{year}, {local:%H:%M}"
        return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="seconds"), text)

    def day(self, day: date) -> Markup:
        """ "Nov 22, 2026"."""
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), f"{day:%b} {day.day}, {day.year}")

    def ago(self, at: datetime) -> str:
        """ "3 minutes ago", "in 4 hours", "just now"."""
        seconds = (self.now - at).total_seconds()
        if abs(seconds) < 60:
            return "just now" if seconds >= 0 else "in a moment"
        words = self.span(timedelta(seconds=abs(seconds)))
        return f"{words} ago" if seconds > 0 else f"in {words}"

    def span(self, length: timedelta) -> str:
        """ "4 hours": the largest unit that fits, rounded down."""
        seconds = int(length.total_seconds())
        for size, single, several in _UNITS:
            if seconds >= size:
                count = seconds // size
                return f"{count} {single if count == 1 else several}"
        return f"{seconds} seconds"

    def place(self, code: str) -> str:
        return self.app.gazetteer.name(code, "en")

    def places(self, codes: tuple[str, ...], most: int = 3) -> str:
        """ "Alameda County, CA and 4 more places"."""
        names = [self.place(code) for code in codes]
        if len(names) > most:
            names = [*names[: most - 1], f"{len(names) - most + 1} more places"]
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""

    def substance(self, identity: str) -> str:
        known = self.app.lexicon.substances.get(identity)
        return known.display("en") if known else identity

    def level(self, level: Level | str) -> str:
        return LEVELS[Level(level)]

    def kind(self, kind: str) -> str:
        return KINDS.get(kind, kind)

    def step(self, kind: str) -> str:
        """A kind of entry of the record in words; "" where no table has it."""
        return LEDGER_WORDS.get(kind, "")

    def selection(self, wanted: Sequence[str]) -> str:
        """Whom a threshold, silence or contact means by its words: "xylazine, every contaminant"."""
        return ", ".join(self._selected(*word.partition(":")) for word in wanted)

    def _selected(self, what: str, _: str, value: str) -> str:
        if what in SELECTED:
            return SELECTED[what].format(value if what == "list" else value.replace("-", " "))
        return self.substance(what)

    def channel(self, channel: str) -> str:
        return CHANNELS.get(channel, channel)

    def language(self, language: str) -> str:
        return LANGUAGES.get(language, language)

    def tone(self, state: str) -> str:
        """The colour class of a state, "" for one that has none."""
        return TONES.get(state, "")

    def state(self, state: str) -> str:
        return CALLED.get(state, state)

    def number(self, value: float) -> str:
        """Thousands apart; three significant digits for what is not whole, and never a power of ten."""
        size = abs(value)
        if isinstance(value, int) or float(value).is_integer() or size >= 1000:
            return f"{round(value):,}"
        if size >= 0.001:
            return f"{value:.3g}"
        return "less than 0.000001" if size < 1e-6 else f"{value:.6f}".rstrip("0")
