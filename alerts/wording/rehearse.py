"""Every message there is, rendered with samples and linted: what `check`, `lint` and CI run before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.wording.compose import Composed, compose
from alerts.wording.kinds import KINDS
from alerts.wording.lint import Limits, LintFinding, lint
from alerts.wording.samples import TODAY, every
from alerts.wording.shelf import Shelf, WordingError


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One rendering. composed: None when it could not be rendered, and then `problem` says why and how to mend it."""

    kind: str
    label: str
    channel: str
    language: str
    composed: Composed | None
    findings: tuple[LintFinding, ...]
    problem: str = ""


def rehearse(
    shelf: Shelf, languages: Iterable[str], limits: Limits, kinds: Iterable[str] = KINDS
) -> Iterator[Rehearsed]:
    """Each sample of each kind in each of its layers and each language, as known on the samples' own day."""
    wanted, spoken = set(kinds), tuple(languages)
    for kind, label, content in every():
        for channel in KINDS[kind].channels if kind in wanted else ():
            for language in spoken:
                try:
                    composed = compose(content, kind=kind, channel=channel, language=language, shelf=shelf)
                except WordingError as error:
                    yield Rehearsed(kind, label, channel, language, None, (), str(error))
                else:
                    yield Rehearsed(kind, label, channel, language, composed, lint(composed, content, limits, TODAY))


def rehearsals(languages: Sequence[str], kinds: Iterable[str] = KINDS) -> int:
    """How many renderings `rehearse` gives, for a bar."""
    wanted = set(kinds)
    return sum(len(KINDS[kind].channels) * len(languages) for kind, _, _ in every() if kind in wanted)
