"""A small JSON interface for staff's own tools, and its description. Strangers see neither."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.console.spoken import Spoken
from alerts.console.visitor import InAlerts
from alerts.model.alert import Alert, AlertState, AlertVersion
from alerts.store import alerts
from alerts.store.engine import Connection

router = APIRouter()


class Place(BaseModel):
    """Facts of one place within an alert. findings, tested: samples."""

    code: str
    name: str
    findings: int
    tested: int | None
    first: date | None
    last: date | None


class Edition(BaseModel):
    """One edition of an alert and where it stands."""

    version: int
    state: str
    reason: str
    level: str
    at: datetime
    confidence: str
    approved_at: datetime | None
    texts_sha256: str
    places: list[Place]


class Summary(BaseModel):
    """One alert as it stands now. substance: id; name: as people read it. region: FIPS code of the state."""

    number: str
    substance: str
    name: str
    region: str
    tested_kind: str
    state: str
    level: str
    threshold: str
    threshold_version: int
    opened_at: datetime
    updated_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_because: str
    version: int
    places: list[str]


class Whole(Summary):
    """An alert with the chain of its editions, first to last."""

    editions: list[Edition]


@router.get("/api/alerts", response_model=list[Summary], summary="All alerts, newest first")
def everything(request: Request, visitor: InAlerts, state: str = "") -> list[Summary]:
    """`state=open` or `state=ended` gives only those."""
    desk = desk_of(request)
    if state and state not in set(AlertState):
        raise Refusal(400, "There is no such state", f"“{state}” is neither open nor ended.")
    say = Spoken(desk.app, desk.clock())
    with desk.app.store.read() as connection:
        found = alerts.everything(connection, state=AlertState(state) if state else None)
    return [Summary(**_summary(alert, say)) for alert in found]


@router.get("/api/alerts/{number}", response_model=Whole, summary="One alert with its editions")
def one(request: Request, visitor: InAlerts, number: str) -> Whole:
    desk = desk_of(request)
    say = Spoken(desk.app, desk.clock())
    with desk.app.store.read() as connection:
        alert = alerts.by_number(connection, number)
        if alert is None:
            raise Refusal(*NOT_FOUND)
        return Whole(**_summary(alert, say), editions=_editions(connection, alert, say))


@router.get("/api/openapi.json", include_in_schema=False)
def described(request: Request, visitor: InAlerts) -> JSONResponse:
    return JSONResponse(_description(request))


@router.get("/api/docs", include_in_schema=False)
def docs(request: Request, visitor: InAlerts) -> HTMLResponse:
    """The description as a page of our own: the usual viewer would load its script from a third party."""
    description = _description(request)
    return page(
        request,
        "api.html",
        visitor,
        paths=description["paths"],
        schemas=description.get("components", {}).get("schemas", {}),
    )


def _description(request: Request) -> dict[str, Any]:
    whole: dict[str, Any] = request.app.openapi()
    kept = {path: entry for path, entry in whole["paths"].items() if path.startswith("/api/")}
    return whole | {"paths": kept}


def _summary(alert: Alert, say: Spoken) -> dict[str, Any]:
    return {
        "number": alert.number, "substance": alert.substance, "name": say.substance(alert.substance),
        "region": alert.region, "tested_kind": alert.kind, "state": str(alert.state), "level": str(alert.level),
        "threshold": alert.threshold,
        "threshold_version": alert.threshold_version, "opened_at": alert.opened_at, "updated_at": alert.updated_at,
        "expires_at": alert.expires_at, "ended_at": alert.ended_at, "ended_because": alert.ended_because,
        "version": alert.version, "places": list(alert.places),
    }  # fmt: skip


def _editions(connection: Connection, alert: Alert, say: Spoken) -> list[Edition]:
    return [_edition(version, say) for version in alerts.versions(connection, alert.id)]


def _edition(v: AlertVersion, say: Spoken) -> Edition:
    places = [
        Place(code=p.place, name=say.place(p.place), findings=p.findings, tested=p.tested, first=p.first, last=p.last)
        for p in v.places
    ]
    return Edition(
        version=v.version, state=str(v.state), reason=str(v.reason), level=str(v.level), at=v.at,
        confidence=v.confidence, approved_at=v.approved_at, texts_sha256=v.texts_sha256, places=places,
    )  # fmt: skip
