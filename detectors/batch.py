"""Samples of a document in columns: a million of them are made into nouns only where somebody looks at one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from detectors.sample import Finding, Quarantined, Reading, Sample


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples that follow one another in a document. Going through it gives each as a Sample.

    keys, lines: of each sample, as in Sample.
    about: what else is said of each sample, as a Sample of which key, line and findings mean nothing. Samples of which
    the same is said mostly share one, so that what follows from it is worked out once.
    findings: of all samples, one after the other; equal ones are mostly the very same object.
    ends: for each sample, how many of `findings` there are up to and with its own.
    """

    keys: Sequence[str]
    lines: Sequence[int]
    about: Sequence[Sample]
    findings: Sequence[Finding]
    ends: Sequence[int]

    @classmethod
    def of(cls, samples: Iterable[Sample]) -> Batch:
        """Samples as one batch; each speaks for itself."""
        about = list(samples)
        ends: list[int] = []
        found: list[Finding] = []
        for sample in about:
            found += sample.findings
            ends.append(len(found))
        return cls([s.key for s in about], [s.line for s in about], about, found, ends)

    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Batch:
        """Several batches as one."""
        if len(batches) == 1:
            return batches[0]
        ends: list[int] = []
        found: list[Finding] = []
        for batch in batches:
            ends += [len(found) + end for end in batch.ends]
            found += batch.findings
        keys = list(chain.from_iterable([b.keys for b in batches]))
        lines = list(chain.from_iterable([b.lines for b in batches]))
        return cls(keys, lines, list(chain.from_iterable([b.about for b in batches])), found, ends)

    def some(self, which: Sequence[int]) -> Batch:
        """Some of its samples, by their places in it."""
        begins = (0, *self.ends)
        ends: list[int] = []
        found: list[Finding] = []
        for i in which:
            found += self.findings[begins[i] : begins[i + 1]]
            ends.append(len(found))
        keys, lines, about = (
            [self.keys[i] for i in which],
            [self.lines[i] for i in which],
            [self.about[i] for i in which],
        )
        return Batch(keys, lines, about, found, ends)

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[Sample]:
        spans = pairwise((0, *self.ends))
        for key, line, about, (first, last) in zip(self.keys, self.lines, self.about, spans, strict=True):
            yield replace(about, key=key, line=line, findings=tuple(self.findings[first:last]))


def in_batches(samples: Iterable[Sample | Batch], size: int) -> Iterator[Batch]:
    """Samples and batches, mixed as they come, as batches of at least `size` samples; the last may have fewer."""
    waiting: list[Batch] = []
    single: list[Sample] = []
    count = 0
    for item in samples:
        if isinstance(item, Sample):
            single.append(item)
            count += 1
        else:
            if single:
                waiting.append(Batch.of(single))
                single = []
            waiting.append(item)
            count += len(item)
        if count >= size:
            yield Batch.joined([*waiting, Batch.of(single)] if single else waiting)
            waiting, single, count = [], [], 0
    if count:
        yield Batch.joined([*waiting, Batch.of(single)] if single else waiting)


def one_by_one(items: Iterable[Batch | Quarantined | Reading]) -> Iterator[Sample | Quarantined | Reading]:
    """A stream of items with the samples of its batches one by one."""
    for item in items:
        if isinstance(item, Batch):
            yield from item
        else:
            yield item
