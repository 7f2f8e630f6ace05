"""The rows of one sample, gathered until it is complete, and what a second table knows of it."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Protocol

from detectors.feeds.cells import Found, Head
from detectors.feeds.layout import Layout, Pseudo
from detectors.sample import Sample


class Heads(Protocol):
    """Another table that knows more about a sample, by its key (the second file of a pair)."""

    def get(self, key: str, /) -> Head | None: ...


class Gathered:
    """A sample of which further rows may come."""

    __slots__ = ("found", "heads", "key", "line")

    def __init__(self, key: str, line: int) -> None:
        self.key = key
        self.line = line
        self.heads: list[Head] = []
        self.found: list[Found] = []

    def add(self, heads: list[Head], found: list[Found]) -> None:
        """Further rows."""
        self.heads += heads
        self.found += found

    def sample(self, layout: Layout, heads: Heads | None, tally: Counter[str]) -> Sample | None:
        """The whole sample; None for one that was not tested (yet), which must not be counted as negative.

        tally: counts for the notes on the document, added to here.
        """
        head, methods, findings = self.heads[0], self.found[0].methods, self.found[0].findings
        if len(self.found) > 1:
            findings = tuple(chain.from_iterable([found.findings for found in self.found]))
            if len({f.named_as for f in findings}) < len(findings):
                findings = tuple(dict.fromkeys(findings))
        untested = False
        for found in self.found:
            if found.pseudo or found.conflict:
                tally.update(found.pseudo)
                tally["conflict"] += found.conflict
                untested |= Pseudo.PENDING in found.pseudo or Pseudo.SPOILED in found.pseudo
            if found.methods != methods:
                methods = tuple(dict.fromkeys((*methods, *found.methods)))
        if untested and not findings:
            return None
        for other in self.heads:
            # Rows that say the same of the sample share one Head, so most of them cost one comparison.
            if other is not head and other is not self.heads[0]:
                if (other.county or head.county) != (head.county or other.county):
                    tally["places"] += 1
                head = merged(head, other)
        if heads is not None:
            beside = heads.get(self.key)
            if beside is None:
                tally["alone"] += 1
            else:
                head = merged(beside, head)
        if layout.methods:
            methods = (*methods, *(m for m in layout.methods if m not in methods))
        return Sample(
            key=self.key,
            kind=layout.kind,
            findings=findings,
            state=head.state,
            county=head.county,
            collected=head.collected,
            tested=head.tested,
            published=head.published,
            sold_as=head.sold_as,
            methods=methods,
            line=self.line,
        )


def merged(first: Head, other: Head) -> Head:
    """Two statements on one sample: what the first says holds, but a sample is known when its last result is."""
    return Head(
        collected=first.collected or other.collected,
        tested=max(filter(None, (first.tested, other.tested)), default=None),
        published=max(filter(None, (first.published, other.published)), default=None),
        state=first.state or other.state,
        county=first.county or other.county,
        sold_as=first.sold_as or other.sold_as,
    )
