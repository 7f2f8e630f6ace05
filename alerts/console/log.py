"""The record: in full for staff, redacted for public safety, and proof for both that nothing was altered."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.visitor import InLog
from alerts.flow.upkeep.checkpoint import LAST
from alerts.model.staff import Role
from alerts.record.checkpoint import read_note
from alerts.record.redact import export, redacted_lines, redacted_rows
from alerts.record.verify import verify
from alerts.store import ledger_rows, settings

router = APIRouter()

_MOST = 200


@router.get("/log")
def log(request: Request, visitor: InLog, whole: str = "") -> HTMLResponse:
    most = None if whole == "1" else _MOST
    reviewer = visitor.person.role is Role.REVIEWER
    with desk_of(request).app.store.read() as connection:
        # Staff are shown what they may see; the proof runs over the same rows that reviewers get.
        verdict = verify(redacted_rows(connection), ledger_rows.head(connection))
        given: dict[str, Any] = {"verdict": verdict, "most": most, "checkpoint": bool(settings.fact(connection, LAST))}
        if reviewer:
            lines = redacted_lines(connection, most)
            return page(request, "log_redacted.html", visitor, room="log", lines=lines[::-1], **given)
        entries = [
            (row, {name: json.loads(value) for name, (value, _) in sorted(row.opened.items()) if name not in _SHOWN})
            for row in ledger_rows.rows(connection, latest=most)
        ]
    return page(request, "log.html", visitor, room="log", entries=entries[::-1], **given)


_SHOWN = frozenset({"at", "week"})
"""Fields that the page shows in a column of their own."""


@router.get("/log/checkpoint.note")
def newest_checkpoint(request: Request, visitor: InLog) -> Response:
    """The newest signed checkpoint as a file to keep, for staff and reviewers alike; 404 before the first."""
    with desk_of(request).app.store.read() as connection:
        note = settings.fact(connection, LAST)
    if not note:
        return Response("There is no checkpoint yet: the first is made at the daily look.\n", 404, None, "text/plain")
    name = f"supplywatch-checkpoint-{read_note(note).day}.note"
    return Response(note, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, "text/plain")


@router.get("/log/export.json")
def redacted_export(request: Request, visitor: InLog) -> Response:
    """The redacted record as a file that anybody can check on their own machine, for staff and reviewers alike."""
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        text = export(connection)
    name = f"supplywatch-record-{desk.clock():%Y-%m-%d}.json"
    return Response(text, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, "application/json")
