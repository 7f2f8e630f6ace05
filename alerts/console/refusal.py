"""Why a request is not carried out, in words for the person who made it."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 -- an answer to a person, not a fault of the program
    """status: HTTP status. title and sentence are shown as they are; mend says what the person can do."""

    def __init__(self, status: int, title: str, sentence: str, mend: str = "") -> None:
        super().__init__(f"{status} {title}: {sentence}")
        self.status = status
        self.title = title
        self.sentence = sentence
        self.mend = mend


NOT_SIGNED_IN = (
    401,
    "You are not signed in",
    "This part of Supplywatch is for the programme's staff and for public-safety reviewers.",
    "Ask whoever runs this system for a sign-in link. Each link works once.",
)
NOT_YOUR_ROOM = (
    403,
    "This room is for programme staff",
    (
        "You are signed in as a public-safety reviewer, and reviewers read the log and nothing else. "
        "That is what was promised to the people whose samples were tested."
    ),
    "The log shows every alert, the rule behind it, when it was approved, and lets you prove that nothing was altered.",
)
STALE_FORM = (
    403,
    "This form is too old",
    "It was not made for your present visit, so nothing was done.",
    "Go back, load the page again, and send it once more.",
)
NOT_FOUND = (404, "There is nothing here", "This address does not exist, or what it showed is not public.", "")
TOO_LARGE = (413, "This is too much", "The form is larger than anything this page can send.", "")
