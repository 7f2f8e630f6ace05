"""`supplywatch silences`: times in which nothing new is said, each with its end and its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, operator, say
from alerts.clock.now import now
from alerts.flow.reviewing.silence import end_silence, silence
from alerts.store import silences
from alerts.store.json_nouns import to_json

group = typer.Typer(no_args_is_help=True, help="Silences: what fires inside is held and decided again at the end.")


@group.command("add")
def add(
    substances: Annotated[list[str], typer.Argument(help='Ids or classes: "xylazine", "class:nitazene", "*".')],
    until: Annotated[str, typer.Option(help="When it ends, in the programme's time zone: 2026-10-09T08:00.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it goes into the record.")],
    place: Annotated[list[str] | None, typer.Option(help="FIPS code, 06 or 06001; everywhere without it.")] = None,
    config: ConfigOption = None,
) -> None:
    """Ask for silence. Corrections and ends of alerts go out all the same."""
    with opened(config) as app:
        try:
            end = datetime.fromisoformat(until)
            end = end if end.tzinfo else end.replace(tzinfo=app.configuration.programme.zone)
            made = silence(app, substances, place or (), end, operator(app), why, now())
        except ValueError as error:
            raise Failure(str(error)) from None
        typer.echo(f"Silence {made.id} holds until {until}.")


@group.command("list")
def list_silences(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List silences, newest first, with how much each holds."""
    with opened(config) as app:
        with app.store.read() as connection:
            found = silences.everything(connection)
            holds = {s.id: len(silences.held(connection, s.id)) for s in found}
        lines = [
            f"{s.id}  {', '.join(s.substances)}  {', '.join(s.places) or 'everywhere'}  "
            f"until {s.ends_at:%Y-%m-%d %H:%M} UTC  by {s.by}: {s.why}  ({holds[s.id]} signals held)"
            for s in found
        ]
        say([to_json(s) for s in found], as_json=as_json, words="\n".join(lines) or "There are no silences.")


@group.command("end")
def end(number: Annotated[int, typer.Argument(help="The silence's number.")], config: ConfigOption = None) -> None:
    """Let a silence end now; what it holds is decided at once."""
    with opened(config) as app:
        try:
            end_silence(app, number, operator(app), now())
        except ValueError as error:
            raise Failure(str(error)) from None
        typer.echo(f"Silence {number} is over.")
