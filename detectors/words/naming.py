"""Names every substance and place of a reading, and says what could not be named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, pairwise

from detectors.batch import Batch
from detectors.sample import Finding, Reading, Sample, Tally
from detectors.words.lexicon import Lexicon
from detectors.words.places import REGION, Gazetteer

_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A printed name that only resembles an entry: a person decides. count: findings that wait for the decision."""

    named_as: str
    substance: str
    score: float
    count: int


@dataclass(frozen=True, slots=True)
class NamedReading:
    """A reading with substances and places filled in.

    unknown_names: printed name → findings with it. candidates: names that resemble an entry, most frequent first.
    unknown_places: printed place ("CT | Westchester") → samples and tallies with it; they keep the state alone.
    """

    reading: Reading
    unknown_names: Mapping[str, int] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    unknown_places: Mapping[str, int] = field(default_factory=dict)


def name_reading(reading: Reading, lexicon: Lexicon, gazetteer: Gazetteer) -> NamedReading:
    """The reading, named. A cell with several substances becomes several findings that keep its text.

    Pseudo-substances: "nothing found" leaves no finding; "pending" and "damaged" drop the finding, and the sample with
    it when nothing else was found, because it is no negative; a note counts them. What says nothing ("unknown") is
    dropped too. A name that nobody knows stays as a finding
    without a substance: a brand-new drug must not be lost because no table has it yet.
    """
    namer = Namer(lexicon, gazetteer)
    samples = tuple(named for sample in reading.samples if (named := namer.sample(sample)) is not None)
    tallies = tuple(tally for found in reading.tallies for tally in namer.tally(found))
    bulletins = tuple(
        bulletin if bulletin.place else replace(bulletin, place=namer.place(bulletin.state, bulletin.county))
        for bulletin in reading.bulletins
    )
    return namer.told(replace(reading, samples=samples, tallies=tallies, bulletins=bulletins))


class Namer:
    """Names one thing after the other, for documents too long to be held at once, and counts what it could not name."""

    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer) -> None:
        self.lexicon = lexicon
        self.gazetteer = gazetteer
        self._pending = 0
        self._untested = 0
        self._unknown: Counter[str] = Counter()
        self._candidates: Counter[tuple[str, str, float]] = Counter()
        self._unplaced: Counter[str] = Counter()
        self._sure: dict[int, tuple[Finding, ...]] = {}
        self._alive: list[Finding] = []
        self._about: dict[int, tuple[Sample, Sample]] = {}  # each beside itself, so that its identity stays its own
        self._places: dict[tuple[str, str], str] = {}

    def told(self, reading: Reading) -> NamedReading:
        """The reading with its notes, and everything that was not named so far. Its samples are taken as they are."""
        notes = list(reading.notes)
        if self._pending:
            notes.append(f"{self._pending} results are still pending at the laboratory and are not counted yet.")
        if self._untested:
            notes.append(f"{self._untested} results say that the sample could not be tested; they are no negatives.")
        return NamedReading(
            replace(reading, notes=tuple(notes)),
            dict(self._unknown.most_common()),
            tuple(
                Candidate(text, identity, score, count)
                for (text, identity, score), count in sorted(
                    self._candidates.items(), key=lambda item: (-item[1], item[0])
                )
            ),
            dict(self._unplaced.most_common()),
        )

    def sample(self, sample: Sample) -> Sample | None:
        """The sample, named and placed; None when it says only that a result is pending or could not be had."""
        findings = self._named(sample.findings)
        return None if findings is None else replace(sample, findings=findings, place=self._place_of(sample))

    def batch(self, batch: Batch, elsewhere: str = "") -> Batch:
        """The samples of a batch, as `sample` gives them; those of which no place is known are `elsewhere`."""
        try:
            # By identity: readers give equal rows the very same finding, and a million of them are few different ones.
            named = list(map(self._sure.__getitem__, map(id, batch.findings)))
        except KeyError:
            return self._one_by_one(batch, elsewhere)
        ends = batch.ends
        if set(map(len, named)) - {1}:
            counted = [0, *accumulate(map(len, named))]
            ends = [counted[end] for end in ends]
        about = [self._placed(sample, elsewhere) for sample in batch.about]
        return Batch(batch.keys, batch.lines, about, list(chain.from_iterable(named)), ends)

    def _one_by_one(self, batch: Batch, elsewhere: str) -> Batch:
        which: list[int] = []
        about: list[Sample] = []
        findings: list[Finding] = []
        ends: list[int] = []
        for i, (sample, (first, last)) in enumerate(zip(batch.about, pairwise((0, *batch.ends)), strict=True)):
            named = self._named(batch.findings[first:last])
            if named is not None:
                which.append(i)
                about.append(self._placed(sample, elsewhere))
                findings += named
                ends.append(len(findings))
        keys, lines = [batch.keys[i] for i in which], [batch.lines[i] for i in which]
        return Batch(keys, lines, about, findings, ends)

    def _named(self, findings: Sequence[Finding]) -> tuple[Finding, ...] | None:
        waiting = self._pending + self._untested
        named = tuple(chain.from_iterable(map(self._findings, findings)))
        return None if not named and self._pending + self._untested > waiting else named

    def _placed(self, sample: Sample, elsewhere: str) -> Sample:
        """What is said of a sample, with its place; once for each that is met again."""
        known = self._about.get(id(sample))
        if known is not None:
            return known[1]
        place = self._place_of(sample)
        placed = replace(sample, place=place or elsewhere)
        if place and (sample.place or (sample.state, sample.county) in self._places):  # all others are counted
            if len(self._about) >= _REMEMBERED:
                self._about.clear()
            self._about[id(sample)] = sample, placed
        return placed

    def _place_of(self, sample: Sample) -> str:
        return sample.place or self.place(sample.state, sample.county)

    def _findings(self, finding: Finding) -> tuple[Finding, ...]:
        known = self._sure.get(id(finding))
        if known is not None:
            return known
        if finding.substance:
            return (finding,)
        substances, unnamed = self._substances(finding.named_as)
        named = tuple(replace(finding, substance=identity) for identity in substances)
        if named and not unnamed:
            if len(self._sure) >= _REMEMBERED:
                self._sure.clear()
                self._alive.clear()
            self._sure[id(finding)] = named
            self._alive.append(finding)  # so that its identity stays its own
        # Beside named substances the unnamed part stands for itself, so that the review queue shows what is meant.
        return named + tuple(replace(finding, named_as=part) if substances else finding for part in unnamed)

    def tally(self, tally: Tally) -> list[Tally]:
        """The total, named and placed; none when its name is one of the words for "nothing"."""
        place = tally.place or self.place(tally.state, tally.county)
        if tally.substance:
            return [replace(tally, place=place)]
        substances, unnamed = self._substances(tally.named_as)
        if len(substances) > 1:
            # One figure for two substances is no figure for either of them.
            self._unknown[tally.named_as] += 1
            substances, unnamed = (), (tally.named_as,)
        named = [replace(tally, substance=identity, place=place) for identity in substances]
        return named or ([replace(tally, place=place)] if unnamed else [])

    def _substances(self, named_as: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        named = self.lexicon.name(named_as)
        if named.how == "pseudo":
            self._pending += named.meaning == "pending"
            self._untested += named.meaning == "untested"
            return (), ()
        for part in named.unnamed:
            own = named if len(named.unnamed) == 1 and not named.substances else self.lexicon.name(part)
            if own.candidate:
                self._candidates[part, own.candidate, own.score] += 1
            else:
                self._unknown[part] += 1
        return named.substances, named.unnamed

    def place(self, state: str, county: str) -> str:
        """FIPS code of a county or a state; "" when neither is known."""
        known = self._places.get((state, county))
        if known is not None:
            return known
        code = self.gazetteer.resolve(state, county)
        if code is None:
            if state.strip() or county.strip():
                self._unplaced[" | ".join(part for part in (state.strip(), county.strip()) if part)] += 1
            return self.gazetteer.resolve(state) or ""
        # A finding stands in one county or in its state: what is said of a region says nothing of a county in it.
        place = self.gazetteer.parents(code)[0] if code.startswith(REGION) else code
        if len(self._places) >= _REMEMBERED:
            self._places.clear()
        self._places[state, county] = place
        return place
