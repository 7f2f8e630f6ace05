"""Every message rendered and linted, behind a bar: it takes a while."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.progress import track

from alerts.config import Configuration
from alerts.wording.kinds import KINDS
from alerts.wording.lint import Limits
from alerts.wording.rehearse import Rehearsed, rehearsals, rehearse
from alerts.wording.shelf import Shelf


def rehearsal(settings: Configuration, shelf: Shelf, kinds: Iterable[str] = KINDS) -> Iterable[Rehearsed]:
    """As `rehearse`, with the limits and languages of a configuration."""
    chosen, languages = tuple(kinds), settings.programme.languages
    private = settings.privacy
    limits = Limits(k=private.smallest_count, people=private.smallest_population, segments=settings.sms.segments_most)
    return track(
        rehearse(shelf, languages, limits, chosen), "rendering every message", total=rehearsals(languages, chosen),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
