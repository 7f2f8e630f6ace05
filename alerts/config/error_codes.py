"""Whom a carrier's error code is about: the shipped table under the operator's own."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.config.sections import Configuration
from notifiers.message import Scope
from notifiers.twilio_codes import CODES


def known_codes(configuration: Configuration) -> Mapping[int, Scope]:
    """Twilio's code → scope. What the operator's table leaves out keeps its shipped meaning."""
    return {**CODES, **{int(code): Scope(scope) for code, scope in configuration.delivery.codes.items()}}
