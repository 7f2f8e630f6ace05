"""What a notice in prose says was found at a place, as evidence: a field report, which waits for a person."""

from __future__ import annotations

import hashlib

from alerts.app import App
from detectors.sample import Bulletin, Finding, Sample, SampleKind
from detectors.words.mention import Mention, Polarity
from detectors.words.mentions import read_mentions

METHOD = "notice in prose"
"""The method of such a finding: nobody measured anything here; somebody wrote that somebody did."""
NOWHERE = ("", "US")


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
            f"{report_prefix(bulletin)}{substance}|{place}", SampleKind.FIELD_REPORT,
            (Finding(substance, substance, METHOD),), bulletin.state, "", place, published=bulletin.published,
            methods=(METHOD,),
        )
        for substance, place in dict.fromkeys((m.substance, m.place) for m in said)
    ]  # fmt: skip


def report_prefix(bulletin: Bulletin) -> str:
    """How the keys of a bulletin's samples begin; addresses may be longer than a key."""
    return f"notice-{hashlib.blake2b(bulletin.key.encode(), digest_size=10).hexdigest()}|"
