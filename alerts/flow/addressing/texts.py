"""The distinct texts of a plan, each composed and linted once, and remembered: whoever looks at a proposal, looks again
and approves it makes the same texts three times."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from alerts.app import App
from alerts.flow.addressing.contents import why_url
from alerts.flow.addressing.slip import Said
from alerts.model.letter import GAP, Letter
from alerts.wording.compose import fingerprint
from alerts.wording.compose_anyway import compose_anyway
from alerts.wording.content import AlertContent
from alerts.wording.lint import lint
from alerts.wording.rules.case import Limits, LintFinding

MOST = 400
"""Texts that are remembered: two editions for partners with a hundred names."""

Linted = tuple[LintFinding, ...]
Made = TypeVar("Made")
_remembered: OrderedDict[Hashable, object] = OrderedDict()
_lock = threading.Lock()


class Texts:
    """Of one plan. A text is known by everything that is said in it, by the day, the linter's limits and the state of
    every file of the templates: what an operator edits is composed anew."""

    def __init__(self, app: App, limits: Limits, today: date) -> None:
        self._app = app
        self._limits = limits
        self._today = today
        self._files = app.shelf.stamp()

    def said(self, mine: AlertContent, kind: str, channel: str, language: str) -> tuple[Said, Linted]:
        """The text for one reader, what the linter says of it, and if it has their own link in it, the letter that it
        and all others are made from."""
        return self._once(("said", kind, channel, language), mine, lambda: self._said(mine, kind, channel, language))

    def findings(self, content: AlertContent, kind: str, channel: str, language: str) -> Linted:
        """What the linter says of the full page or the flyer."""
        return self._once(("layer", kind, channel, language), content,
                          lambda: self._linted(content, kind, channel, language))  # fmt: skip

    def _said(self, mine: AlertContent, kind: str, channel: str, language: str) -> tuple[Said, Linted]:
        shelf = self._app.shelf
        made = compose_anyway(mine, kind=kind, channel=channel, language=language, shelf=shelf)
        words = (made.subject, made.text, made.html)
        letter = None
        if mine.unsubscribe:
            gap = replace(mine, unsubscribe=GAP, why_link=why_url(GAP))
            blank = compose_anyway(gap, kind=kind, channel=channel, language=language, shelf=shelf)
            letter = Letter(blank.subject, blank.text, blank.html)
            if letter.to(mine.unsubscribe) != words:
                letter = None
        said = Said(mine.front, kind, made, letter, letter.id if letter else fingerprint(*words))
        return said, lint(made, mine, self._limits, self._today)

    def _linted(self, content: AlertContent, kind: str, channel: str, language: str) -> Linted:
        made = compose_anyway(content, kind=kind, channel=channel, language=language, shelf=self._app.shelf)
        return lint(made, content, self._limits, self._today)

    def _once(self, what: Hashable, content: AlertContent, make: Callable[[], Made]) -> Made:
        spoken = hashlib.sha256(repr(content).encode()).digest()
        key = (what, spoken, self._files, self._limits, self._today)
        with _lock:
            if key in _remembered:
                _remembered.move_to_end(key)
                return _remembered[key]  # type: ignore[return-value]
        made = make()
        with _lock:
            _remembered[key] = made
            while len(_remembered) > MOST:
                _remembered.popitem(last=False)
        return made
