"""`supplywatch partners`: who hears of alerts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.add_contact import FIELDS, ContactError, add_contact, checked
from alerts.store import partners
from alerts.store.json_nouns import to_json

group = typer.Typer(no_args_is_help=True, help="Partner organisations and their contacts.")


@group.command("add")
def add(
    partner: Annotated[str, typer.Argument(help="The organisation's name.")],
    consent: Annotated[str, typer.Option(help="How and in which words the person agreed to get messages.")],
    phone: Annotated[str, typer.Option(help="Phone number for texts, +15105550100.")] = "",
    email: Annotated[str, typer.Option(help="Email address.")] = "",
    front: Annotated[str, typer.Option(help="The name that messages begin with; the organisation's by default.")] = "",
    label: Annotated[str, typer.Option(help="Who this is: night van, front desk.")] = "",
    language: Annotated[str, typer.Option(help="en or es.")] = "",
    places: Annotated[str, typer.Option(help='"CA" or "Kern County, CA; Fresno County, CA".')] = "",
    substances: Annotated[str, typer.Option(help='"*", or ids and classes: "xylazine; class:nitazene".')] = "",
    least: Annotated[str, typer.Option(help="The lowest level they want: act_now, advisory or info.")] = "",
    wake: Annotated[bool, typer.Option(help="Send texts on life at risk at any hour.")] = False,
    time_zone: Annotated[str, typer.Option(help="America/Los_Angeles.")] = "",
    config: ConfigOption = None,
) -> None:
    """Add a contact.

    Example: supplywatch partners add "Northside Outreach" --phone "+1 510 555 0100" --language es
    --places "Alameda County, CA" --consent "signed form of 2026-10-02"
    """
    row = {
        "partner": partner, "front": front, "label": label, "phone": phone, "email": email, "language": language,
        "places": places, "substances": substances, "least": least, "wake": "yes" if wake else "no",
        "time_zone": time_zone, "consent": consent,
    }  # fmt: skip
    with opened(config) as app:
        try:
            contact = add_contact(app, row, "command line", now())
        except ContactError as error:
            raise Failure("\n".join(error.mistakes)) from None
        typer.echo(f"Contact {contact.id} of {contact.partner.name} is added.")


@group.command("list")
def list_partners(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List contacts with their consent."""
    with opened(config) as app:
        with app.store.read() as connection:
            found = partners.everybody(connection)
        lines = []
        for c in found:
            channels = ", ".join(f"{a.channel}{'' if a.consent else ' (no consent)'}{' (dead)' if a.disabled else ''}"
                                 for a in c.addresses)  # fmt: skip
            where = ", ".join(app.gazetteer.name(p) for p in c.places)
            lines.append(f"{c.id:5}  {c.partner.name}  {c.label}  {c.language}  {where}  {channels}")
        say([to_json(c) for c in found], as_json=as_json, words="\n".join(lines) or "There are no contacts yet.")


@group.command("import")
def import_partners(
    file: Annotated[Path, typer.Argument(help=f"CSV with a header: {', '.join(FIELDS)}.")],
    write: Annotated[
        bool, typer.Option("--write", help="Store them; without it, only every row's fate is shown.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Import contacts from a CSV file. Shows every row's fate first; --write stores those that are good."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            rows = [(reader.line_num, {k: v or "" for k, v in row.items() if k}) for row in reader]
            header = reader.fieldnames or []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Failure(f"{file}: cannot be read: {error}. It must be a CSV file in UTF-8.") from None
    unknown = [h for h in header if h not in FIELDS]
    if unknown or "partner" not in header:
        raise Failure(f"{file}: the header must be of {', '.join(FIELDS)}; it is {', '.join(header) or 'empty'}.")
    bad = 0
    with opened(config) as app:
        for line, row in rows:
            try:
                if write:
                    fate = f"added as contact {add_contact(app, row, f'import of {file.name}', now()).id}"
                else:
                    with app.store.read() as connection:
                        checked(app, connection, row)
                    fate = "good"
            except ContactError as error:
                bad += 1
                fate = "NOT TAKEN: " + " ".join(error.mistakes)
            typer.echo(f"line {line}: {row.get('partner', '')} {row.get('label', '')}: {fate}")
    typer.echo(f"{len(rows) - bad} good, {bad} not taken." + ("" if write else " Nothing was stored yet: add --write."))
    if bad:
        raise typer.Exit(1)
