"""`supplywatch replay`: what would have been alerted, when, on real history."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from alerts.cli.opening import ConfigOption, Failure, configuration, opened
from alerts.cli.source_file import FEED, bar, read_file, wide
from alerts.config import Configuration
from alerts.config.sections import Store, Templates
from alerts.config.threshold import ThresholdSeed
from alerts.flow.history.replay import ReplayedAlert, as_json
from alerts.flow.history.replay import replay as verb
from detectors.words.naming import name_reading


def replay(
    data: Annotated[Path, typer.Option("--data", help="The source's file.")],
    preset: Annotated[
        str, typer.Option("--preset", help="Which source it is; `supplywatch feeds presets` lists them.")
    ],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    lag: Annotated[int, typer.Option(help="Days from the event until its result is known.", min=0)] = 60,
    store: Annotated[str, typer.Option(help="Database to replay in; a throw-away SQLite file by default.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Write every alert here, as .json or .csv.")] = None,
    config: ConfigOption = None,
) -> None:
    """Play real history through the whole system, as known on each day, and print every alert it would have made.

    The thresholds are those of the configuration; where none looks at the kind of sample that the file holds, all do.
    Whatever waits for approval is approved at once, because nobody sits in front of a replay; what is for staff alone
    (silence, gone) makes no alert and is left out.

    Example: supplywatch replay --data deaths.csv --preset allegheny-me --from 2010-01-01 --to 2025-05-31
    """
    if last < first:
        raise Failure("--to is before --from.")
    title, reading = read_file(data, preset)
    kinds = tuple(sorted({str(s.kind) for s in reading.samples}))
    with tempfile.TemporaryDirectory(prefix="supplywatch-replay-") as scratch:
        settings = _for_replay(configuration(config), store or f"sqlite:///{scratch}/replay.db", kinds)
        with opened(None, settings, durable=False) as app:
            named = name_reading(reading, app.lexicon, app.gazetteer)
            rows: list[ReplayedAlert] = []
            with bar() as shown:
                days = (last - first).days + 1
                task = shown.add_task("replaying", total=days, alerts="0 editions")
                found = verb(
                    app, FEED, named.reading.samples, first=first.date(), last=last.date(), lag=timedelta(days=lag),
                    progress=lambda day: shown.update(task, advance=1, alerts=f"{day}  {len(rows)} editions"),
                )  # fmt: skip
                rows.extend(found)
            if out is not None:
                out.write_text(_file(rows, out.suffix), encoding="utf-8")
            _show(rows, app.gazetteer.name)
    typer.echo(
        f"{data.name}, read as “{title}”: {len(reading.samples)} samples, {len(reading.quarantined)} rows set aside, "
        f"lag {lag} days. "
        f"{len({r.number for r in rows})} alerts in {len(rows)} editions from {first:%Y-%m-%d} to {last:%Y-%m-%d}."
    )


def _for_replay(settings: Configuration, url: str, kinds: tuple[str, ...]) -> Configuration:
    looked_at = {kind for seed in settings.thresholds.values() if seed.enabled for kind in seed.kinds}
    own = {} if looked_at.intersection(kinds) else {"kinds": kinds}
    seeds = {
        name: ThresholdSeed.model_validate({**seed.model_dump(), **own}) for name, seed in settings.thresholds.items()
    }
    return settings.model_copy(
        update={"store": Store(url=url), "thresholds": seeds, "feeds": {}, "templates": Templates()}
    )


def _file(rows: list[ReplayedAlert], suffix: str) -> str:
    if suffix == ".csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(["on", "number", "version", "reason", "level", "substance", "places", "threshold", "evidence"])
        for r in rows:
            writer.writerow(
                [
                    r.on,
                    r.number,
                    r.version,
                    r.reason,
                    r.level,
                    r.substance,
                    ";".join(r.places),
                    r.threshold,
                    ";".join(r.evidence),
                ]
            )
        return buffer.getvalue()
    return json.dumps(as_json(rows), ensure_ascii=False, indent=1) + "\n"


def _show(rows: list[ReplayedAlert], place_name: Callable[[str], str]) -> None:
    table = Table(title="What would have been alerted", show_lines=False)
    for heading in ("day", "alert", "substance", "where", "why", "first event", "samples"):
        table.add_column(heading, no_wrap=heading in ("day", "alert", "first event"))
    for r in rows:
        where = ", ".join(place_name(p) for p in (r.new_places or r.places)[:3])
        table.add_row(
            str(r.on),
            f"{r.number}/{r.version}",
            r.name,
            where,
            r.reason,
            str(r.first_event or ""),
            str(len(r.evidence)),
        )
    console = wide()
    console.print(table)
    console.print(_firsts(rows, place_name))


def _firsts(rows: list[ReplayedAlert], place_name: Callable[[str], str]) -> Table:
    """The first alert on each substance in each state, in the order of their days."""
    table = Table(title="First alert on each substance")
    for heading in ("substance", "state", "day", "why", "level", "threshold", "first event", "days after it"):
        table.add_column(heading, no_wrap=heading in ("day", "first event"))
    said: set[tuple[str, str]] = set()
    for r in rows:
        if r.version > 1 or (r.substance, r.region) in said:
            continue
        said.add((r.substance, r.region))
        late = "" if r.first_event is None else str((r.on - r.first_event).days)
        table.add_row(
            r.name, place_name(r.region), str(r.on), r.reason, r.level, r.threshold, str(r.first_event or ""), late
        )  # fmt: skip
    return table
