"""`supplywatch staff`: who may sign in, and the one-time link that lets them."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.console.door import make_link
from alerts.model.staff import Role
from alerts.store import staff

group = typer.Typer(no_args_is_help=True, help="Staff and public-safety reviewers, and their sign-in links.")


@group.command("link")
def link(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    reviewer: Annotated[
        bool, typer.Option("--reviewer", help="A public-safety reviewer: sees the redacted log only.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Print a one-time link that signs a person in; makes the person if there is none of that name."""
    with opened(config) as app:
        try:
            typer.echo(make_link(app, name, Role.REVIEWER if reviewer else Role.STAFF, now()))
        except ValueError as error:
            raise Failure(str(error)) from None


@group.command("list")
def list_staff(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List who may sign in."""
    with opened(config) as app, app.store.read() as connection:
        people = staff.everybody(connection)
    words = "\n".join(f"{person.name}  ({person.role})" for person in people)
    say(
        [{"name": person.name, "role": str(person.role)} for person in people],
        as_json=as_json,
        words=words or "Nobody yet. `supplywatch staff link NAME` lets a person in.",
    )
