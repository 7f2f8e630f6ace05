"""Somebody who had ended their messages wants them again."""

from __future__ import annotations

from datetime import datetime

from alerts.model.partner import Consent
from alerts.store import partners
from alerts.store.engine import Connection


def opt_in(
    connection: Connection, contact: int, channel: str, how: str, words: str, now: datetime, *, from_it: bool = False
) -> None:
    """Write their consent into the log.

    An address that the carrier had given up because of their STOP works again; so does any from which they wrote
    (from_it): without this a START would be answered with "you get alerts again", and none would ever come.
    """
    partners.add_consent(connection, Consent(contact, channel, True, how, words, now))
    if from_it or partners.is_disabled(connection, contact, channel).startswith(STOPPED):
        partners.disable(connection, contact, channel, "")


STOPPED = "21610"
"""The carrier's word for "has sent STOP": no fault of the address, and over with their START."""
