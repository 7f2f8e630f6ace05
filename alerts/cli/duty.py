"""`supplywatch duty`: who is asked when something cannot wait."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from alerts.app import App
from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.duty.pass_over import pass_over
from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.flow.duty.take_off_duty import take_off_duty
from alerts.flow.partners.add_contact import ContactError
from alerts.model.staff import Person
from alerts.store import duty, staff

group = typer.Typer(no_args_is_help=True, help="The duty roster: who is asked about reviews, feeds and dead letters.")
Name = Annotated[str, typer.Argument(help="The person's name, as staff know them.")]


@group.command("add")
def add(
    name: Name,
    position: Annotated[int, typer.Option(help="1 is asked first.")] = 1,
    phone: Annotated[str, typer.Option(help="Phone number for texts, +15105550100.")] = "",
    email: Annotated[str, typer.Option(help="Email address.")] = "",
    language: Annotated[str, typer.Option(help="en or es.")] = "",
    config: ConfigOption = None,
) -> None:
    """Put a person on the roster, or move them within it."""
    with opened(config) as app:
        try:
            made = put_on_duty(app, name, position, now(), phone=phone, email=email, language=language)
        except ContactError as error:
            raise Failure("\n".join(error.mistakes)) from None
        except ValueError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{made.person.name} is number {made.position} on the roster.")


@group.command("list")
def list_duty(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the roster in the order in which people are asked."""
    with opened(config) as app, app.store.read() as connection:
        found = duty.roster(connection)
    rows, lines = [], []
    for one in found:
        channels = [a.channel for a in one.contact.addresses]
        away = f"  away until {one.away_until:%Y-%m-%d %H:%M} UTC" if one.away_until else ""
        lines.append(f"{one.position}  {one.person.name}  {', '.join(channels)}{away}")
        back = one.away_until.isoformat() if one.away_until else None
        rows.append({"position": one.position, "name": one.person.name, "channels": channels, "away_until": back})
    empty = "Nobody is on the roster. `supplywatch duty add NAME --phone …` puts a person on it."
    say(rows, as_json=as_json, words="\n".join(lines) or empty)


@group.command("away")
def away(
    name: Name,
    until: Annotated[str, typer.Option(help="Back on, in the programme's time zone: 2026-10-09T08:00; empty for now.")],
    config: ConfigOption = None,
) -> None:
    """Pass a person over until they are back."""
    with opened(config) as app:
        try:
            back = datetime.fromisoformat(until) if until else None
        except ValueError:
            raise Failure(f"'{until}' is no date and hour. Write it like 2026-10-09T08:00.") from None
        if back is not None and back.tzinfo is None:
            back = back.replace(tzinfo=app.configuration.programme.zone)
        try:
            pass_over(app, _person(app, name), back, "operator", now())
        except ValueError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{name} is passed over until {until}." if back else f"{name} is back.")


@group.command("off")
def off(name: Name, config: ConfigOption = None) -> None:
    """Take a person off the roster."""
    with opened(config) as app:
        try:
            take_off_duty(app, _person(app, name), "operator", now())
        except ValueError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{name} is off the roster.")


def _person(app: App, name: str) -> Person:
    with app.store.read() as connection:
        found = next((p for p in staff.everybody(connection) if p.name == name), None)
    if found is None:
        raise Failure(f"Nobody here is called '{name}'. `supplywatch staff list` shows who is.")
    return found
