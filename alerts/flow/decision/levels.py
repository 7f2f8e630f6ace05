"""The table of levels out of config.toml, with its words for substances resolved."""

from __future__ import annotations

from alerts.app import App
from alerts.flow.scope.select import select
from alerts.model.level import Level
from alerts.model.level_rule import LevelRule
from alerts.model.threshold import Release


def levels(app: App) -> tuple[LevelRule, ...]:
    """The rows in the order of the file. Raises SelectionError for a word that means no substance."""
    return tuple(
        LevelRule(
            name=name, level=Level(row.level), release=Release(row.release),
            substances=select(row.substances, app.lexicon, app.configuration.lists), kinds=frozenset(row.kinds),
            confidence=frozenset(row.confidence), methods=frozenset(row.methods), findings=row.findings,
            places=row.places, false_discovery=row.false_discovery, grounds=row.grounds, sources=row.sources,
            traces_only=row.traces_only,
        )
        for name, row in app.configuration.levels.items()
    )  # fmt: skip
