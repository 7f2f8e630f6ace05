"""Whether a request that says it comes from Twilio does."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]


class _Form(dict[str, list[str]]):
    """A form in which a name may come twice; the validator asks for all values of a name by this method."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def genuine(public_url: str, body: bytes, signature: str | None, tokens: Iterable[str]) -> bool:
    """Whether X-Twilio-Signature fits the request (twilio.com/docs/usage/security#validating-requests).

    public_url: the URL that Twilio called, query included, as the world sees it, not as a proxy passed it on.
    body: the raw urlencoded form. tokens: auth tokens now valid, two during a rotation. False for an unreadable form.
    """
    if not signature:
        return False
    try:
        form = _Form(parse_qs(body.decode("utf-8"), keep_blank_values=True))
    except ValueError:
        return False
    known = [token for token in tokens if token]
    signed = public_url + "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))
    given = signature.encode()
    if any(hmac.compare_digest(_signature(token, signed), given) for token in known):
        return True
    # Twilio names a port or leaves it out, and its own validator knows which variants count. After an alert thousands
    # of receipts come in the same minute, nearly all of them just as they were called: only the others go this long
    # way.
    return any(RequestValidator(token).validate(public_url, form, signature) for token in known)


def _signature(token: str, signed: str) -> bytes:
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1"))
