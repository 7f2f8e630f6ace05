"""Reading a form that brings a file: bounded in size before any part of it is looked at."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from alerts.console.refusal import Refusal

MOST_BYTES = 2 * 1024 * 1024
"""Ten thousand contacts are about one megabyte."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """fields: the form's own fields. name, body: of the file; "" and nothing when none was chosen."""

    fields: Mapping[str, str]
    name: str = ""
    body: bytes = b""


async def upload_of(request: Request) -> Uploaded:
    """The fields and the one file of a multipart form. Raises Refusal when it is none, or larger than `MOST_BYTES`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise Refusal(
                413, "This file is too large", f"It has more than {MOST_BYTES // 1024 // 1024} MB.",
                "Split it, or use the command: supplywatch partners import FILE.",
            )  # fmt: skip

    async def whole() -> AsyncGenerator[bytes, None]:
        yield bytes(body)

    try:
        parser = MultiPartParser(request.headers, whole(), max_files=1, max_fields=20, max_part_size=MOST_BYTES)
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise Refusal(400, "This form cannot be read", "It is not a web form that brings a file.") from None
    fields, name, content = {}, "", b""
    for key, value in form.multi_items():
        if isinstance(value, UploadFile):
            name, content = value.filename or "", await value.read()
        else:
            fields[key] = value
    await form.close()
    return Uploaded(fields, name, content)


Upload = Annotated[Uploaded, Depends(upload_of)]
