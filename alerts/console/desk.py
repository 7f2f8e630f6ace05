"""What every room needs beside the request: the wired whole, the hour, and where this system is reached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request

from alerts.app import App
from alerts.console.flood import Flood
from alerts.flow.addressing.plan import Plan
from alerts.flow.delivery.settling import Settling

PLANS_KEPT = 4
PLOTS_KEPT = 200
REPORTS_AN_HOUR = 5
STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Desk:
    """app: the wired whole. clock: gives the present moment, with its zone. tokens: what carriers may sign with.
    bounce_keys: what mail that comes back may be signed with.

    plans: the last few that approvers were shown, by their hash, for the frames of the page. Approving makes its own.
    plots: those of public pages, by (alert, edition, language): a page that everybody opens at once is counted once.
    """

    app: App
    clock: Callable[[], datetime]
    tokens: tuple[str, ...] = ()
    bounce_keys: tuple[bytes, ...] = ()
    plans: dict[str, Plan] = field(default_factory=dict)
    plots: dict[tuple[int, int, str], str] = field(default_factory=dict)

    @cached_property
    def settling(self) -> Settling:
        """Where carriers' callbacks are handed in."""
        return Settling(self.app)

    @cached_property
    def report_flood(self) -> Flood:
        """How often one visitor may send the public form."""
        return Flood(REPORTS_AN_HOUR, timedelta(hours=1))

    @cached_property
    def public_url(self) -> str:
        """Where the world reaches this system, without a slash at the end."""
        return self.app.configuration.programme.public_url.rstrip("/")

    @cached_property
    def base(self) -> str:
        """The path that a proxy puts in front of every address here; "" when there is none."""
        return urlsplit(self.public_url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether cookies may only travel over TLS."""
        return self.public_url.startswith("https://")

    def keep(self, plan: Plan) -> None:
        """Remember a plan that is shown; a large one takes seconds to make, and its page has a frame for each email."""
        self.plans[plan.sha256] = plan
        for old in list(self.plans)[:-PLANS_KEPT]:
            self.plans.pop(old, None)

    def keep_plot(self, key: tuple[int, int, str], plot: str) -> None:
        self.plots[key] = plot
        for old in list(self.plots)[:-PLOTS_KEPT]:
            self.plots.pop(old, None)

    @cached_property
    def style(self) -> str:
        """Address of the style sheet; it changes with its content, so that no browser shows yesterday's."""
        mark = hashlib.sha256((STATIC / "console.css").read_bytes()).hexdigest()[:10]
        return f"{self.base}/static/console.css?{mark}"


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk
