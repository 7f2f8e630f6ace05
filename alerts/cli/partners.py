"""`supplywatch partners`: who hears of alerts."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.clock.now import now
from alerts.flow.add_contact import FIELDS, ContactError, checked
from alerts.flow.enrol import enrol
from alerts.flow.erase import erase
from alerts.flow.prove import ask_for_proof, prove_by_code
from alerts.store import held_back, partners
from alerts.store.json_nouns import to_json
from detectors.feeds.workbook import as_csv
from detectors.sample import BrokenDocument

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
    weekly: Annotated[str, typer.Option(help="Most texts a week; the programme's own limits without it.")] = "",
    drills: Annotated[bool, typer.Option(help="Take part in exercises.")] = False,
    digest: Annotated[str, typer.Option(help="daily or weekly.")] = "",
    verified: Annotated[bool, typer.Option(help="Their owner has answered from these addresses already.")] = False,
    config: ConfigOption = None,
) -> None:
    """Add a contact.

    Example: supplywatch partners add "Northside Outreach" --phone "+1 510 555 0100" --language es
    --places "Alameda County, CA" --consent "signed form of 2026-10-02"
    """
    row = {
        "partner": partner, "front": front, "label": label, "phone": phone, "email": email, "language": language,
        "places": places, "substances": substances, "least": least, "wake": "yes" if wake else "no",
        "time_zone": time_zone, "consent": consent, "weekly": weekly, "drills": "yes" if drills else "no",
        "digest": digest, "verified": "yes" if verified else "no",
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
            lines.append(f"{c.id:5}  {c.partner.name}  {c.label}  {c.language}  {where}  {channels}")
        say([to_json(c) for c in found], as_json=as_json, words="\n".join(lines) or "There are no contacts yet.")


@group.command("import")
def import_partners(
    file: Annotated[Path, typer.Argument(help=f"CSV or Excel file with a header: {', '.join(FIELDS)}.")],
    write: Annotated[
        bool, typer.Option("--write", help="Store them; without it, only every row's fate is shown.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Import contacts from a CSV or Excel file. Shows every row's fate first; --write stores those that are good."""
    header, rows = _rows(file)
    unknown = [h for h in header if h not in FIELDS]
    if unknown or "partner" not in header:
        raise Failure(f"{file}: the header must be of {', '.join(FIELDS)}; it is {', '.join(header) or 'empty'}.")
    bad = 0
    with opened(config) as app:
        for line, row in rows:
            try:
                if write:
                    fate = f"added as contact {enrol(app, row, f'import of {file.name}', now()).id}"
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


def _rows(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """(header, (line, row) pairs) of a CSV or Excel file. Raises Failure."""
    try:
        body = file.read_bytes()
        if file.suffix.lower() in (".xlsx", ".xlsm"):
            body = as_csv(body, likely=FIELDS)
        reader = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        rows = [(reader.line_num, {k: v or "" for k, v in row.items() if k}) for row in reader]
        return list(reader.fieldnames or []), rows
    except BrokenDocument as error:
        raise Failure(f"{file}: {error}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Failure(f"{file}: cannot be read: {error}. It must be an Excel file, or CSV in UTF-8.") from None


@group.command("export")
def export_partners(config: ConfigOption = None) -> None:
    """Print all contacts as CSV, in the columns that an import takes, with how each address stands."""
    with opened(config) as app, app.store.read() as connection:
        found = partners.everybody(connection)
        logs = {c.id: partners.consent_log(connection, c.id) for c in found}
    writer = csv.DictWriter(sys.stdout, [*FIELDS, "standing"], lineterminator="\n")
    writer.writeheader()
    for c in found:
        by_channel = {a.channel: a for a in c.addresses}
        standing = [
            f"{a.channel}: " + (a.disabled or ("no consent" if not a.consent else "ok" if a.verified else "not proven"))
            for a in c.addresses
        ]
        writer.writerow(
            {
                "partner": c.partner.name, "front": c.partner.front, "label": c.label,
                "phone": by_channel["sms"].address if "sms" in by_channel else "",
                "email": by_channel["email"].address if "email" in by_channel else "", "language": c.language,
                "time_zone": c.time_zone, "places": "; ".join(c.places), "substances": "; ".join(c.substances),
                "least": str(c.least), "wake": "yes" if c.wake else "no", "quiet_from": f"{c.quiet_from:%H:%M}",
                "quiet_to": f"{c.quiet_to:%H:%M}", "weekly": c.weekly or "", "drills": "yes" if c.drills else "no",
                "digest": c.digest, "verified": "yes" if all(a.verified for a in c.addresses) else "no",
                "consent": "; ".join(dict.fromkeys(f"{x.how}: {x.words}" for x in logs[c.id] if x.given)),
                "standing": "; ".join(standing),
            }
        )  # fmt: skip


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
