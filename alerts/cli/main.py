"""`supplywatch`: the commands, and how their mistakes are told."""

from __future__ import annotations

import sys
from typing import Any

import typer

from alerts import __version__
from alerts.cli import (
    alerts,
    backtest,
    check,
    collect,
    demo,
    detect,
    duty,
    explain,
    feeds,
    lint,
    log,
    messages,
    names,
    partners,
    replay,
    send_test,
    serve,
    silences,
    simulate,
    staff,
    templates,
    thresholds,
)
from alerts.cli.opening import Failure

program = typer.Typer(
    name="supplywatch",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Early warning for new and rising contaminants in the unregulated drug supply.\n\n"
        "Start with `supplywatch demo` to see all of it, or `supplywatch check` to see what your own configuration "
        "still needs. Every command takes --config FILE and most take --json."
    ),
)
for command in (
    serve.serve, demo.demo, check.check, collect.collect, detect.detect, replay.replay, simulate.simulate,
    send_test.send_test, explain.explain, backtest.backtest, lint.lint,
):  # fmt: skip
    program.command(name=command.__name__.replace("_", "-"))(command)
for name, group in (
    ("alerts", alerts.group), ("thresholds", thresholds.group), ("partners", partners.group), ("feeds", feeds.group),
    ("log", log.group), ("messages", messages.group), ("names", names.group), ("staff", staff.group),
    ("duty", duty.group), ("silences", silences.group), ("templates", templates.group),
):  # fmt: skip
    program.add_typer(group, name=name)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supplywatch {__version__}")
        raise typer.Exit()


@program.callback()
def _everywhere(
    version: bool = typer.Option(
        False, "--version", help="Say which version this is.", is_eager=True, callback=_say_version
    ),
) -> None:
    pass


def main(arguments: list[str] | None = None) -> None:
    """Run one command; a person's mistake ends in a sentence and an exit code, never in a traceback."""
    options: dict[str, Any] = {} if arguments is None else {"args": arguments}
    try:
        program(**options)
    except Failure as failure:
        typer.echo(str(failure), err=True)
        sys.exit(failure.code)
    except BrokenPipeError:
        sys.exit(0)
