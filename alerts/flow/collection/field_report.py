"""What a notice in prose says, as evidence: a field report where it says that something was found at a place, which
waits for a person; and for every substance the words themselves, which no method takes for a test."""

from __future__ import annotations

import hashlib

from alerts.app import App
from detectors.methods.mention import RANK, WAY
from detectors.sample import Bulletin, Finding, Sample, SampleKind
from detectors.words.mention import Mention, Polarity, Statement
from detectors.words.mentions import read_mentions

METHOD = "notice in prose"
"""The method of such a finding: nobody measured anything here; somebody wrote that somebody did."""
NOWHERE = ("", "US")
PREFIX = "notice-"
"""How the key of every such sample begins."""


def said_in(app: App, bulletin: Bulletin) -> tuple[Mention, ...]:
    """What a bulletin says of substances. Without a state of its own (national news) no place in it is resolved."""
    text = f"{bulletin.title}\n{bulletin.text}"
    return read_mentions(text, app.lexicon, app.gazetteer, bulletin.state, bulletin.published)


def field_reports(bulletin: Bulletin, told: tuple[Mention, ...]) -> list[Sample]:
    """One sample for each substance and place that the bulletin itself says was detected there.

    Not for suspicion, general information, history or the absence of a substance, and never for a place that the
    notice does not name: a county's page that passes on the nation's news would put the nation's drugs in the county.
    """
    if not bulletin.state:
        return []
    said = [m for m in told if m.polarity is Polarity.DETECTED and m.place not in NOWHERE]
    return [
        Sample(
            f"{report_prefix(bulletin.key)}{substance}|{place}", SampleKind.FIELD_REPORT,
            (Finding(substance, substance, METHOD),), bulletin.state, "", place, published=bulletin.published,
            methods=(METHOD,),
        )
        for substance, place in dict.fromkeys((m.substance, m.place) for m in said)
    ]  # fmt: skip


SPOKEN: frozenset[Polarity] = frozenset({Polarity.DETECTED, Polarity.SUSPECTED, Polarity.GENERAL})
"""What makes a notice one that speaks of a substance; that it was not found, or was years ago, is no such news."""


def notices(bulletin: Bulletin, told: tuple[Mention, ...]) -> list[Sample]:
    """One row for each substance and place of which a bulletin speaks, with the most that it says of it there.

    A statement that names no place gets "US": whoever published it may speak of anywhere. The day of publication
    stands as that of the test, so that what is read late is known to be old.
    """
    most: dict[tuple[str, str], Statement] = {}
    for m in told:
        place = m.place or "US"
        before = most.get((m.substance, place))
        if m.polarity in SPOKEN and (before is None or RANK[m.statement] > RANK[before]):
            most[m.substance, place] = m.statement
    return [
        Sample(
            f"{report_prefix(bulletin.key)}{substance}|{place}|{statement}", SampleKind.NOTICE,
            (Finding(substance, substance, WAY + statement),), bulletin.state, "", place, tested=bulletin.published,
            published=bulletin.published, methods=(WAY + statement,),
        )
        for (substance, place), statement in most.items()
    ]  # fmt: skip


def report_prefix(key: str) -> str:
    """How the keys of a bulletin's samples begin (key: the bulletin's own); addresses may be longer than a key."""
    return f"{PREFIX}{hashlib.blake2b(key[:400].encode(), digest_size=10).hexdigest()}|"
