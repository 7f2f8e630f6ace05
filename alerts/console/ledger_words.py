"""What each kind of entry of the record means, for whoever reads it. The kind itself is what the hash covers."""

from __future__ import annotations

LEDGER_WORDS: dict[str, str] = {
    "alert.opened": "An alert was opened",
    "alert.updated": "An alert got a new edition",
    "alert.ended": "An alert ended",
    "alert.approved": "A person approved the texts",
    "alert.rejected": "A person refused the texts",
    "alert.looked_at": "A second person looked at what went out on one person's word",
    "alert.addressed": "The messages were written, one for each receiver",
    "alert.drained": "The last message of an edition was handed over",
    "alert.fallback": "The next channel was used",
    "channel.stopped": "A channel was stopped: its carrier refuses our account",
    "contact.changed": "A contact was changed",
    "contact.erased": "A contact was erased",
    "contact.left": "A contact left",
    "contact.read": "Somebody looked at a covered address",
    "contact.verified": "An address was proven",
    "contacts.exported": "The list of contacts was taken",
    "contacts.imported": "A list of contacts came in",
    "drill.begun": "An exercise began",
    "drill.ended": "An exercise ended",
    "duty.away": "Somebody on duty is away",
    "duty.off": "Somebody left the roster",
    "duty.set": "The duty roster was changed",
    "message.cared_for": "Somebody looks after a message that failed",
    "message.dismissed": "A message that failed was closed",
    "message.retried": "A message that failed was sent again",
    "name.added": "A name was added to the dictionary",
    "report.judged": "A report was read and judged",
    "review.asked": "A person was asked to review",
    "review.overdue": "A review was overdue",
    "silence.begun": "A silence began",
    "silence.ended": "A silence ended",
    "threshold.set": "A threshold was set",
}
"""Ledger kind → one short sentence. A kind that is not listed stands by its name alone."""
