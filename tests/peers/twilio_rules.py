"""What Twilio refuses at once: missing fields, its test credentials' magic numbers, and numbers that opted out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

E164 = re.compile(r"\+[1-9]\d{6,14}")
# twilio.com/docs/iam/test-credentials
MAGIC_FROM = {
    "+15005550001": (21212, "The 'From' number is not a valid phone number"),
    "+15005550007": (21606, "The 'From' number is not a Twilio number of this account"),
    "+15005550008": (21611, "The 'From' number's queue is full"),
}
MAGIC_TO = {
    "+15005550001": (21211, "The 'To' number is not a valid phone number"),
    "+15005550002": (21612, "The 'To' number cannot be reached from this 'From' number"),
    "+15005550003": (21408, "Permission to send to this region has not been enabled"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}


def refusal(form: Mapping[str, str], senders: Collection[str], opted_out: Collection[str]) -> tuple[int, str] | None:
    """Error code and words for a create that Twilio would answer with 400; None for one that it takes."""
    to, sender = form.get("To", ""), form.get("From", "")
    if not form.get("Body"):
        return 21602, "Message body is required"
    if len(form["Body"]) > 1600:
        return 21617, "The concatenated message body exceeds the 1600 character limit"
    if not sender and not form.get("MessagingServiceSid"):
        return 21603, "A 'From' phone number is required"
    if sender in MAGIC_FROM:
        return MAGIC_FROM[sender]
    if sender and sender not in senders:
        return MAGIC_FROM["+15005550007"]
    if to in MAGIC_TO:
        return MAGIC_TO[to]
    if E164.fullmatch(to) is None:
        return MAGIC_TO["+15005550001"]
    if to in opted_out:
        return MAGIC_TO["+15005550004"]
    return None
