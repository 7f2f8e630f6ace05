"""Every kind of message there is: which layers it has, what it must say, how long a text may be. One table."""

from __future__ import annotations

from dataclasses import dataclass

CHANNELS = ("sms", "email", "flyer", "page")

ELEMENTS = ("front", "substance", "place", "action", "confidence", "sampled", "alert_date", "expires", "link")
"""What a message about an alert must hold, in the order of warning research.

Source, hazard, place, what to do, when, link.
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message.

    name: also the template's file or folder. channels: layers it comes in. must: elements that the linter looks for.
    segments: most segments of a text. family: "alert" (made from AlertContent), "person" or "staff".
    full: it shows evidence and advice. ends: it ends an alert, so it must not promise an end date.
    """

    name: str
    channels: tuple[str, ...]
    must: tuple[str, ...]
    segments: int
    family: str = "alert"
    full: bool = False
    ends: bool = False


_ALERT = ELEMENTS
_NOTICE = ("front", "substance", "place", "alert_date", "link")
_PERSON = ("front",)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("first_sighting", CHANNELS, _ALERT, 3, full=True),
        Kind("detected", CHANNELS, _ALERT, 3, full=True),
        Kind("rise", CHANNELS, _ALERT, 3, full=True),
        Kind("spread", CHANNELS, _ALERT, 3, full=True),
        Kind("returned", CHANNELS, _ALERT, 3, full=True),
        Kind("bulletin", CHANNELS, tuple(e for e in _ALERT if e not in ("sampled", "confidence")), 3, full=True),
        Kind("field_report", CHANNELS, _ALERT, 3, full=True),
        Kind("update", CHANNELS, _ALERT, 3, full=True),
        Kind("exercise", CHANNELS, _NOTICE, 3),
        Kind("correction", CHANNELS, _NOTICE, 3),
        Kind("all_clear", CHANNELS, _NOTICE, 3, ends=True),
        Kind("expiry", CHANNELS, _NOTICE, 3, ends=True),
        Kind("verification", ("sms", "email"), _PERSON, 1, "person"),
        Kind("welcome", ("sms", "email"), _PERSON, 2, "person"),
        Kind("stop_confirmation", ("sms", "email"), _PERSON, 1, "person"),
        Kind("start_confirmation", ("sms", "email"), _PERSON, 2, "person"),
        Kind("help", ("sms", "email"), _PERSON, 2, "person"),
        Kind("answer", ("sms", "email"), _PERSON, 2, "person"),
        Kind("why", ("sms", "email"), _PERSON, 3, "person"),
        Kind("waiting", ("sms", "email"), _PERSON, 3, "person"),
        Kind("digest", ("email",), _PERSON, 0, "person"),
        Kind("sign_in", ("email",), (), 0, "staff"),
        Kind("late_feed", ("sms", "email"), (), 2, "staff"),
        Kind("feed_back", ("sms", "email"), (), 2, "staff"),
        Kind("failed_approval", ("sms", "email"), (), 2, "staff"),
        Kind("dead_letters", ("sms", "email"), (), 2, "staff"),
        Kind("stopped_carrier", ("sms", "email"), (), 2, "staff"),
        Kind("look_back_due", ("sms", "email"), (), 2, "staff"),
        Kind("checkpoint", ("email",), (), 0, "staff"),
        Kind("unread_mailbox", ("sms", "email"), (), 2, "staff"),
        Kind("review_needed", ("sms", "email"), (), 2, "staff"),
    )
}
"""Kinds by name. "detected" is a finding that is neither new nor more than before, on a list that staff watch."""
