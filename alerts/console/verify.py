"""The link that proves an inbox: a button, because mail programs open links by themselves."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.flow.partners.prove import prove_by_link

router = APIRouter()


@router.get("/verify/{link}", include_in_schema=False)
def ask(request: Request, link: str, lang: str = "") -> HTMLResponse:
    """Says nothing of whose link it is, or whether it still works: whoever guesses learns nothing."""
    language = lang if lang in ("en", "es") else "en"
    return page(request, "verify.html", step="ask", link=link, language=language, front="")


@router.post("/verify/{link}", include_in_schema=False)
def prove(request: Request, link: str) -> HTMLResponse:
    """The address is proven and its messages begin. Works once."""
    desk = desk_of(request)
    contact = prove_by_link(desk.app, link, desk.clock())
    if contact is None:
        raise Refusal(*NOT_FOUND)
    language = contact.language if contact.language in ("en", "es") else "en"
    return page(request, "verify.html", step="done", link=link, language=language, front=contact.partner.front)
