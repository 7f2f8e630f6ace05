"""`supplywatch feeds`: how the sources are doing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.cli.try_feed import try_document
from alerts.clock.now import now
from alerts.flow.collection.reparse import NotThereError, reparse
from alerts.model.feed_state import TROUBLED, FeedState
from alerts.store import archive, feeds, side_evidence
from alerts.store.json_nouns import to_json
from detectors.feeds.presets import presets
from detectors.panels import panels
from detectors.sample import BrokenDocument
from detectors.words.lexicon import Lexicon

group = typer.Typer(help="Feeds: their health, and the sources that are known by name.")


@group.callback(invoke_without_command=True)
def alone(context: typer.Context, config: ConfigOption = None) -> None:
    """Feeds: their health, and the sources that are known by name. Alone it shows the health of each."""
    if context.invoked_subcommand is None:
        list_feeds(config)


@group.command("list")
def list_feeds(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show each feed's health: what happened, what it means, what to do. Exit code 1 when one is in trouble."""
    with opened(config) as app:
        with app.store.read() as connection:
            states = feeds.everything(connection)
        today = now().astimezone(app.configuration.programme.zone).date()
        lines = []
        for s in states:
            last = f"last read {s.last_success:%Y-%m-%d %H:%M}" if s.last_success else "never read"
            lines.append(f"{s.name}: {s.condition} ({last}, newest {s.newest or 'unknown'})")
            lines += [f"    {text}" for text in (s.sentence, s.mend, *_facts(s, today)) if text]
        say([to_json(s) for s in states], as_json=as_json, words="\n".join(lines) or "No feed is enabled.")
        if any(s.condition in TROUBLED for s in states):
            raise typer.Exit(1)


def _facts(state: FeedState, today: date) -> Iterator[str]:
    """What a person needs to judge a feed: its last answers, what came, and how long its results take."""
    if state.last_try is not None:
        answer = f", HTTP {state.http_status}" if state.http_status else ""
        failed = f", {state.failures} failures in a row" if state.failures else ""
        new = f", last new data {state.last_new:%Y-%m-%d %H:%M}" if state.last_new else ""
        due = f", due {state.next_due:%Y-%m-%d %H:%M}" if state.next_due else ""
        yield f"Last tried {state.last_try:%Y-%m-%d %H:%M}{answer}{failed}{new}{due}."
        yield (
            f"Last document: {state.seen} rows, {state.new} new, {state.revised} changed, {state.retracted} withdrawn, "
            f"{state.quarantined} set aside."
        )
    since = state.incomplete_since(today)
    if since is not None:
        yield (
            f"From collection to here half of the results take {state.lag_median} days, a tenth {state.lag_tenth} at "
            f"the most, nine tenths {state.lag_ninety}. What was collected since {since} is not complete yet."
        )


@group.command("documents")
def documents(
    name: Annotated[str, typer.Argument(help="The feed.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the last documents that a feed brought; `supplywatch feeds replay NUMBER` reads one again."""
    with opened(config) as app, app.store.read() as connection:
        found = archive.documents_of(connection, name)
        lines = [
            f"{d.id:6} {d.fetched_at:%Y-%m-%d %H:%M} {d.outcome:8} {d.sha256[:12]} {'kept' if d.kept else 'dropped'}  "
            f"{d.location}"
            for d in found
        ]
        say([to_json(d) for d in found], as_json=as_json, words="\n".join(lines) or "No document was brought yet.")


@group.command("replay")
def replay(
    document: Annotated[str, typer.Argument(help="Its number, or the beginning of its SHA-256.")],
    rows: Annotated[int, typer.Option(help="How many differences to show.")] = 20,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read an archived document again with today's code and names, and show what differs from what was stored then.

    Stores nothing. Exit code 1 when something differs.
    """
    with opened(config) as app:
        try:
            read = reparse(app, document)
        except NotThereError as error:
            raise Failure(str(error)) from None
        except BrokenDocument as error:
            raise Failure(f"Today's code cannot read it: {error}", 1) from None
        lines = [f"{read.feed}, {', '.join(read.locations)}, of {read.fetched_at:%Y-%m-%d %H:%M}:"]
        for change in read.changes[:rows]:
            lines.append(f"  {change.key}: {change.what}")
            for word, sample in (("stored", change.before), ("today", change.after)):
                if sample is not None:
                    found = ", ".join(f.substance or f"'{f.named_as}'" for f in sample.findings) or "nothing found"
                    lines.append(f"    {word:6} {sample.place} {sample.collected or sample.tested}: {found}")
        lines.append(
            f"{read.same} samples are read as they are stored, {len(read.changes)} otherwise; "
            f"{len(read.quarantined)} rows are set aside."
        )
        say(to_json(read), as_json=as_json, words="\n".join(lines))
        if read.changes:
            raise typer.Exit(1)


@group.command("aside")
def aside(
    name: Annotated[str, typer.Argument(help="The feed.")], config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show the rows of a feed that were set aside, each with its line, its fault and the mend."""
    with opened(config) as app, app.store.read() as connection:
        rows = side_evidence.aside(connection, name)
        words = "\n".join(f"line {r.line} {r.column}: '{r.value}' {r.reason}. {r.mend}" for r in rows)
        say([to_json(r) for r in rows], as_json=as_json, words=words or "No row was set aside.")


@group.command("names")
def names(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show names and places that were not recognised, the newest first. A brand-new substance may be among them."""
    with opened(config) as app, app.store.read() as connection:
        found = side_evidence.unrecognised_names(connection)
        lines = [
            f"{u.what:5} {u.text!r} in {u.feed}: {u.rows} rows since {u.first_seen:%Y-%m-%d}"
            + (f"; perhaps {u.candidate}" if u.candidate else "")
            for u in found
        ]
        lines.insert(0, side_evidence.unrecognised_sentence(connection, now()))
        say([to_json(u) for u in found], as_json=as_json, words="\n".join(lines))


@group.command("presets")
def list_presets(as_json: JsonOption = False) -> None:
    """List the sources that can be enabled by name, with their terms and what to beware of."""
    rows = [
        {"name": p.name, "title": p.title, "terms": p.terms, "attribution": p.attribution, "url": p.url,
         "cadence_days": p.cadence_days, "lag_days": p.lag_days, "caution": p.caution}
        for p in presets().values()
    ]  # fmt: skip
    words = "\n".join(f"{r['name']}: {r['title']}\n    {r['terms']}" for r in rows)
    say(rows, as_json=as_json, words=words)


@group.command("panels")
def list_panels(
    substance: Annotated[str, typer.Argument(help="A substance, to see which ways of testing can find it.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List ways of testing with their limits; with a substance, which of them can see it. The others' negatives do not
    count for it."""
    lexicon = Lexicon.load()
    ids = lexicon.name(substance).substances if substance else ()
    if substance and not ids:
        raise Failure(f"'{substance}' is not in the dictionary. `supplywatch names list` shows what waits there.")
    rows = [
        {"name": p.name, "title": p.title, "limit": p.limit, "source": p.source,
         "sees": {i: p.can_see(i, lexicon[i].category) for i in ids}}
        for p in panels().values()
    ]  # fmt: skip
    lines = []
    for row, panel in zip(rows, panels().values(), strict=True):
        seen = [f"{'sees' if panel.can_see(i, lexicon[i].category) else 'MISSES'} {i}" for i in ids]
        lines.append(f"{row['title']}: {row['limit']}" + (f"  [{', '.join(seen)}]" if seen else ""))
    say(rows, as_json=as_json, words="\n".join(lines))


group.command("try")(try_document)
