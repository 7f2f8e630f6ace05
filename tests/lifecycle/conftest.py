"""Diaries, as in tests/flow."""

from __future__ import annotations

from tests.cli.conftest import config, run
from tests.flow.conftest import diary, diary_on_both, reviewed

__all__ = ["config", "diary", "diary_on_both", "reviewed", "run"]
