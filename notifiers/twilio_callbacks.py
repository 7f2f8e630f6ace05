"""What Twilio tells us by itself: how a text fares, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

# Our delivery id's name in the StatusCallback URL: it is the only thing of ours that Twilio carries back.
PARAMETER: Final = "delivery"


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """delivery_id: "" when the URL bore none. sid: "SM…", "MM…". state: see twilio_states. code: None without error."""

    delivery_id: str
    sid: str
    state: str
    code: int | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text from a person. opt_out: "STOP", "START" or "HELP" when Twilio has already acted on it, else ""."""

    sid: str
    sender: str
    to: str
    text: str
    opt_out: str = ""
    media: int = 0


def callback_url(base: str, delivery_id: str) -> str:
    """`base` with the delivery id in its query; a delivery id already there is replaced."""
    parts = urlsplit(base)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*query, (PARAMETER, delivery_id)])))


def parse_status(url: str, body: bytes) -> StatusCallback:
    """Status callback from the called URL and the raw form. ValueError, naming the field, when it is none."""
    form = _form(body)
    delivery = dict(parse_qsl(urlsplit(url).query)).get(PARAMETER, "")
    code = form.get("ErrorCode", "")
    if code and not code.isdecimal():
        raise ValueError(f"ErrorCode is {code!r}, not a number")
    return StatusCallback(
        delivery_id=delivery,
        sid=_required(form, "MessageSid", "SmsSid"),
        state=_required(form, "MessageStatus", "SmsStatus").lower(),
        # Twilio sends "0" for "no error" on some routes.
        code=int(code) or None if code else None,
        to=form.get("To", ""),
    )


def parse_inbound(body: bytes) -> Inbound:
    """Inbound message from the raw form. ValueError, naming the field, when it is none."""
    form = _form(body)
    media = form.get("NumMedia", "0")
    return Inbound(
        sid=_required(form, "MessageSid", "SmsSid"),
        sender=_required(form, "From"),
        to=_required(form, "To"),
        text=form.get("Body", ""),
        opt_out=form.get("OptOutType", "").upper(),
        media=int(media) if media.isdecimal() else 0,
    )


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200)
    except ValueError as unreadable:
        raise ValueError(f"body is no urlencoded form: {unreadable}") from unreadable
    return {name: values[0] for name, values in pairs.items()}


def _required(form: dict[str, str], *names: str) -> str:
    for name in names:
        if form.get(name):
            return form[name]
    raise ValueError(f"{names[0]} is missing")
