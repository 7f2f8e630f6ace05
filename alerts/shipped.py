"""Where the shipped files lie: the one place that knows whether this runs from a checkout or from a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_shipped"
_CHECKOUT = _PACKAGE.parent


def templates() -> Path:
    """Folder of the shipped templates."""
    return (_IN_WHEEL if _IN_WHEEL.is_dir() else _CHECKOUT) / "templates"


def default_config() -> Path:
    """The shipped config.toml."""
    return (_IN_WHEEL if _IN_WHEEL.is_dir() else _CHECKOUT) / "config.toml"


def checkout() -> Path | None:
    """The checkout's root, None when running from a wheel (the demo's peers are only there)."""
    return _CHECKOUT if (_CHECKOUT / "tests" / "peers").is_dir() else None
