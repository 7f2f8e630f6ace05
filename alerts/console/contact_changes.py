"""What staff do for one contact: messages on again, proof of an address, leaving, and being forgotten."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from alerts.console.desk import desk_of
from alerts.console.partners import contact_page
from alerts.console.posted import Form, one
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.visitor import Genuine, InPartners
from alerts.flow.partners.erase import erase
from alerts.flow.partners.leave import leave
from alerts.flow.partners.opt_in import opt_in
from alerts.flow.partners.prove import ask_for_proof, prove_by_code
from alerts.model.partner import Address, Contact
from alerts.store import partners
from alerts.store.engine import Connection

router = APIRouter(dependencies=[Genuine])

FORGET = "erase"
"""What must be typed before somebody is erased: it cannot be undone."""


@router.post("/partners/{number}/start/{channel}")
def start(request: Request, visitor: InPartners, number: int, channel: str, form: Form) -> Response:
    """Write down consent that was given to a member of staff, in their words."""
    desk = desk_of(request)
    words = one(form, "words")
    if not words:
        return contact_page(request, visitor, number, problem="Write down how and in which words they agreed.")
    with desk.app.store.write() as connection:
        contact, _ = _address(connection, number, channel)
        if not contact.active:
            raise Refusal(409, "This contact has left", "Nothing goes to them.", "Add them anew if they came back.")
        opt_in(connection, number, channel, f"told {visitor.person.name}"[:80], words, desk.clock())
    return _back(request, number)


@router.post("/partners/{number}/prove")
def ask(request: Request, visitor: InPartners, number: int) -> Response:
    """Send a code, or a code and a link, to each address that is not proven yet."""
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        if partners.get(connection, number) is None:
            raise Refusal(*NOT_FOUND)
    if not ask_for_proof(desk.app, number, desk.clock()):
        problem = "There is nothing to ask about: every address is proven, stopped or dead."
        return contact_page(request, visitor, number, problem=problem)
    return _back(request, number)


@router.post("/partners/{number}/code/{channel}")
def code(request: Request, visitor: InPartners, number: int, channel: str, form: Form) -> Response:
    """Take a code that was read out."""
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        _, address = _address(connection, number, channel)
    if prove_by_code(desk.app, channel, address.address, one(form, "code"), desk.clock()) is None:
        problem = "That code is wrong, too old or was tried too often. Send a new one."
        return contact_page(request, visitor, number, problem=problem)
    return _back(request, number)


@router.post("/partners/{number}/leave")
def left(request: Request, visitor: InPartners, number: int, form: Form) -> Response:
    desk = desk_of(request)
    why = one(form, "why")
    if not why:
        return contact_page(request, visitor, number, problem="Say why they leave: it stays in the consent log.")
    try:
        if not leave(desk.app, number, visitor.person.name, why, desk.clock()):
            raise Refusal(*NOT_FOUND)
    except ValueError as error:
        return contact_page(request, visitor, number, problem=str(error))
    return _back(request, number)


@router.post("/partners/{number}/erase")
def forget(request: Request, visitor: InPartners, number: int, form: Form) -> Response:
    desk = desk_of(request)
    if one(form, "sure").lower() != FORGET:
        problem = f"Nothing was erased: type “{FORGET}” to say that you mean it."
        return contact_page(request, visitor, number, problem=problem)
    if not erase(desk.app, number, visitor.person.name, desk.clock()):
        raise Refusal(*NOT_FOUND)
    return RedirectResponse(f"{desk.base}/partners", 303)


def _address(connection: Connection, number: int, channel: str) -> tuple[Contact, Address]:
    contact = partners.get(connection, number)
    found = next((a for a in contact.addresses if a.channel == channel), None) if contact else None
    if contact is None or found is None:
        raise Refusal(*NOT_FOUND)
    return contact, found


def _back(request: Request, number: int) -> Response:
    return RedirectResponse(f"{desk_of(request).base}/partners/{number}", 303)
