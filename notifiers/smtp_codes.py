"""Which refusal of a mail server is about whom: RFC 5321 §4.2 reply codes and RFC 3463 enhanced status codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from notifiers.message import Scope


class Stage(StrEnum):
    """Where in the conversation a refusal came."""

    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"


# Longest prefix wins. Policy ("5.7") may mean the recipient, the sender or the words: staff look.
ENHANCED: Final[Mapping[str, Scope]] = {
    "5.1": Scope.RECIPIENT,  # address
    "5.1.7": Scope.ACCOUNT,  # sender's address is malformed
    "5.1.8": Scope.ACCOUNT,  # sender's domain does not exist
    "5.2": Scope.RECIPIENT,  # mailbox
    "5.2.2": Scope.TEMPORARY,  # mailbox full: people empty them
    "5.2.3": Scope.MESSAGE,  # too long for this mailbox
    "5.3": Scope.MESSAGE,  # mail system
    "5.4": Scope.RECIPIENT,  # no route to the domain
    "5.5": Scope.MESSAGE,  # protocol
    "5.6": Scope.MESSAGE,  # content
    "5.7": Scope.MESSAGE,  # policy
    "5.7.0": Scope.ACCOUNT,  # authentication wanted
    "5.7.8": Scope.ACCOUNT,  # wrong credentials
    "5.7.9": Scope.ACCOUNT,  # mechanism too weak
    "5.7.20": Scope.ACCOUNT,  # no passing DKIM signature
    "5.7.23": Scope.ACCOUNT,  # SPF fails
    "5.7.25": Scope.ACCOUNT,  # reverse DNS fails
    "5.7.26": Scope.ACCOUNT,  # several authentication checks fail
}
# Codes about the account wherever they come: authentication wanted, too weak, wrong, or TLS wanted for it.
ACCOUNT_REPLIES: Final = frozenset({530, 534, 535, 538})
BY_STAGE: Final[Mapping[Stage, Scope]] = {
    Stage.LOGIN: Scope.ACCOUNT,
    Stage.SENDER: Scope.ACCOUNT,
    Stage.RECIPIENT: Scope.RECIPIENT,
    Stage.DATA: Scope.MESSAGE,
}
STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def scope_of_status(status: str) -> Scope | None:
    """Scope of an enhanced status code ("5.1.1"); None for one that decides nothing ("5.0.0")."""
    if status.startswith("4."):
        return Scope.TEMPORARY
    parts = status.split(".")
    return ENHANCED.get(status) or ENHANCED.get(".".join(parts[:2]))


def scope_of_reply(reply: int, words: str, stage: Stage) -> Scope:
    """Scope of a 4xx or 5xx reply at a stage. `words` may begin with an enhanced status, which then decides a 5xx."""
    if reply < 500:
        return Scope.TEMPORARY
    if reply in ACCOUNT_REPLIES:
        return Scope.ACCOUNT
    status = STATUS.match(words)
    # A sender refused is the account's matter even when the server borrows a recipient's code for it.
    by_status = scope_of_status(status[1]) if status and stage in (Stage.RECIPIENT, Stage.DATA) else None
    return by_status or BY_STAGE[stage]
