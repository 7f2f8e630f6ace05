"""`supplywatch partners`: who hears of alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.partners.add_contact import FIELDS, ContactError
from alerts.flow.partners.contact_table import ContactTableError, contact_table
from alerts.flow.partners.enrol import enrol
from alerts.flow.partners.erase import erase
from alerts.flow.partners.export_contacts import export_contacts
from alerts.flow.partners.import_contacts import Fate, fates, import_contacts
from alerts.flow.partners.leave import leave
from alerts.flow.partners.order_channels import order_channels
from alerts.flow.partners.prove import ask_for_proof, prove_by_code
from alerts.store import held_back, partners
from alerts.store.json_nouns import to_json

group = typer.Typer(no_args_is_help=True, help="Partner organisations and their contacts.")


@group.command("add")
def add(
    partner: Annotated[str, typer.Argument(help="The organisation's name.")],
    consent: Annotated[str, typer.Option(help="How and in which words the person agreed to get messages.")],
    phone: Annotated[str, typer.Option(help="Phone number for texts, +15105550100.")] = "",
    email: Annotated[str, typer.Option(help="Email address.")] = "",
    chat: Annotated[str, typer.Option(help="A room's name in chat.rooms_file.")] = "",
    webhook: Annotated[str, typer.Option(help="An https address of the partner's own system.")] = "",
    front: Annotated[str, typer.Option(help="The name that messages begin with; the organisation's by default.")] = "",
    label: Annotated[str, typer.Option(help="Who this is: night van, front desk.")] = "",
    language: Annotated[str, typer.Option(help="en or es.")] = "",
    places: Annotated[str, typer.Option(help='"CA" or "Kern County, CA; Fresno County, CA".')] = "",
    substances: Annotated[str, typer.Option(help='"*", or ids and classes: "xylazine; class:nitazene".')] = "",
    least: Annotated[str, typer.Option(help="The lowest level they want: act_now, advisory or info.")] = "",
    wake: Annotated[bool, typer.Option(help="Send texts on life at risk at any hour.")] = False,
    time_zone: Annotated[str, typer.Option(help="America/Los_Angeles.")] = "",
    weekly: Annotated[str, typer.Option(help="Most texts a week; the programme's own limits without it.")] = "",
    drills: Annotated[bool, typer.Option(help="Take part in exercises.")] = False,
    digest: Annotated[str, typer.Option(help="daily or weekly.")] = "",
    channels: Annotated[str, typer.Option(help='"sms; email": the second only if the first fails. Else both.')] = "",
    verified: Annotated[bool, typer.Option(help="Their owner has answered from these addresses already.")] = False,
    config: ConfigOption = None,
) -> None:
    """Add a contact.

    Example: supplywatch partners add "Northside Outreach" --phone "+1 510 555 0100" --language es
    --places "Alameda County, CA" --consent "signed form of 2026-10-02"
    """
    row = {
        "partner": partner, "front": front, "label": label, "phone": phone, "email": email, "chat": chat,
        "webhook": webhook, "language": language,
        "places": places, "substances": substances, "least": least, "wake": "yes" if wake else "no",
        "time_zone": time_zone, "consent": consent, "weekly": weekly, "drills": "yes" if drills else "no",
        "digest": digest, "channels": channels, "verified": "yes" if verified else "no",
    }  # fmt: skip
    with opened(config) as app:
        try:
            contact = enrol(app, row, "command line", now())
        except ContactError as error:
            raise Failure("\n".join(error.mistakes)) from None
        asked = [a.channel for a in contact.addresses if not a.verified]
        proof = f" They are asked by {' and '.join(asked)} to prove that it is theirs." if asked else ""
        typer.echo(f"Contact {contact.id} of {contact.partner.name} is added.{proof}")


@group.command("list")
def list_partners(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List contacts with their consent."""
    with opened(config) as app:
        with app.store.read() as connection:
            found = partners.everybody(connection)
        lines = []
        for c in found:
            channels = ", ".join(f"{a.channel}{'' if a.consent else ' (no consent)'}{' (dead)' if a.disabled else ''}"
                                 f"{'' if a.verified else ' (not proven)'}"
                                 for a in c.addresses)  # fmt: skip
            where = ", ".join(app.gazetteer.name(p) for p in c.places)
            order = f"  in order: {', '.join(c.channels)}" if c.channels else ""
            lines.append(f"{c.id:5}  {c.partner.name}  {c.label}  {c.language}  {where}  {channels}{order}")
        say([to_json(c) for c in found], as_json=as_json, words="\n".join(lines) or "There are no contacts yet.")


@group.command("import")
def import_partners(
    file: Annotated[Path, typer.Argument(help=f"CSV or Excel file with a header: {', '.join(FIELDS)}.")],
    write: Annotated[
        bool, typer.Option("--write", help="Store them; without it, only every row's fate is shown.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Import contacts from a CSV or Excel file, or change those we know. Shows every row's fate first; --write stores.

    A row with a known address changes what its filled cells say: language, places, levels, hours and the like. It never
    changes consent and never adds an address.
    """
    try:
        rows = contact_table(file.name, file.read_bytes()).rows
    except OSError as error:
        raise Failure(f"{file}: cannot be read: {error.strerror}.") from None
    except ContactTableError as error:
        raise Failure(f"{file}: {error}") from None
    with opened(config) as app:
        if write:
            found = [
                import_contacts(app, [row], f"import of {file.name}"[:80], now())[0]
                for row in track(rows, description="Storing", console=Console(stderr=True), transient=True)
            ]
        else:
            with app.store.read() as connection:
                found = fates(app, connection, rows)
        for f in found:
            said = _fate(f, write) if f.contact else "NOT TAKEN: " + " ".join(f.mistakes)
            typer.echo(f"line {f.line}: {f.partner} {f.label}: {said}")
    bad = sum(f.contact is None for f in found)
    typer.echo(f"{len(rows) - bad} good, {bad} not taken." + ("" if write else " Nothing was stored yet: add --write."))
    if bad:
        raise typer.Exit(1)


def _fate(f: Fate, write: bool) -> str:
    number = f.contact.id if f.contact else 0
    if not f.known:
        return f"added as contact {number}" if write else "good"
    if not f.changes:
        return f"unchanged: contact {number} is so already"
    changes = "; ".join(f"{column} from {before or 'none'} to {after or 'none'}" for column, before, after in f.changes)
    return f"updated: contact {number}: {changes}" if write else f"would update contact {number}: {changes}"


@group.command("export")
def export_partners(config: ConfigOption = None) -> None:
    """Print all contacts as CSV, in the columns that an import takes, with how each address stands."""
    with opened(config) as app, app.store.read() as connection:
        typer.echo(export_contacts(connection), nl=False)


@group.command("leave")
def leave_contact(
    contact: Annotated[int, typer.Argument(help="The contact's number, as `partners list` shows it.")],
    why: Annotated[str, typer.Option("--why", help="How you know; it stays in the consent log.")],
    config: ConfigOption = None,
) -> None:
    """Let a contact leave: nothing goes to them any more, and they are erased after privacy.contact_days."""
    with opened(config) as app:
        try:
            gone = leave(app, contact, "operator", why, now())
        except ValueError as error:
            raise Failure(str(error)) from None
        if not gone:
            raise Failure(f"There is no contact {contact}, or they have left already.")
        typer.echo(f"Contact {contact} has left.")


@group.command("order")
def order(
    contact: Annotated[int, typer.Argument(help="The contact's number, as `partners list` shows it.")],
    channels: Annotated[str, typer.Argument(help='"sms; email", "email; sms", or "" for all addresses at once.')],
    config: ConfigOption = None,
) -> None:
    """Say by which channel a contact hears of alerts first; the next one is used only when that fails."""
    with opened(config) as app:
        try:
            stored = order_channels(app, contact, channels, "operator", now())
        except ContactError as error:
            raise Failure("\n".join(error.mistakes)) from None
        typer.echo(f"Contact {contact}: {', then '.join(stored) or 'all addresses at once'}.")


@group.command("prove")
def prove(
    contact: Annotated[int, typer.Argument(help="The contact's number, as `partners list` shows it.")],
    code: Annotated[str, typer.Option(help="The six digits that they read to you; without it they are asked.")] = "",
    channel: Annotated[str, typer.Option(help="sms or email: where the code was sent.")] = "sms",
    config: ConfigOption = None,
) -> None:
    """Ask a contact to prove their addresses, or take the code that they read out."""
    with opened(config) as app:
        if not code:
            asked = ask_for_proof(app, contact, now())
            typer.echo(f"Asked by {' and '.join(asked)}." if asked else "There is nothing to ask about.")
            return
        with app.store.read() as connection:
            found = partners.get(connection, contact)
        address = next((a.address for a in found.addresses if a.channel == channel), "") if found else ""
        if not address or prove_by_code(app, channel, address, code, now()) is None:
            raise Failure("That code is wrong, too old or was tried too often. Ask again without --code.")
        typer.echo("Proven. From now on they get alerts there.")


@group.command("erase")
def erase_contact(
    contact: Annotated[int, typer.Argument(help="The contact's number, as `partners list` shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really: it cannot be undone.")] = False,
    config: ConfigOption = None,
) -> None:
    """Erase a person on their request: addresses, names and words go; counts and the record stay and still prove."""
    if not yes:
        raise Failure("This cannot be undone. Add --yes.")
    with opened(config) as app:
        if not erase(app, contact, "operator", now()):
            raise Failure(f"There is no contact {contact}.")
        typer.echo(f"Contact {contact} is erased.")


@group.command("held")
def held(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show which texts wait because somebody has had their number for the week, or are merged into one."""
    with opened(config) as app:
        with app.store.read() as connection:
            rows = held_back.everything(connection)
            people = {c.id: f"{c.partner.name} {c.label}".strip() for c in partners.everybody(connection)}
        lines = [
            f"{people.get(r.contact, r.contact)}: {r.kind} ({r.level}) until {r.due_at:%Y-%m-%d %H:%M}" for r in rows
        ]
        value = [{"contact": r.contact, "kind": r.kind, "level": str(r.level), "due_at": r.due_at} for r in rows]
        say(value, as_json=as_json, words="\n".join(lines) or "Nothing is held back.")
