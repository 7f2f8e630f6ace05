"""Thresholds: what they ask, every edition with its reason, and the form that makes the next one."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.changes import CLOCKS, changes_of, differences
from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.posted import Fields, Form, one
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.visitor import Genuine, InThresholds, Visitor
from alerts.flow.set_threshold import BOUNDS, SCOPES, set_threshold
from alerts.model.level import Level
from alerts.model.seen_by_people import SeenByPeople
from alerts.model.threshold import Release
from alerts.store import inbound, thresholds
from detectors.registry import completed
from detectors.sample import SampleKind

router = APIRouter()


@router.get("/thresholds")
def overview(request: Request, visitor: InThresholds) -> HTMLResponse:
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        found = thresholds.current(connection)
        votes = inbound.votes_by_threshold(connection)
    people = {t.name: SeenByPeople.of(votes.get(t.name, {})) for t in found}
    return page(
        request, "thresholds.html", visitor, room="thresholds", found=found, methods=desk.app.methods, people=people
    )


@router.get("/thresholds/{name}")
def show(request: Request, visitor: InThresholds, name: str) -> HTMLResponse:
    return _page(request, visitor, name)


@router.post("/thresholds/{name}", dependencies=[Genuine])
def change(request: Request, visitor: InThresholds, name: str, form: Form) -> Response:
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        current = next(iter(thresholds.editions(connection, name)), None)
    if current is None:
        raise Refusal(*NOT_FOUND)
    if one(form, "version") != str(current.version):
        problem = (
            f"Somebody made edition {current.version} while you were writing. Nothing was changed; look at it first."
        )
        return _page(request, visitor, name, problem, form)
    try:
        wanted = changes_of(form, desk.app.methods[current.method], current)
        set_threshold(desk.app, name, wanted, visitor.person, one(form, "why"), desk.clock())
    except ValueError as error:
        return _page(request, visitor, name, str(error), form)
    return RedirectResponse(f"{desk.base}/thresholds/{name}", 303)


def _page(request: Request, visitor: Visitor, name: str, problem: str = "", form: Fields | None = None) -> HTMLResponse:
    """form: what was posted and refused, which is shown again so that nobody writes their reason twice."""
    desk = desk_of(request)
    with desk.app.store.read() as connection:
        editions = thresholds.editions(connection, name)
        people = SeenByPeople.of(inbound.votes(connection, threshold=name))
    if not editions:
        raise Refusal(*NOT_FOUND)
    current = editions[0]
    method = desk.app.methods.get(current.method)
    pairs = zip(editions, [*editions[1:], None], strict=True)
    return page(
        request,
        "threshold.html",
        visitor,
        status=409 if problem else 200,
        room="thresholds",
        problem=problem,
        why=one(form, "why") if form else "",
        threshold=current,
        people=people,
        method=method,
        parameters=completed(method, current.parameters) if method else dict(current.parameters),
        given={k: v[0] for k, v in form.items()} if form else {},
        given_kinds=form.get("kinds", []) if form else list(current.kinds),
        editions=[(edition, differences(before, edition)) for edition, before in pairs],
        levels=list(Level),
        releases=list(Release),
        scopes=SCOPES,
        kinds=list(SampleKind),
        clocks=CLOCKS,
        bounds=BOUNDS,
    )
