"""Reading what was posted: bounded in size, as text, before any room sees it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from alerts.console.refusal import TOO_LARGE, Refusal

MOST_BYTES = 64 * 1024
"""No form here comes near this; a carrier's callback is about a kilobyte."""

Fields = dict[str, list[str]]


async def raw_body(request: Request) -> bytes:
    """The body, read only as far as it may be long: a length that the sender states is not believed."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Refusal(*TOO_LARGE)
    return bytes(body)


def fields(body: Annotated[bytes, Depends(raw_body)]) -> Fields:
    """Name → values of an urlencoded form. Raises Refusal when it is none."""
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise Refusal(400, "This form cannot be read", "It is not an ordinary web form.") from None


Body = Annotated[bytes, Depends(raw_body)]
Form = Annotated[Fields, Depends(fields)]


def one(form: Fields, name: str) -> str:
    """The first value of a field, without white space around it; "" when it is missing."""
    return form.get(name, [""])[0].strip()
