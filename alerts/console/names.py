"""Names and places that no dictionary has yet. A new drug first appears here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.visitor import InNames
from alerts.store import side_evidence

router = APIRouter()

_MOST = 500


@router.get("/names")
def names(request: Request, visitor: InNames) -> HTMLResponse:
    with desk_of(request).app.store.read() as connection:
        unknown = side_evidence.unrecognised_names(connection, _MOST)
    whats = list(dict.fromkeys(u.what for u in unknown))
    return page(request, "names.html", visitor, room="names", unknown=unknown, whats=whats, most=_MOST)
