"""Reports of what people saw: a person says what each is worth."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.posted import Form, one
from alerts.console.visitor import Genuine, InAlerts, Visitor
from alerts.flow.inbound.judge_report import JudgeError, judge_report
from alerts.model.report import Verdict
from alerts.store import reports, thresholds
from detectors.sample import SampleKind

router = APIRouter(include_in_schema=False)


@router.get("/reports")
def overview(request: Request, visitor: InAlerts) -> HTMLResponse:
    return _page(request, visitor)


@router.post("/reports/{number}/{verdict}", dependencies=[Genuine])
def judge(request: Request, visitor: InAlerts, number: int, verdict: str, form: Form) -> Response:
    desk = desk_of(request)
    meant = Verdict.BELIEVED if verdict == "believe" else Verdict.SET_ASIDE
    try:
        judge_report(desk.app, number, meant, visitor.person.name, one(form, "why"), desk.clock())
    except JudgeError as error:
        return _page(request, visitor, str(error))
    return RedirectResponse(f"{desk.base}/reports", 303)


def _page(request: Request, visitor: Visitor, problem: str = "") -> HTMLResponse:
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        asking = [t.name for t in thresholds.current(connection) if t.enabled and SampleKind.FIELD_REPORT in t.kinds]
        return page(
            request, "reports.html", visitor, status=409 if problem else 200, room="reports", problem=problem,
            waiting=reports.waiting(connection), judged=reports.judged(connection), asking=asking,
            form_open=desk.app.configuration.delivery.web_reports, form_url=f"{desk.public_url}/report",
            days=desk.app.configuration.delivery.inbound_days,
        )  # fmt: skip
