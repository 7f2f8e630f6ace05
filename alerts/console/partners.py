"""Partners and their contacts: what they asked for, what they consented to, and their addresses only when asked for."""

from __future__ import annotations

from itertools import permutations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.desk import desk_of
from alerts.console.masked import masked
from alerts.console.page import page
from alerts.console.posted import Form, one
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.visitor import Genuine, InPartners, Visitor
from alerts.flow.partners.add_contact import ContactError
from alerts.flow.partners.order_channels import order_channels
from alerts.flow.partners.revoke import revoke
from alerts.model.delivery import Delivery
from alerts.model.partner import Contact
from alerts.record.append import append
from alerts.store import alerts, held_back, outbox, partners, proofs

router = APIRouter()


@router.get("/partners")
def overview(request: Request, visitor: InPartners) -> HTMLResponse:
    with desk_of(request).app.store.read() as connection:
        # Of who was erased only a number is left.
        everybody = [c for c in partners.everybody(connection, active=False) if c.active or c.addresses]
        held = len({d.contact for d in held_back.waiting(connection, desk_of(request).clock())})
    by_partner: dict[str, list[Contact]] = {}
    for contact in everybody:
        by_partner.setdefault(contact.partner.name, []).append(contact)
    return page(
        request,
        "partners.html",
        visitor,
        room="partners",
        partners=sorted(by_partner.items(), key=lambda p: p[0].casefold()),
        reachable=sum(
            any(a.consent and a.verified and not a.disabled for a in c.addresses) for c in everybody if c.active
        ),
        everybody=len(everybody),
        held=held,
        masked=masked,
    )


def _reachable(contact: Contact) -> bool:
    return any(a.consent and a.verified and not a.disabled for a in contact.addresses)


@router.get("/partners/{number}")
def show(request: Request, visitor: InPartners, number: int) -> HTMLResponse:
    return contact_page(request, visitor, number)


@router.post("/partners/{number}/addresses", dependencies=[Genuine])
def reveal(request: Request, visitor: InPartners, number: int) -> HTMLResponse:
    """Show a contact's addresses. It is written into the record who looked, because looking is how lists leak."""
    desk = desk_of(request)
    with desk.app.store.write() as connection:
        if partners.get(connection, number) is None:
            raise Refusal(*NOT_FOUND)
        append(
            connection, at=desk.clock(), kind="contact.read", subject="partners",
            fields={"contact": number, "by": visitor.person.name},
        )  # fmt: skip
    return contact_page(request, visitor, number, open_addresses=True)


@router.post("/partners/{number}/channels", dependencies=[Genuine])
def channels(request: Request, visitor: InPartners, number: int, form: Form) -> Response:
    """Say by which channel a contact wishes to hear first."""
    desk = desk_of(request)
    try:
        order_channels(desk.app, number, one(form, "channels"), visitor.person.name, desk.clock())
    except ContactError as error:
        return contact_page(request, visitor, number, problem=" ".join(error.mistakes))
    return RedirectResponse(f"{desk.base}/partners/{number}", 303)


@router.post("/partners/{number}/stop/{channel}", dependencies=[Genuine])
def stop(request: Request, visitor: InPartners, number: int, channel: str, form: Form) -> Response:
    """Take consent back for somebody who said so by word of mouth."""
    desk = desk_of(request)
    why = one(form, "why")
    with desk.app.store.write() as connection:
        contact = partners.get(connection, number)
        if contact is None or channel not in {a.channel for a in contact.addresses}:
            raise Refusal(*NOT_FOUND)
        if why:
            revoke(connection, number, channel, f"told {visitor.person.name}"[:80], why, desk.clock())
    if not why:
        return contact_page(request, visitor, number, problem="Say how you learned it: it stays in the consent log.")
    return RedirectResponse(f"{desk.base}/partners/{number}", 303)


def contact_page(
    request: Request, visitor: Visitor, number: int, *, open_addresses: bool = False, problem: str = ""
) -> HTMLResponse:
    """The page of one contact. problem: why what was just asked for was not done."""
    with desk_of(request).app.store.read() as connection:
        contact = partners.get(connection, number)
        if contact is None:
            raise Refusal(*NOT_FOUND)
        mine: list[Delivery] = outbox.waiting_for(connection, number)
        return page(
            request,
            "contact.html",
            visitor,
            status=409 if problem else 200,
            room="partners",
            contact=contact,
            problem=problem,
            orders=list(permutations(a.channel for a in contact.addresses)),
            fallback_minutes=f"{desk_of(request).app.configuration.delivery.fallback_minutes:g}",
            open_addresses=open_addresses,
            masked=masked,
            asked=proofs.under_way(connection, number, desk_of(request).clock()),
            retention=desk_of(request).app.configuration.privacy.contact_days,
            consents=list(reversed(partners.consent_log(connection, number))),
            waiting=[(d, alerts.get(connection, d.alert)) for d in mine],
        )
