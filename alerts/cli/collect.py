"""`supplywatch collect`: read feeds now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, TaskID, TextColumn, TimeElapsedColumn

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.collection import collect as verb
from alerts.flow.watch import watch
from alerts.model.feed_state import TROUBLED


def collect(
    names: Annotated[list[str] | None, typer.Argument(help="Feeds to read; without names, all that are due.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    no_detect: Annotated[bool, typer.Option("--no-detect", help="Only read; do not look at the data.")] = False,
) -> None:
    """Read feeds now, then let the detectors look.

    Example: supplywatch collect lab-results
    """
    with opened(config) as app:
        unknown = sorted(set(names or ()) - set(app.configuration.feeds))
        if unknown:
            known = ", ".join(app.configuration.feeds) or "none"
            raise Failure(f"There is no feed '{unknown[0]}' in the configuration. There are: {known}.")
        with Progress(
            TextColumn("{task.description}"), TextColumn("{task.completed:,} samples"), TimeElapsedColumn(),
            console=Console(stderr=True), transient=True,
        ) as bar:  # fmt: skip
            tasks: dict[str, TaskID] = {}

            def tell(feed: str, read: int) -> None:
                if feed not in tasks:
                    tasks[feed] = bar.add_task(f"reading {feed}", total=None)
                bar.update(tasks[feed], completed=read)

            outcomes = verb.collect(app, now(), only=names or None, force=bool(names), progress=tell)
        seen = None if no_detect else watch(app, now())
        lines = [f"{o.feed}: {o.condition}. {o.sentence}" for o in outcomes] or ["No feed is due."]
        if seen is not None:
            lines.append(
                f"{len(seen.signals)} signals, {len(seen.versions)} new alert editions, {seen.addressed} messages."
            )
        rows = [{"feed": o.feed, "condition": str(o.condition), "sentence": o.sentence} for o in outcomes]
        say(rows, as_json=as_json, words="\n".join(lines))
        if any(o.condition in TROUBLED for o in outcomes):
            raise typer.Exit(1)
