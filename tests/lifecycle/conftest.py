"""Diaries, as in tests/flow."""

from __future__ import annotations

from tests.flow.conftest import diary, diary_on_both, reviewed

__all__ = ["diary", "diary_on_both", "reviewed"]
