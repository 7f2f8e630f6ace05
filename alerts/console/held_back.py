"""What is held back from whom: the week's number, the night, and what was merged or overtaken while it waited."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.visitor import InPartners
from alerts.flow.duty.fatigue_report import LOOKS_BACK, fatigue_report
from alerts.store import alerts

router = APIRouter()


@router.get("/held-back")
def report(request: Request, visitor: InPartners) -> HTMLResponse:
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        found = fatigue_report(desk.app, connection, desk.clock())
        rows = [d for h in found for d in (*h.waiting, *(m for m, _ in h.merged), *h.withdrawn)]
        named = {d.alert: alerts.get(connection, d.alert) for d in rows if d.alert > 0}
    return page(
        request,
        "held_back.html",
        visitor,
        room="partners",
        found=found,
        named=named,
        texts=sum(len(h.waiting) for h in found),
        people=sum(bool(h.waiting) for h in found),
        days=LOOKS_BACK.days,
    )
