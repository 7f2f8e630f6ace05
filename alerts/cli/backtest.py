"""`supplywatch backtest`: what other thresholds would have said over a past span, and how good that would have been."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from alerts.app import App
from alerts.cli.injections import injections
from alerts.cli.marked_events import marked_events
from alerts.cli.opening import ConfigOption, Failure, JsonOption, configuration, opened
from alerts.cli.source_file import FEED, bar, read_file, wide
from alerts.cli.thresholds import parsed_changes
from alerts.clock.now import now
from alerts.config import Configuration, load
from alerts.flow.history.backtest import backtest as verb
from alerts.flow.history.injected import injected
from alerts.flow.history.past import Past
from alerts.flow.history.replay import ReplayedAlert, as_json
from alerts.flow.history.score_backtest import Score, score_backtest
from alerts.flow.scope.region import region_of
from alerts.flow.thresholds.seed import of_configuration
from alerts.flow.thresholds.set_threshold import changed
from alerts.model.partner import Contact
from alerts.model.threshold import Threshold
from alerts.store import partners, thresholds
from alerts.store.json_nouns import to_json
from detectors.words.naming import name_reading

SETS = ("now", "config", "shipped")


def backtest(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    which: Annotated[
        str, typer.Option("--thresholds", help="now: as staff have them; config: of the configuration; shipped: ours.")
    ] = "now",
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="NAME.FIELD=VALUE or NAME.parameters.X=VALUE; may be repeated.")
    ] = None,
    over: Annotated[
        str, typer.Option("--over", help="A curve: NAME.parameters.X=V,V,V; one backtest for each value.")
    ] = "",
    every: Annotated[int, typer.Option(help="Days between two looks; 7 is several times as fast.", min=1)] = 1,
    data: Annotated[Path | None, typer.Option("--data", help="A source's file instead of the stored evidence.")] = None,
    preset: Annotated[str, typer.Option("--preset", help="Which source the file is.")] = "",
    lag: Annotated[int, typer.Option(help="With --data: days from the event until its result is known.", min=0)] = 60,
    events: Annotated[
        Path | None, typer.Option("--events", help="What happened, as CSV: substance,place,date. Gives lead and false.")
    ] = None,
    inject: Annotated[
        list[str] | None,
        typer.Option("--inject", help="Put SHAPE,SUBSTANCE,PLACE,DATE in, like ramp,xylazine,06029,2025-03-01."),
    ] = None,
    seed: Annotated[int, typer.Option(help="With --inject: which draw.", min=0)] = 1,
    out: Annotated[Path | None, typer.Option("--out", help="Write everything here, as JSON.")] = None,
    config: ConfigOption = None,
    as_json_: JsonOption = False,
) -> None:
    """Play a past span under any set of thresholds: alerts, first dates, texts and people, lead and false alerts.

    The evidence is what the store holds, as it was known on each day, or a source's file under a stated lag. Everybody
    who is a contact today is counted as written to; nothing is sent, and what waits for approval counts as approved.

    Example: supplywatch backtest --from 2025-01-01 --to 2025-12-31 --over new-here.parameters.findings=2,3,4,5
    """
    if last < first:
        raise Failure("--to is before --from.")
    if which not in SETS:
        raise Failure(f"--thresholds must be one of {', '.join(SETS)}, not '{which}'.")
    if (data is None) != (not preset):
        raise Failure("--data and --preset belong together.")
    with opened(config) as app:
        chosen = _thresholds(app, which, configuration(config))
        whole = chosen[0]
        changes_in, emergences = injections(whole, inject or [])
        past = injected(whole, _past(whole, data, preset, lag), changes_in, seed)
        rules = _looking(_changed(whole, chosen[1], changes or []), {t.kind for t in past.editions})
        sets = _variants(whole, rules, over)
        marked = [*(marked_events(whole, events) if events else []), *emergences]
        with app.store.read() as connection:
            contacts = partners.everybody(connection)
        rows = _run(whole, sets, past, first.date(), last.date(), every, contacts)
        regions = len({region_of(t.place, app.gazetteer) for t in past.editions})
        scores = {
            name: score_backtest(found, marked, app.gazetteer, regions=regions, first=first.date(), last=last.date())
            for name, found in rows.items()
        }
        value = _value(rows, scores)
        if out is not None:
            out.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if as_json_:
            typer.echo(json.dumps(value, ensure_ascii=False, indent=1))
        else:
            _show(app, rows, scores, regions)


def _thresholds(app: App, which: str, settings: Configuration) -> tuple[App, list[Threshold]]:
    """(the app with the lists and levels that the set means, its thresholds)."""
    if which == "now":
        with app.store.read() as connection:
            return app, thresholds.current(connection)
    source = load(None) if which == "shipped" else settings
    mine = {"thresholds": source.thresholds, "lists": source.lists, "levels": source.levels}
    other = replace(app, configuration=app.configuration.model_copy(update=mine))
    return other, [of_configuration(other, name, now()) for name in source.thresholds]


def _changed(app: App, rules: Sequence[Threshold], changes: Sequence[str]) -> list[Threshold]:
    by_name = {t.name: t for t in rules}
    for change in changes:
        name, _, rest = change.partition(".")
        _known(by_name, name)
        by_name[name] = _with(app, by_name[name], rest)
    return list(by_name.values())


def _looking(rules: Sequence[Threshold], kinds: set[str]) -> list[Threshold]:
    """The thresholds; where none looks at any kind of sample that there is, all do, as in a replay."""
    if kinds.isdisjoint(kind for t in rules if t.enabled for kind in t.kinds):
        return [replace(t, kinds=tuple(sorted(kinds))) for t in rules]
    return list(rules)


def _variants(app: App, rules: Sequence[Threshold], over: str) -> dict[str, list[Threshold]]:
    """One set, or one for each value of the curve."""
    if not over:
        return {"": list(rules)}
    key, equals, values = over.partition("=")
    name, _, field = key.partition(".")
    if not (equals and field and values):
        raise Failure("--over must be NAME.parameters.X=V,V,V, like new-here.parameters.findings=2,3,4.")
    _known({t.name: t for t in rules}, name)
    return {
        f"{field.rpartition('.')[2]}={value}": [
            _with(app, t, f"{field}={value}") if t.name == name else t for t in rules
        ]
        for value in values.split(",")
    }


def _known(rules: Mapping[str, Threshold], name: str) -> None:
    if name not in rules:
        raise Failure(f"There is no threshold '{name}' in this set. There are: {', '.join(sorted(rules))}.")


def _with(app: App, rule: Threshold, change: str) -> Threshold:
    try:
        return changed(app, rule, parsed_changes([change]))
    except ValueError as error:
        raise Failure(f"{rule.name}: {error}") from None


def _past(app: App, data: Path | None, preset: str, lag: int) -> Past:
    if data is None:
        return Past.of_store(app)
    _, reading = read_file(data, preset)
    named = name_reading(reading, app.lexicon, app.gazetteer).reading
    return Past.of_samples(app, FEED, named.samples, timedelta(days=lag))


def _run(
    app: App, sets: Mapping[str, Sequence[Threshold]], past: Past, first: date, last: date, every: int,
    contacts: Sequence[Contact],
) -> dict[str, tuple[ReplayedAlert, ...]]:  # fmt: skip
    with bar() as shown:
        task = shown.add_task("looking back", total=((last - first).days // every) + 1, alerts="")
        return verb(
            app, sets, past, first=first, last=last, every=every, contacts=contacts,
            progress=lambda day: shown.update(task, advance=1, alerts=str(day)),
        )  # fmt: skip


def _value(rows: Mapping[str, Sequence[ReplayedAlert]], scores: Mapping[str, Score]) -> list[dict[str, Any]]:
    return [{"set": name, "score": to_json(scores[name]), "editions": as_json(rows[name])} for name in rows]


def _show(app: App, rows: Mapping[str, Sequence[ReplayedAlert]], scores: Mapping[str, Score], regions: int) -> None:
    console = wide()
    if len(rows) == 1:
        console.print(_alerts(app, next(iter(rows.values()))))
    table = Table(title=f"{regions} state{'s' if regions != 1 else ''} in the evidence")
    for heading in (
        "set",
        "alerts",
        "a state-year",
        "false a state-year",
        "editions",
        "messages",
        "segments",
        "people",
    ):
        table.add_column(heading, no_wrap=heading == "set")
    table.add_column("events found")
    table.add_column("mean lead, days")
    for name, s in scores.items():
        found = [lead.days for lead in s.leads if lead.days is not None]
        table.add_row(
            name or "as given", str(s.alerts), f"{s.alerts_per_region_year:.2f}",
            "" if s.false_per_region_year is None else f"{s.false_per_region_year:.2f}", str(s.editions),
            str(s.messages), str(s.segments), str(s.people), f"{len(found)} of {len(s.leads)}" if s.leads else "",
            f"{sum(found) / len(found):+.0f}" if found else "",
        )  # fmt: skip
    console.print(table)
    for name, s in scores.items():
        for lead in s.leads:
            where = f"{lead.event.substance}, {app.gazetteer.name(lead.event.place)}, {lead.event.on}"
            told = "not found" if lead.days is None else f"{lead.alert} on {lead.opened}, {_early(lead.days)}"
            console.print(f"{name + ': ' if name else ''}{where}: {told}", highlight=False)


def _early(days: int) -> str:
    if days == 0:
        return "on the day"
    many = "days" if abs(days) > 1 else "day"
    return f"{abs(days)} {many} {'before' if days > 0 else 'after'} it"


def _alerts(app: App, rows: Sequence[ReplayedAlert]) -> Table:
    table = Table(title="What would have been said")
    for heading in ("day", "alert", "substance", "where", "why", "level", "samples", "messages", "segments"):
        table.add_column(heading, no_wrap=heading in ("day", "alert"))
    for r in rows:
        where = ", ".join(app.gazetteer.name(p) for p in (r.new_places or r.places)[:3])
        table.add_row(
            str(r.on), f"{r.number}/{r.version}", r.name, where, r.reason, r.level, str(len(r.evidence)),
            str(r.messages), str(r.segments),
        )  # fmt: skip
    return table
