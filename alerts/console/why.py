""" "Why did I get this?": answered to whoever holds the link of an email."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from alerts.console.desk import desk_of
from alerts.console.page import page
from alerts.console.refusal import NOT_FOUND, Refusal
from alerts.flow.addressing.links import unsubscribe_target
from alerts.flow.inbound.answers import told
from alerts.flow.scope.place_names import place_names
from alerts.store import alerts, partners
from alerts.wording.place_name import place_words
from alerts.wording.variables import substance_words
from alerts.wording.words import words

router = APIRouter()

_LAST = 5


@router.get("/unsubscribe/{link}/why", include_in_schema=False)
def why(request: Request, link: str) -> HTMLResponse:
    """What was asked for, since when and how it was agreed. No address and no name: emails are passed on."""
    desk = desk_of(request)
    target = unsubscribe_target(desk.app.key, link)
    with desk.app.store.read() as connection:
        contact = partners.get(connection, target[0]) if target else None
        if target is None or contact is None or not contact.addresses:
            raise Refusal(*NOT_FOUND)
        log = [c for c in partners.consent_log(connection, contact.id) if c.channel == target[1]]
        last = list(dict.fromkeys(number for number, _ in told(connection, contact.id, target[1])))[:_LAST]
        got = [a for a in (alerts.get(connection, number) for number in last) if a is not None]
    given = next((c for c in log if c.given and c.how != "verified"), None)
    language = contact.language if contact.language in ("en", "es") else "en"
    spoken = words(desk.app.shelf, language)
    lexicon = desk.app.lexicon.substances
    return page(
        request,
        "why.html",
        language=language,
        front=contact.partner.front,
        how=given.how if given else "",
        since=spoken.day(given.at.astimezone(desk.app.configuration.programme.zone).date()) if given else "",
        on=bool(log) and log[-1].given,
        places=spoken.listed(tuple(place_words(place, spoken) for place in place_names(desk.app, contact.places))),
        substances=spoken.listed(
            tuple(substance_words(lexicon[s].display("en"), spoken) for s in contact.substances if s in lexicon)
        ),
        level=spoken.levels[str(contact.least)],
        got=[(a.number, substance_words(lexicon[a.substance].display("en"), spoken)) for a in got],
        stop=link,
    )
