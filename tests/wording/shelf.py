"""The shipped templates, once for all tests."""

from __future__ import annotations

from pathlib import Path

from alerts.wording.shelf import Shelf

TEMPLATES = Path(__file__).parents[2] / "templates"
SHELF = Shelf.of(TEMPLATES)
LANGUAGES = ("en", "es")
