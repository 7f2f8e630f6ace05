"""`supplywatch feeds try`: what a document is, how it could be read, and what its first rows would become."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from alerts.cli.opening import ConfigOption, Failure, configuration
from alerts.clock.now import now
from alerts.config.columns import Columns, lacking
from alerts.config.load import ConfigurationError, parse_columns
from alerts.flow.collection.read import settings_of, source_of
from detectors.feeds.fetched import Fetched, NotFetched
from detectors.feeds.grid import grid
from detectors.feeds.guess import Guess
from detectors.feeds.http import FeedClient
from detectors.feeds.http import fetch as fetch_url
from detectors.feeds.layout import Layout
from detectors.feeds.nature import Nature
from detectors.feeds.presets import preset
from detectors.feeds.records import listed, load
from detectors.feeds.registry import kind_of, reader
from detectors.feeds.suggest import ROWS, Suggestion, suggest
from detectors.feeds.workbook import as_csv
from detectors.sample import BrokenDocument, Reading
from detectors.words.lexicon import Lexicon
from detectors.words.mentions import read_mentions
from detectors.words.naming import name_reading
from detectors.words.places import Gazetteer


def try_document(
    source: Annotated[str, typer.Argument(help="A file as the source gives it, or its address.")],
    rows: Annotated[int, typer.Option(help="How many samples to show.")] = 5,
    columns: Annotated[
        Path | None, typer.Option(help="A column map (TOML, keys as in [feeds.NAME.columns]) to read it by.")
    ] = None,
    feed: Annotated[str, typer.Option(help="Read it as this feed of the configuration would.")] = "",
    allow_private: Annotated[bool, typer.Option(help="The address may be on your own network.")] = False,
    config: ConfigOption = None,
) -> None:
    """Say what a document is, which preset fits it, and what its first rows would become. Stores nothing.

    For a table that no preset knows a column map is suggested, to be corrected and put into the configuration.
    Exit code 1 when nothing fits, or when rows would be set aside.
    """
    settings = configuration(config)
    body, content_type = _document(source, settings.programme.contact, allow_private)
    guess = kind_of(body, content_type)
    typer.echo(str(guess))
    if feed:
        if feed not in settings.feeds:
            raise Failure(f"There is no feed '{feed}' in the configuration; there are: {', '.join(settings.feeds)}.")
        known = source_of(settings.feeds[feed])
        name, given = known.reader, settings_of(settings.feeds[feed], known)
    elif columns is not None:
        name, given = _by_map(guess, _own_map(columns))
    elif guess.preset:
        name, given = preset(guess.preset).reader, preset(guess.preset).settings
    else:
        if guess.reader in ("table", "socrata", "ckan"):
            _suggest(body, content_type, guess, rows)
        raise typer.Exit(1)
    try:
        reading = reader(name).read(body, content_type=content_type, settings=given, received=now().date())
    except BrokenDocument as error:
        raise Failure(str(error), 1) from None
    _show(reading, rows)
    if reading.quarantined:
        raise typer.Exit(1)


def _document(source: str, contact: str, allow_private: bool) -> tuple[bytes, str]:
    if not source.lower().startswith(("http://", "https://")):
        try:
            return Path(source).read_bytes(), ""
        except OSError as error:
            raise Failure(f"{source}: {error.strerror}.") from None
    client = FeedClient()
    try:
        answer = fetch_url(
            source, client=client, now=now(), user_agent=f"Supplywatch (+{contact})", allow_private=allow_private
        )
    except NotFetched as error:
        raise Failure(str(error), 1) from None
    finally:
        client.close()
    assert isinstance(answer, Fetched)
    full = f"{answer.content_type}; charset={answer.charset}" if answer.charset else answer.content_type
    return answer.body, full


def _own_map(file: Path) -> Layout:
    try:
        return parse_columns(file.read_text(encoding="utf-8"), file.name).layout(Layout())
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{file}: cannot be read: {error}.") from None
    except ConfigurationError as error:
        raise Failure(str(error)) from None


def _by_map(guess: Guess, layout: Layout) -> tuple[str, Any]:
    name = guess.reader if guess.reader in ("socrata", "ckan") else "table"
    if name == "table":
        return name, layout
    return name, replace(reader(name).settings("", ""), layout=layout)


def _suggest(body: bytes, content_type: str, guess: Guess, rows: int) -> None:
    """Print a column map that fits, with what it would make of the table."""
    lexicon, gazetteer = Lexicon.load(), Gazetteer.load()
    try:
        header, some = _head(body, content_type, guess)
    except BrokenDocument as error:
        raise Failure(str(error), 1) from None
    states = list(gazetteer.states())
    made = suggest(
        header,
        some,
        lambda text: bool(lexicon.name(text).substances) or bool(lexicon.mentions(text)),
        lambda text: any(gazetteer.resolve(state, text) is not None for state in states) and not text.isdigit(),
    )
    typer.echo("\nA column map to begin with. Look at each line, then put it into your configuration:\n")
    typer.echo(as_toml(made, guess.reader))
    if any(lacking(made.columns)):
        return
    name, given = _by_map(guess, Columns.model_validate(made.columns).layout(Layout()))
    try:
        reading = reader(name).read(body, content_type=content_type, settings=given, received=now().date())
    except BrokenDocument as error:
        raise Failure(f"Read by this map: {error}", 1) from None
    typer.echo("\nRead by this map, its first rows would become:\n")
    _show(reading, rows)


def _head(body: bytes, content_type: str, guess: Guess) -> tuple[tuple[str, ...], list[list[str]]]:
    if guess.nature is Nature.JSON:
        found = listed(load(body))[:ROWS]
        header = tuple(dict.fromkeys(name for record in found for name in record))
        return header, [
            [str(record.get(name) if record.get(name) is not None else "") for name in header] for record in found
        ]
    if guess.nature is Nature.XLSX:
        body, content_type = as_csv(body, "", guess.header), "text/csv; charset=utf-8"
    table = grid(body, content_type, "", guess.header)
    return tuple(table.header), [list(row) for _, row in islice(table.rows(), ROWS)]


def as_toml(made: Suggestion, kind: str) -> str:
    """The suggestion as it would stand in config.toml."""
    lines = [
        "[feeds.my-table]",
        f'reader = "{kind}"',
        'url = ""                # either an address …',
        'folder = "var/drop/my"  # … or a folder; delete the other',
        'every = "1d"',
        "cadence_days = 30       # how often new data are expected",
        "lag_days = 30           # how long a result usually takes",
        'terms = ""              # on what terms it may be used',
        'attribution = ""        # how the source wants to be named',
        "[feeds.my-table.columns]",
        f'kind = {_quoted(made.columns["kind"]):16}# "drug", "death", "seizure", "biological" or "field report"',
    ]
    flags = made.columns.get("flags")
    for key, value in made.columns.items():
        if key not in ("kind", "flags"):
            lines.append(f"{key} = {_quoted(value)}")
    if isinstance(flags, dict):
        lines.append("[feeds.my-table.columns.flags]")
        lines += [f"{_quoted(k)} = {_quoted(v)}" for k, v in flags.items()]
    lines += [f"# {sentence}" for sentence in made.unsure]
    if made.personal:
        lines.append(f"# Left out, because they seem to concern persons: {', '.join(made.personal)}.")
    return "\n".join(lines)


def _quoted(value: object) -> str:
    # A TOML string is a JSON string, but for one control character that JSON leaves as it is.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _show(reading: Reading, rows: int) -> None:
    lexicon, gazetteer = Lexicon.load(), Gazetteer.load()
    named = name_reading(reading, lexicon, gazetteer)
    for sample in named.reading.samples[:rows]:
        found = (
            ", ".join(f"{f.named_as} = {f.substance or 'NOT RECOGNISED'}" for f in sample.findings) or "nothing found"
        )
        where = gazetteer.name(sample.place) if sample.place else "place not known"
        typer.echo(f"  {sample.key}  {sample.collected or sample.tested}  {where}: {found}")
    for bulletin in reading.bulletins[:rows]:
        typer.echo(f"  {bulletin.published or 'no date'}  {bulletin.title}")
        text = f"{bulletin.title}\n{bulletin.text}"
        for said in read_mentions(text, lexicon, gazetteer, bulletin.state, bulletin.published):
            where = gazetteer.name(said.place) if said.place else "no place"
            typer.echo(f"      {said.substance}: {said.polarity} ({said.statement}), {where} {said.when}".rstrip())
    typer.echo(
        f"{reading.rows} rows, {len(reading.samples)} samples, {len(reading.tallies)} totals, "
        f"{len(reading.bulletins)} bulletins, {len(reading.quarantined)} rows set aside, "
        f"{len(named.unknown_names)} names not recognised."
    )
    for bad in reading.quarantined[:rows]:
        typer.echo(f"  line {bad.line} {bad.column}: '{bad.value}' {bad.reason}. {bad.mend}")
