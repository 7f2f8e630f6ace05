"""Is this message fit to send? Errors block approval, warnings are shown; each finding names rule, place and mend."""

from __future__ import annotations

from datetime import date

from alerts.wording.compose import Composed
from alerts.wording.rules import RULES
from alerts.wording.rules.case import Case, Limits, LintFinding, Severity
from alerts.wording.variables import Content

__all__ = ["Limits", "LintFinding", "Severity", "lint"]


def lint(composed: Composed, content: Content, limits: Limits, today: date) -> tuple[LintFinding, ...]:
    """Every finding, errors first, in the order of the table of rules.

    `today` is a calendar date where the message goes.
    """
    case = Case(composed, content, limits, today)
    found = [LintFinding(rule.name, rule.severity, where, mend) for rule in RULES for where, mend in rule.check(case)]
    return tuple(sorted(found, key=lambda finding: finding.severity != Severity.ERROR))
