"""How each state is coloured. The word itself always stands beside it; a state that is not listed stays grey."""

from __future__ import annotations

from alerts.model.alert import VersionState
from alerts.model.delivery import DeliveryState
from alerts.model.feed_state import FeedCondition

GOOD, WAIT, BAD, OFF = "good", "wait", "bad", "off"

TONES: dict[str, str] = {
    DeliveryState.QUEUED: WAIT,
    DeliveryState.SENDING: WAIT,
    DeliveryState.ACCEPTED: GOOD,
    DeliveryState.DELIVERED: GOOD,
    DeliveryState.FAILED: BAD,
    DeliveryState.STANDBY: OFF,
    DeliveryState.CANCELLED: OFF,
    VersionState.HELD: WAIT,
    VersionState.APPROVED: GOOD,
    VersionState.ADDRESSED: GOOD,
    VersionState.REJECTED: OFF,
    VersionState.SUPERSEDED: OFF,
    FeedCondition.NEVER: WAIT,
    FeedCondition.FRESH: GOOD,
    FeedCondition.UNCHANGED: GOOD,
    FeedCondition.EMPTY: WAIT,
    FeedCondition.LATE: WAIT,
    FeedCondition.SILENT: BAD,
    FeedCondition.BROKEN: BAD,
    FeedCondition.REFUSED: BAD,
}
CALLED: dict[str, str] = {VersionState.ADDRESSED: "sent out", VersionState.HELD: "waits for review"}
"""States that staff call otherwise than the flow does."""
