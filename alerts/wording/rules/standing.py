"""What approval must know about where the words come from."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.wording.rules.case import Case


def fallback(case: Case) -> Iterator[tuple[str, str]]:
    """Another language stands in."""
    if case.composed.fallback:
        yield case.where(), f"{case.composed.fallback} Translate it, or approve it as it is"


def unreviewed(case: Case) -> Iterator[tuple[str, str]]:
    """A profile that no clinician has read."""
    action = case.composed.action
    if case.kind.full and action is not None and not action.reviewed_by:
        name = f"templates/actions/{action.language}/{action.profile}.toml"
        yield case.where(), f"have a clinician read {name} and fill in reviewed_by and reviewed_on"
