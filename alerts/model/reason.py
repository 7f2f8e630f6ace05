"""Why something was decided: words that the log, the screens and the tests share."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The decision about one signal or one open alert, as a value that is logged and shown."""

    FIRST_SIGHTING = "first sighting"
    RETURNED = "returned"
    ABOVE_THRESHOLD = "above threshold"
    PANEL_CHANGE = "panel change"
    NEW_PLACE = "new place"
    ESCALATED = "escalated"
    CONFIRMED = "better confirmed"
    CORRECTED = "corrected"
    EXPIRED = "expired"
    ESTABLISHED = "established"
    ALL_CLEAR = "all clear"
    RENEWED = "renewed"
    STILL_OPEN = "still open"
    TOO_SOON = "too soon after the last update"
    COOLING = "cooling down"
    BELOW_THRESHOLD = "below threshold"
    SWITCHED_OFF = "threshold switched off"
    SILENCED = "silenced"
    REFUSED = "rejected at review"


NOTIFIES: frozenset[Reason] = frozenset(
    {
        Reason.FIRST_SIGHTING,
        Reason.RETURNED,
        Reason.ABOVE_THRESHOLD,
        Reason.PANEL_CHANGE,
        Reason.NEW_PLACE,
        Reason.ESCALATED,
        Reason.CONFIRMED,
        Reason.RENEWED,
        Reason.CORRECTED,
        Reason.EXPIRED,
        Reason.ESTABLISHED,
        Reason.ALL_CLEAR,
    }
)
"""Reasons that make a new version of an alert; the others are recorded and nobody is written to."""

ENDINGS: frozenset[Reason] = frozenset({Reason.EXPIRED, Reason.ESTABLISHED, Reason.CORRECTED, Reason.ALL_CLEAR})
"""Reasons that take back or end what was said: they go to exactly those who were told, and wait for no approver."""

SENTENCES: dict[Reason, str] = {
    Reason.FIRST_SIGHTING: "This substance had not been seen here before in the time that the threshold looks back.",
    Reason.RETURNED: "It is found again, after an earlier alert on it had run out without new findings.",
    Reason.PANEL_CHANGE: "The laboratory may have begun to look for it: perhaps nothing spread. A person decides.",
    Reason.ABOVE_THRESHOLD: "The number of findings went above what the threshold allows.",
    Reason.NEW_PLACE: "The open alert now covers a place that it did not cover before.",
    Reason.ESCALATED: "New evidence raises the level of the open alert.",
    Reason.CONFIRMED: "A laboratory confirmed what was known from a screening test or a report.",
    Reason.RENEWED: "Its end date has come and new findings came in, so it goes on with a new end date.",
    Reason.CORRECTED: "A finding on which the alert rested was withdrawn or changed by the laboratory.",
    Reason.EXPIRED: "No new finding came in before the alert's end date.",
    Reason.ESTABLISHED: "It is still found, but it is no longer new: the alert ends and the substance is watched on.",
    Reason.ALL_CLEAR: "Staff ended the alert.",
    Reason.STILL_OPEN: "The open alert already says this; nobody is written to again.",
    Reason.TOO_SOON: "The alert was updated a short while ago; this waits until the next update is allowed.",
    Reason.COOLING: "An alert of the same substance and place ended a short while ago.",
    Reason.BELOW_THRESHOLD: "The findings do not reach the threshold.",
    Reason.SWITCHED_OFF: "The threshold is switched off.",
    Reason.SILENCED: "Staff asked for silence on this; it is held and decided again when the silence ends.",
    Reason.REFUSED: "A person looked at the first edition and refused it; nobody was written to.",
}
