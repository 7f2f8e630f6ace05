"""A plan in parts: each is written to the outbox in a transaction that nobody else has to wait long for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from alerts.app import App
from alerts.flow.addressing.slip import Said, Slip
from alerts.model.alert import Alert, AlertVersion
from alerts.model.part import Line, Part, Words

MOST = 5000
"""Messages of a part: half a second of writing or so, on a disk that waits for each commit."""


def parts(
    app: App, alert: Alert, version: AlertVersion, slips: Sequence[Slip], approved: str, now: datetime
) -> Iterator[Part]:
    """Every message once, those who never heard from us first, and whatever one person gets in the same part.

    approved: the plan's hash, which all its messages are sealed with.
    """
    new = {s.contact for s in slips if s.fresh}
    some: list[Slip] = []
    for slip in sorted(slips, key=lambda s: s.contact not in new):
        if len(some) >= MOST and slip.contact != some[-1].contact:
            yield _part(app, alert, version, some, approved, now)
            some = []
        some.append(slip)
    if some:
        yield _part(app, alert, version, some, approved, now)


def _part(app: App, alert: Alert, version: AlertVersion, slips: Iterable[Slip], approved: str, now: datetime) -> Part:
    texts: dict[int, tuple[int, Words]] = {}
    hours: dict[datetime, int] = {}
    lines = []
    for s in slips:
        if id(s.said) not in texts:
            texts[id(s.said)] = (len(texts), _words(s.said))
        lines.append(
            Line(
                s.contact, s.channel, s.address, texts[id(s.said)][0], s.link if s.said.letter else "",
                hours.setdefault(s.due, len(hours)), s.why, s.fresh, s.turn,
            )
        )  # fmt: skip
    return Part(
        alert.id, version.version, str(version.level), approved, now, app.configuration.delivery.valid_hours,
        tuple(words for _, words in texts.values()), tuple(hours), tuple(lines),
    )  # fmt: skip


def _words(said: Said) -> Words:
    text = said.text
    own = ("", "", "") if said.letter else (text.subject, text.text, text.html)
    return Words(said.front, said.kind, text.language, *own, segments=said.segments, letter=said.letter_id)
