"""Names and places that no dictionary has yet, and the forms by which staff teach it. A new drug first appears here."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.posted import Fields, Form, one
from alerts.console.visitor import Genuine, InNames, Visitor
from alerts.flow.collection.name_substance import name_substance
from alerts.store import names as added_names
from alerts.store import side_evidence

router = APIRouter()

_MOST = 500


@router.get("/names")
def names(request: Request, visitor: InNames, text: str = "", means: str = "") -> HTMLResponse:
    """text, means: what a link in the list below fills the form with."""
    return _page(request, visitor, given={"text": text, "means": means})


@router.post("/names/resolve", dependencies=[Genuine])
def resolve(request: Request, visitor: InNames, form: Form) -> Response:
    desk = desk_of(request)
    means = one(form, "means")
    if means not in desk.app.lexicon:
        problem = f"The dictionary has no “{means}”. Choose one of its ids, or add it as a new substance below."
        return _page(request, visitor, problem, form)
    return _teach(request, visitor, form, means, synonyms=[one(form, "text")])


@router.post("/names/add", dependencies=[Genuine])
def add(request: Request, visitor: InNames, form: Form) -> Response:
    substance = one(form, "substance")
    if substance in desk_of(request).app.lexicon:
        problem = f"“{substance}” is known already. Say above that the printed name means it."
        return _page(request, visitor, problem, form)
    spellings = [text for text in one(form, "spellings").splitlines() if text.strip()]
    return _teach(
        request, visitor, form, substance, synonyms=spellings, english=one(form, "english"),
        spanish=one(form, "spanish"), category=one(form, "category"), parent=one(form, "parent"),
    )  # fmt: skip


def _teach(
    request: Request,
    visitor: Visitor,
    form: Fields,
    substance: str,
    synonyms: Sequence[str],
    english: str = "",
    spanish: str = "",
    category: str = "",
    parent: str = "",
) -> Response:
    desk = desk_of(request)
    try:
        taught = name_substance(
            desk.app, substance, synonyms=synonyms, english=english, spanish=spanish, category=category, parent=parent,
            by=visitor.person, why=one(form, "why"), now=desk.clock(),
        )  # fmt: skip
    except ValueError as error:
        problem = str(error)
        return _page(request, visitor, f"{problem[:1].upper()}{problem[1:]}.", form)
    return RedirectResponse(f"{desk.base}/names?told={taught.samples}", 303)


def _page(
    request: Request,
    visitor: Visitor,
    problem: str = "",
    form: Fields | None = None,
    given: dict[str, str] | None = None,
) -> HTMLResponse:
    """form: what was posted and refused, which is shown again."""
    desk = desk_of(request)
    lexicon = desk.app.lexicon
    with desk.app.store.read() as connection:
        unknown = side_evidence.unrecognised_names(connection, _MOST)
        sentence = side_evidence.unrecognised_sentence(connection, desk.clock())
        taught = added_names.everything(connection)
    told = request.query_params.get("told", "")
    return page(
        request,
        "names.html",
        visitor,
        status=409 if problem else 200,
        room="names",
        problem=problem,
        told=int(told) if told.isdecimal() and len(told) < 9 else None,
        sentence=sentence,
        unknown=unknown,
        whats=list(dict.fromkeys(u.what for u in unknown)),
        taught=list(reversed(taught)),
        given={k: v[0] for k, v in form.items()} if form else given or {},
        known=sorted((entry.id, entry.display()) for entry in lexicon.substances.values()),
        categories=sorted(lexicon.categories),
        most=_MOST,
    )
