"""`supplywatch log`: the record, its proof, and the copy for public safety."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.upkeep.checkpoint import LAST, checkpoint
from alerts.record.checkpoint import Checkpoint, CheckpointError, departs, origin_of, read_note, verifier_key
from alerts.record.redact import export, redacted_lines
from alerts.record.verify import Verdict, rows_of_export, verify
from alerts.store import ledger_rows, settings
from alerts.store.ledger_rows import LedgerRow

group = typer.Typer(no_args_is_help=True, help="The record: show it, prove it, hand out the redacted copy.")


@group.command()
def show(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    latest: Annotated[int, typer.Option(help="How many entries, the newest last.")] = 40,
    redacted: Annotated[bool, typer.Option("--redacted", help="As a public-safety reviewer sees it.")] = False,
) -> None:
    """Show the last entries of the record."""
    with opened(config, seeded=False) as app, app.store.read() as connection:
        if redacted:
            lines = redacted_lines(connection, latest)
            rows = [{"seq": e.seq, "kind": e.kind, "subject": e.subject, "week": e.week, **e.shown} for e in lines]
            words = [f"{e.seq:6} {e.week} {e.kind:17} {e.subject:14} {_pairs(e.shown)}" for e in lines]
        else:
            entries = list(ledger_rows.rows(connection, latest=latest))
            opened_fields = [{k: json.loads(v) for k, (v, _) in sorted(e.opened.items())} for e in entries]
            pairs = list(zip(entries, opened_fields, strict=True))
            rows = [{"seq": e.seq, "kind": e.kind, "subject": e.subject, **f} for e, f in pairs]
            words = [f"{e.seq:6} {e.at:%Y-%m-%d %H:%M:%S} {e.kind:17} {e.subject:14} {_pairs(f)}" for e, f in pairs]
        say(rows, as_json=as_json, words="\n".join(words) or "The record is empty.")


@group.command("verify")
def verify_log(
    config: ConfigOption = None,
    file: Annotated[Path | None, typer.Option("--file", help="An exported record instead of the database.")] = None,
    head: Annotated[str, typer.Option("--head", help="A head you noted earlier: NUMBER:HASH.")] = "",
    kept: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A signed checkpoint you kept; may be given often.")
    ] = None,
    key: Annotated[str, typer.Option("--key", help="The programme's key, as `log key` prints it.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Prove that no entry was altered, moved or left out. Exit code 1 when one was.

    A head that you noted or a checkpoint that you kept also proves that nothing was rewritten since then. Without
    --file the checkpoints in the configured folder are looked at too.
    """
    notes, newest = list(kept or []), ""
    if file is not None:
        try:
            rows = rows_of_export(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise Failure(f"{file}: {error}") from None
        verdict = verify(rows)
    else:
        with opened(config, seeded=False) as app, app.store.read() as connection:
            rows = list(ledger_rows.rows(connection))
            verdict = verify(rows, ledger_rows.head(connection))
            folder = app.configuration.checkpoints.folder
            notes += sorted(Path(folder).glob("*.note")) if folder else []
            newest = settings.fact(connection, LAST)
            ours = origin_of(app.configuration.programme.public_url)
            key = key or verifier_key(ours, app.checkpoint_seed)
    problems = list(verdict.problems)
    if head:
        number, _, noted = head.partition(":")
        hashes = {str(row.seq): row.hash for row in rows}
        if not noted or hashes.get(number) != noted:
            problems.append(f"Entry {number} does not have the hash that you noted: the record was rewritten.")
    texts = [(str(path), _text(path)) for path in notes]
    held, broken = _checked([*texts, ("the newest checkpoint", newest)] if newest else texts, key, rows)
    problems += broken
    verdict = Verdict(verdict.entries, verdict.head, tuple(problems))
    words = "\n".join(verdict.problems) or f"The record is whole: {verdict.entries} entries."
    if held:
        signed = "" if key else " (signatures not looked at: give --key)"
        words += f"\nIt holds the checkpoints of {len(held)} days, {held[0].day} to {held[-1].day}{signed}."
    say(
        {
            "entries": verdict.entries, "head": verdict.head, "problems": problems,
            "checkpoints": [str(one.day) for one in held],
        }, as_json=as_json,
        words=f"{words}\nNote this head for later: {verdict.entries}:{verdict.head}",
    )  # fmt: skip
    if problems:
        raise typer.Exit(1)


@group.command("key")
def show_key(config: ConfigOption = None) -> None:
    """Print the key that checkpoints are signed with: reviewers note it once, and give it to `log verify --key`."""
    with opened(config, seeded=False) as app:
        typer.echo(verifier_key(origin_of(app.configuration.programme.public_url), app.checkpoint_seed))


@group.command("checkpoint")
def make_checkpoint(config: ConfigOption = None) -> None:
    """Sign the record as of today, as the daily bell does, and print the newest checkpoint."""
    with opened(config, seeded=False) as app:
        checkpoint(app, now())
        with app.store.read() as connection:
            note = settings.fact(connection, LAST)
            problem = departs(read_note(note), ledger_rows.hashes(connection)) if note else ""
    typer.echo(note, nl=False)
    if problem:
        raise Failure(f"{problem} Nothing was signed. Compare with a copy, and ask who had access.", 1)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"{path}: {error}") from None


def _checked(notes: list[tuple[str, str]], key: str, rows: list[LedgerRow]) -> tuple[list[Checkpoint], list[str]]:
    """The checkpoints that the record holds, one for each day, and a sentence for each that it does not. notes: where
    from, and the text."""
    hashes = {row.seq: row.hash for row in rows}
    held: dict[date, Checkpoint] = {}
    problems = []
    for where, text in notes:
        try:
            one = read_note(text, key)
        except CheckpointError as error:
            problems.append(f"{where}: {error}")
            continue
        problem = departs(one, hashes)
        if problem:
            problems.append(problem)
        else:
            held[one.day] = one
    return [held[day] for day in sorted(held)], problems


@group.command("export")
def export_log(to: Annotated[Path, typer.Argument(help="File to write.")], config: ConfigOption = None) -> None:
    """Write the redacted record, as public safety gets it; `log verify --file` proves it on any machine."""
    with opened(config, seeded=False) as app, app.store.read() as connection:
        text = export(connection)
    to.write_text(text, encoding="utf-8")
    typer.echo(f"Written to {to}. Check it with: supplywatch log verify --file {to}")


def _pairs(fields: dict[str, object]) -> str:
    return ", ".join(f"{k}={v}" for k, v in fields.items() if k not in ("at", "week"))
