"""`supplywatch lint`: every message with made-up samples, held against every rule."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, configuration, say
from alerts.cli.rehearsal import rehearsal
from alerts.cli.templates import shelf_of
from alerts.wording.kinds import KINDS
from alerts.wording.lint import Severity


def lint(
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; may be given several times.")] = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Show what does not block an approval, too.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Render every template with made-up samples and say what is wrong. Exit code 1 when something blocks approval."""
    settings = configuration(config)
    unknown = sorted(set(kind or ()) - set(KINDS))
    if unknown:
        raise Failure(f"There is no kind '{unknown[0]}'. There are: {', '.join(KINDS)}.")
    rendered = errors = told = 0
    lines: list[str] = []
    for item in rehearsal(settings, shelf_of(settings), kind or KINDS):
        where = f"{item.kind} {item.channel} {item.language} ({item.label})"
        if item.problem:
            errors += 1
            lines.append(f"{where}: {item.problem}")
            continue
        rendered += 1
        for finding in item.findings:
            error = finding.severity is Severity.ERROR
            errors += error
            told += not error
            if error or warnings:
                lines.append(f"{where}: {finding.severity}: {finding.rule}, {finding.where}: {finding.mend}")
    value = {"rendered": rendered, "errors": errors, "warnings": told, "found": list(lines)}
    lines.append(f"{rendered} messages rendered, {errors} errors, {told} warnings.")
    say(value, as_json=as_json, words="\n".join(lines))
    if errors:
        raise typer.Exit(1)
