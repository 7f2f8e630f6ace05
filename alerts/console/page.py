"""Filling in one page of templates/console/."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from alerts.console.desk import desk_of
from alerts.console.spoken import Spoken
from alerts.console.visitor import Visitor
from alerts.wording.environment import render

OF_THE_ROOM = frozenset({"room", "token"})
"""Names below that a room may set for itself."""


def page(
    request: Request, template: str, visitor: Visitor | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page as an answer. Every template also gets the names below; docs/console.md lists them."""
    desk = desk_of(request)
    programme = desk.app.configuration.programme
    given = {
        "base": desk.base,
        "style": desk.style,
        "programme": programme.name,
        "programme_contact": programme.contact,
        "simulated": programme.simulated,
        "zone": programme.time_zone,
        "now": desk.clock(),
        "say": Spoken(desk.app, desk.clock()),
        "person": visitor.person if visitor else None,
        "rooms": visitor.rooms if visitor else frozenset(),
        "token": visitor.csrf if visitor else "",
        "room": "",
    }
    taken = (given.keys() - OF_THE_ROOM) & values.keys()
    # A contact once stood, with phone and all, where the programme's address belongs.
    assert not taken, f"{template} gives {taken} a second meaning"
    return HTMLResponse(render(desk.app.shelf, f"console/{template}", given | values), status)
