"""Twilio's JSON: a message, a page of messages, an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from tests.peers.twilio_ledger import Text

VERSION = "2010-04-01"


def rfc2822(seconds: float | None) -> str | None:
    return None if seconds is None else format_datetime(datetime.fromtimestamp(int(seconds), UTC))


def message(text: Text, account: str) -> dict[str, Any]:
    path = f"/{VERSION}/Accounts/{account}/Messages/{text.sid}"
    waiting = bool(text.service) and text.state == "accepted"
    return {
        "account_sid": account,
        "api_version": VERSION,
        "body": text.body,
        "date_created": rfc2822(text.created),
        "date_sent": rfc2822(text.sent),
        "date_updated": rfc2822(text.sent or text.created),
        "direction": text.direction,
        "error_code": text.code,
        "error_message": None,
        "from": None if waiting else text.sender,
        "messaging_service_sid": text.service or None,
        "num_media": "0",
        # Nobody has been chosen to send it yet, so nobody has counted.
        "num_segments": "0" if waiting else str(text.segments),
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.state,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": text.to,
        "uri": f"{path}.json",
    }


def page(texts: Iterable[Text], account: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Newest first. A DateSent filter hides what has not been sent yet, which has no such date."""
    kept = [text for text in texts if all(test(text) for test in _tests(query))]
    kept.sort(key=lambda text: text.created, reverse=True)
    size = min(max(int(query.get("PageSize", "50")), 1), 1000)
    number = int(query.get("Page", "0"))
    shown = kept[number * size : (number + 1) * size]
    filters = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}

    def uri(of: int) -> str:
        token = {"PageToken": f"PA{kept[of * size - 1].sid}"} if of else {}
        return f"/{VERSION}/Accounts/{account}/Messages.json?{urlencode({**filters, 'Page': str(of), **token})}"

    return {
        "messages": [message(text, account) for text in shown],
        "page": number,
        "page_size": size,
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "uri": uri(number) if number * size <= len(kept) else uri(0),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if (number + 1) * size < len(kept) else None,
        "previous_page_uri": uri(number - 1) if number else None,
    }


def error(status: int, code: int, words: str) -> dict[str, Any]:
    return {
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }


def _tests(query: Mapping[str, str]) -> list[Callable[[Text], bool]]:
    tests: list[Callable[[Text], bool]] = []
    if to := query.get("To"):
        tests.append(lambda text: text.to == to)
    if sender := query.get("From"):
        tests.append(lambda text: text.sender == sender)
    if on := query.get("DateSent"):
        tests.append(lambda text: text.sent is not None and _day(text.sent) == on[:10])
    if after := query.get("DateSent>"):
        tests.append(lambda text: text.sent is not None and _day(text.sent) >= after[:10])
    if before := query.get("DateSent<"):
        tests.append(lambda text: text.sent is not None and _day(text.sent) <= before[:10])
    return tests


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
