"""`supplywatch log`: the record, its proof, and the copy for public safety."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.record.redact import export, redacted_lines
from alerts.record.verify import Verdict, rows_of_export, verify
from alerts.store import ledger_rows

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
    as_json: JsonOption = False,
) -> None:
    """Prove that no entry was altered, moved or left out. Exit code 1 when one was.

    A head that you noted earlier also proves that nothing was rewritten since then.
    """
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
    problems = list(verdict.problems)
    if head:
        number, _, noted = head.partition(":")
        hashes = {str(row.seq): row.hash for row in rows}
        if not noted or hashes.get(number) != noted:
            problems.append(f"Entry {number} does not have the hash that you noted: the record was rewritten.")
    verdict = Verdict(verdict.entries, verdict.head, tuple(problems))
    words = "\n".join(verdict.problems) or f"The record is whole: {verdict.entries} entries."
    say(
        {"entries": verdict.entries, "head": verdict.head, "problems": problems}, as_json=as_json,
        words=f"{words}\nNote this head for later: {verdict.entries}:{verdict.head}",
    )  # fmt: skip
    if problems:
        raise typer.Exit(1)


@group.command("export")
def export_log(to: Annotated[Path, typer.Argument(help="File to write.")], config: ConfigOption = None) -> None:
    """Write the redacted record, as public safety gets it; `log verify --file` proves it on any machine."""
    with opened(config, seeded=False) as app, app.store.read() as connection:
        text = export(connection)
    to.write_text(text, encoding="utf-8")
    typer.echo(f"Written to {to}. Check it with: supplywatch log verify --file {to}")


def _pairs(fields: dict[str, object]) -> str:
    return ", ".join(f"{k}={v}" for k, v in fields.items() if k not in ("at", "week"))
