"""Rows of a table on their way to samples, many at once."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, chain, compress, pairwise
from operator import is_not, ne

from detectors.batch import Batch
from detectors.feeds.cells import Found, Head, Remembered
from detectors.feeds.gathered import Gathered, Heads
from detectors.feeds.layout import Layout
from detectors.sample import Finding, Sample


class Gathering:
    """Takes the rows as they come and gives the samples that are complete.

    tally: counts for the notes on the document. scattered: keys whose rows do not stand together; those samples come
    at the end. heads: what another table knows, which wins over what the rows say.
    """

    def __init__(self, layout: Layout, heads: Heads | None, scattered: Collection[str]) -> None:
        self.tally: Counter[str] = Counter()
        self._layout, self._heads, self._scattered = layout, heads, scattered
        self._parts: dict[str, Gathered] = {}
        self._open: Gathered | None = None
        self._about = Remembered(self._shared)
        self._begin()

    def _begin(self) -> None:
        self._keys: list[str] = []
        self._lines: list[int] = []
        self._said: list[Sample] = []
        self._findings: list[Finding] = []
        self._ends: list[int] = []

    def __len__(self) -> int:
        return len(self._keys)

    def take(self) -> Batch:
        """The samples that were completed since the last time."""
        batch = Batch(self._keys, self._lines, self._said, self._findings, self._ends)
        self._begin()
        return batch

    def add(self, lines: Sequence[int], keys: list[str], said: list[Head], finds: list[Found]) -> None:
        """Further rows: of each its line, the key of its sample, what it says of that sample, what was found."""
        if not keys:
            return
        bounds = [0, *compress(range(1, len(keys)), map(ne, keys[1:], keys)), len(keys)]
        rows = _Rows(lines, keys, said, finds, bounds)
        done = 0
        for group in self._careful(rows):
            self._plain(rows, done, group)
            self._apart(rows, group)
            done = group + 1
        self._plain(rows, done, len(bounds) - 1)

    def end(self) -> None:
        """There are no more rows."""
        self._close()
        for part in self._parts.values():
            self._complete(part)
        self._parts.clear()

    def _careful(self, rows: _Rows) -> Sequence[int]:
        """The samples that are not plain. Plain: each row says the same of the sample as the row before it, was found
        by the same method, and names what no other row names. The first may have begun in the rows before, and the
        last may go on in those to come."""
        groups = len(rows.bounds) - 1
        if self._heads is not None:
            return range(groups)
        starts = rows.bounds[:-1]
        places = range(1, len(rows.keys))
        odd = {
            *compress(places, map(is_not, rows.said[1:], rows.said)),
            *compress(places, map(ne, rows.methods[1:], rows.methods)),
        }
        odd.difference_update(starts)
        special = {found for found in set(rows.finds) if found.pseudo or found.conflict}
        if special:
            odd.update(compress(range(len(rows.keys)), map(special.__contains__, rows.finds)))
        careful = {0, groups - 1, *(bisect_right(starts, place) - 1 for place in odd), *rows.repeated()}
        if self._scattered:
            careful.update(i for i, start in enumerate(starts) if rows.keys[start] in self._scattered)
        return sorted(careful)

    def _plain(self, rows: _Rows, first: int, last: int) -> None:
        if first == last:
            return
        self._close()
        starts, ends = rows.bounds[first:last], rows.bounds[first + 1 : last + 1]
        begin, end = rows.until[starts[0]], rows.until[ends[-1]]
        before = len(self._findings) - begin
        self._keys += [rows.keys[i] for i in starts]
        self._lines += [rows.lines[i] for i in starts]
        self._said += [self._about[rows.said[i], rows.methods[i]] for i in starts]
        self._findings += rows.findings[begin:end]
        self._ends += [before + rows.until[i] for i in ends]

    def _apart(self, rows: _Rows, group: int) -> None:
        first, last = rows.bounds[group : group + 2]
        key = rows.keys[first]
        if self._open is None or self._open.key != key:
            self._close()
            self._open = self._parts.get(key) or Gathered(key, rows.lines[first])
            if key in self._scattered:
                self._parts[key] = self._open
        self._open.add(rows.said[first:last], rows.finds[first:last])

    def _close(self) -> None:
        if self._open is not None and self._open.key not in self._scattered:
            self._complete(self._open)
        self._open = None

    def _complete(self, part: Gathered) -> None:
        sample = part.sample(self._layout, self._heads, self.tally)
        if sample is not None:
            self._keys.append(sample.key)
            self._lines.append(sample.line)
            self._said.append(sample)
            self._findings += sample.findings
            self._ends.append(len(self._findings))

    def _shared(self, row: tuple[Head, tuple[str, ...]]) -> Sample:
        head, methods = row
        plain = Gathered("", 0)
        plain.add([head], [Found((), methods)])
        made = plain.sample(self._layout, None, self.tally)
        assert made is not None
        return made


class _Rows:
    """Rows in columns. bounds: where the rows of each sample begin, and the end. findings: of all rows; until: how many
    of them there are before each row, and in all."""

    def __init__(
        self, lines: Sequence[int], keys: list[str], said: list[Head], finds: list[Found], bounds: list[int]
    ) -> None:
        self.lines, self.keys, self.said, self.finds, self.bounds = lines, keys, said, finds, bounds
        self.methods = [found.methods for found in finds]
        found = [found.findings for found in finds]
        self.findings = list(chain.from_iterable(found))
        self.until: Sequence[int] = range(len(keys) + 1)
        if set(map(len, found)) != {1}:
            self.until = [0, *accumulate(map(len, found))]

    def repeated(self) -> Iterator[int]:
        """The samples in which one name stands twice."""
        names = [finding.named_as for finding in self.findings]
        for group, (first, last) in enumerate(pairwise([self.until[i] for i in self.bounds])):
            if last - first > 1 and len(set(names[first:last])) < last - first:
                yield group
