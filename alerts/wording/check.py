"""Every template rendered with made-up contents and linted: what an operator's own words may have broken."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.wording.compose import compose
from alerts.wording.kinds import KINDS
from alerts.wording.lint import lint
from alerts.wording.rules.case import Limits, Severity
from alerts.wording.samples import TODAY, every
from alerts.wording.shelf import Shelf, WordingError


def check_templates(shelf: Shelf, languages: Sequence[str], limits: Limits | None = None) -> tuple[int, list[str]]:
    """(messages rendered, problems): a sentence for each template that fails and each finding that blocks approval."""
    rendered = 0
    problems: dict[str, None] = {}
    for kind, label, content in every():
        for channel in KINDS[kind].channels:
            for language in languages:
                try:
                    composed = compose(content, kind=kind, channel=channel, language=language, shelf=shelf)
                except WordingError as error:
                    problems[str(error)] = None
                    continue
                rendered += 1
                if composed.fallback:
                    problems[composed.fallback] = None
                for finding in lint(composed, content, limits or Limits(), TODAY):
                    if finding.severity is Severity.ERROR:
                        where = f"{kind} {channel} {language} ({label})"
                        problems[f"{where}: {finding.rule}, {finding.where}. {finding.mend}"] = None
    return rendered, list(problems)
