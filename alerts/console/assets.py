"""The style sheet and the mark. They hold nothing about anybody, so they alone may stay in a browser."""

from __future__ import annotations

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope


class Assets(StaticFiles):
    """Files of static/. The address of the style sheet changes with its content (`Desk.style`)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code in (200, 304):
            answer.headers["Cache-Control"] = "public, max-age=86400"
        return answer
