"""Thresholds: what they ask, every edition with its reason, and the form that makes the next one."""

from __future__ import annotations

import csv

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.changes import CLOCKS, changes_of, differences
from alerts.console.desk import Desk, desk_of
from alerts.console.page import page
from alerts.console.posted import Fields, Form, one
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.visitor import Genuine, InThresholds, Visitor
from alerts.flow.history.marked_events import marked_events
from alerts.flow.thresholds.set_threshold import BOUNDS, SCOPES, changed, set_threshold
from alerts.flow.thresholds.try_threshold import MONTHS, Trial, curve_of, try_threshold
from alerts.model.level import Level
from alerts.model.seen_by_people import SeenByPeople
from alerts.model.threshold import Release, Threshold
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
    method = desk.app.methods[current.method]
    try:
        wanted = changes_of(form, method, current)
        if one(form, "do") == "try":
            return _page(
                request, visitor, name, form=form, trial=_trial(desk, changed(desk.app, current, wanted), form)
            )
        set_threshold(desk.app, name, wanted, visitor.person, one(form, "why"), desk.clock())
    except ValueError as error:
        return _page(request, visitor, name, str(error), form)
    return RedirectResponse(f"{desk.base}/thresholds/{name}", 303)


def _trial(desk: Desk, edition: Threshold, form: Fields) -> Trial:
    """What the posted edition would have done. Raises ValueError in the words of the person who asks."""
    months = int(one(form, "months")) if one(form, "months") in map(str, MONTHS) else MONTHS[0]
    curve = curve_of(desk.app.methods[edition.method], one(form, "curve"), one(form, "values"))
    try:
        events = marked_events(desk.app, one(form, "events"))
    except (ValueError, csv.Error) as error:
        raise ValueError(f"What happened, {error}") from None
    return try_threshold(desk.app, edition, desk.clock(), months=months, events=events, curve=curve)


def _page(
    request: Request,
    visitor: Visitor,
    name: str,
    problem: str = "",
    form: Fields | None = None,
    trial: Trial | None = None,
) -> HTMLResponse:
    """form: what was posted and refused or tried, which is shown again so that nobody writes their reason twice."""
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
        trial=trial,
        months=MONTHS,
    )
