"""Every template rendered with made-up contents and linted: what an operator's own words may have broken."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.wording.rehearse import Rehearsed
from alerts.wording.rules.case import Severity


def check_templates(rehearsed: Iterable[Rehearsed]) -> tuple[int, list[str]]:
    """(messages rendered, problems): a sentence for each template that fails and each finding that blocks approval."""
    rendered = 0
    problems: dict[str, None] = {}
    for item in rehearsed:
        if item.composed is None:
            problems[item.problem] = None
            continue
        rendered += 1
        if item.composed.fallback:
            problems[item.composed.fallback] = None
        for finding in item.findings:
            if finding.severity is Severity.ERROR:
                where = f"{item.kind} {item.channel} {item.language} ({item.label})"
                problems[f"{where}: {finding.rule}, {finding.where}. {finding.mend}"] = None
    return rendered, list(problems)
