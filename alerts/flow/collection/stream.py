"""A document on its way through: samples pass, everything else is gathered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from alerts.app import App
from alerts.config.feed import Feed
from detectors.batch import Batch
from detectors.sample import Quarantined, Reading
from detectors.words.naming import NamedReading, Namer

ASIDE = 1_000
"""Rows of one document that are kept when they were put aside; a file that is all wrong is told by fewer."""

Progress = Callable[[int], None]


class Stream:
    """What a reader gives of one document.

    last: everything beside samples, once they have passed. aside, bad: the first rows that were put aside, and how many
    there were. count: samples so far.
    """

    def __init__(
        self, app: App, feed: Feed, read: Iterator[Batch | Quarantined | Reading], progress: Progress | None
    ) -> None:
        self.last = Reading()
        self.namer = Namer(app.lexicon, app.gazetteer)
        self.aside: list[Quarantined] = []
        self.bad = 0
        self.count = 0
        own = app.configuration.programme.state
        place = app.gazetteer.resolve(feed.state or own, feed.county)
        self._home = place or app.gazetteer.resolve(own) or "US"
        self._read, self._progress = read, progress

    def batches(self) -> Iterator[Batch]:
        """The samples as they were read."""
        for item in self._read:
            if isinstance(item, Batch):
                self.count += len(item)
                if self._progress is not None:
                    self._progress(self.count)
                yield item
            elif isinstance(item, Quarantined):
                self.bad += 1
                if len(self.aside) < ASIDE:
                    self.aside.append(item)
            else:
                self.last = item

    def named(self, batch: Batch) -> Batch:
        """The samples of a batch, named and placed. One whose place is not known belongs to its feed's state: it must
        not fall between the places unseen."""
        return self.namer.batch(batch, elsewhere=self._home)

    def told(self) -> NamedReading:
        """The reading without its samples, named, when the last sample has gone."""
        namer, last = self.namer, self.last
        tallies = tuple(named for tally in last.tallies for named in namer.tally(tally))
        bulletins = tuple(b if b.place else replace(b, place=namer.place(b.state, b.county)) for b in last.bulletins)
        notes = last.notes
        if self.bad > len(self.aside):
            notes = (*notes, f"Of {self.bad} rows set aside, the first {ASIDE} are kept to be looked at.")
        return namer.told(replace(last, tallies=tallies, bulletins=bulletins, notes=notes))
