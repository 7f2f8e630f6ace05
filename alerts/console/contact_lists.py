"""Contacts by the list: a file comes in after every row's fate was shown, and all of them go out as a file."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.uploaded import Upload
from alerts.console.visitor import Genuine, GenuineUpload, InPartners, Visitor, admitted
from alerts.flow.partners.add_contact import FIELDS
from alerts.flow.partners.contact_table import ContactTable, ContactTableError, contact_table
from alerts.flow.partners.export_contacts import export_contacts
from alerts.flow.partners.import_contacts import Fate, fates, import_contacts
from alerts.record.append import append

router = APIRouter()

Staff = Depends(admitted("partners"))
"""Stands before the reading of a file: a stranger's two megabytes are not even looked at."""

MOST_ROWS = 500
"""Rows that a page shows and stores while somebody waits; longer lists are for the command, which shows a bar."""


@router.get("/partners/import")
def ask(request: Request, visitor: InPartners) -> HTMLResponse:
    return _page(request, visitor)


@router.post("/partners/import", dependencies=[Staff, GenuineUpload])
def preview(request: Request, visitor: InPartners, upload: Upload) -> HTMLResponse:
    """Show what would become of every row. Nothing is stored, neither contacts nor the file."""
    if not upload.name or not upload.body:
        return _page(request, visitor, problem="Choose a file first.")
    table = _table(upload.name, upload.body)
    if isinstance(table, str):
        return _page(request, visitor, problem=table)
    with desk_of(request).app.store.read() as connection:
        found = fates(desk_of(request).app, connection, table.rows)
    return _page(request, visitor, name=upload.name, text=table.text, found=found)


@router.post("/partners/import/write", dependencies=[Staff, GenuineUpload])
def write(request: Request, visitor: InPartners, upload: Upload) -> HTMLResponse:
    """Store the good rows of the table that was shown, which the form brings back."""
    desk = desk_of(request)
    name = upload.fields.get("name", "")[:80]
    table = _table("shown.csv", upload.fields.get("table", "").encode())
    if isinstance(table, str):
        return _page(request, visitor, problem=table)
    found = import_contacts(desk.app, table.rows, f"import of {name} by {visitor.person.name}"[:80], desk.clock())
    with desk.app.store.write() as connection:
        append(
            connection, at=desk.clock(), kind="contacts.imported", subject="partners",
            fields={"by": visitor.person.name, "file": name, "taken": sum(f.contact is not None for f in found),
                    "changed": sum(bool(f.changes) for f in found),
                    "refused": sum(f.contact is None for f in found)},
        )  # fmt: skip
    return _page(request, visitor, name=name, found=found, stored=True)


@router.post("/contacts.csv", dependencies=[Genuine])
def export(request: Request, visitor: InPartners) -> Response:
    """Every contact as a file. It is written into the record who took it: this is the list itself."""
    desk = desk_of(request)
    with desk.app.store.write() as connection:
        append(
            connection, at=desk.clock(), kind="contacts.exported", subject="partners",
            fields={"by": visitor.person.name},
        )  # fmt: skip
        text = export_contacts(connection)
    name = f"supplywatch-contacts-{desk.clock():%Y-%m-%d}.csv"
    # The mark in front lets Excel read it as UTF-8; the import passes over it.
    return Response("\ufeff" + text, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, "text/csv")


def _table(name: str, body: bytes) -> ContactTable | str:
    """The table, or why it cannot be used."""
    try:
        table = contact_table(name, body)
    except ContactTableError as error:
        return f"“{name}”: {error}"
    if not table.rows:
        return f"“{name}” has a header and no rows."
    if len(table.rows) > MOST_ROWS:
        return (
            f"“{name}” has {len(table.rows)} rows, and a page takes {MOST_ROWS}. Split it, or use the command: "
            "supplywatch partners import FILE."
        )
    return table


def _page(
    request: Request,
    visitor: Visitor,
    *,
    problem: str = "",
    name: str = "",
    text: str = "",
    found: list[Fate] | None = None,
    stored: bool = False,
) -> HTMLResponse:
    return page(
        request,
        "import.html",
        visitor,
        status=409 if problem else 200,
        room="partners",
        problem=problem,
        columns=FIELDS,
        name=name,
        text=text,
        fates=found or [],
        good=sum(f.contact is not None and not f.known for f in found or []),
        changed=sum(bool(f.changes) for f in found or []),
        refused=sum(f.contact is None for f in found or []),
        stored=stored,
        verify=desk_of(request).app.configuration.partners.verify,
    )
