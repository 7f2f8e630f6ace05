"""The edition whose end date an alert's receivers go by. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.model.alert import AlertVersion, VersionState
from alerts.model.reason import Reason


def end_told(editions: Sequence[AlertVersion]) -> AlertVersion | None:
    """None while nobody was told an end date.

    News of a place goes only to those whom it concerns: the others still have the date from before. A renewal that
    staff refused counts as said, or it would be put before them again at every look.
    """
    told = [
        v
        for v in editions
        if v.expires_at is not None
        and (v.state is VersionState.ADDRESSED or (v.state is VersionState.REJECTED and v.reason is Reason.RENEWED))
    ]
    to_all = [v for v in told if v.change != "new_place" and v.reason is not Reason.CORRECTED]
    chosen = to_all or told[:1]
    return chosen[-1] if chosen else None
