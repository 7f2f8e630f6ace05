"""Names every substance and place of a reading, and says what could not be named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from detectors.sample import Finding, Reading, Sample, Tally
from detectors.words.lexicon import Lexicon
from detectors.words.places import REGION, Gazetteer


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
    work = _Work(lexicon, gazetteer)
    samples = tuple(named for sample in reading.samples if (named := work.sample(sample)) is not None)
    tallies = tuple(tally for found in reading.tallies for tally in work.tally(found))
    bulletins = tuple(
        bulletin if bulletin.place else replace(bulletin, place=work.place(bulletin.state, bulletin.county))
        for bulletin in reading.bulletins
    )
    notes = list(reading.notes)
    if work.pending:
        notes.append(f"{work.pending} results are still pending at the laboratory and are not counted yet.")
    if work.untested:
        notes.append(f"{work.untested} results say that the sample could not be tested; they are no negatives.")
    return NamedReading(
        replace(reading, samples=samples, tallies=tallies, bulletins=bulletins, notes=tuple(notes)),
        dict(work.unknown.most_common()),
        tuple(
            Candidate(text, identity, score, count)
            for (text, identity, score), count in sorted(work.candidates.items(), key=lambda item: (-item[1], item[0]))
        ),
        dict(work.unplaced.most_common()),
    )


class _Work:
    def __init__(self, lexicon: Lexicon, gazetteer: Gazetteer) -> None:
        self.lexicon = lexicon
        self.gazetteer = gazetteer
        self.pending = 0
        self.untested = 0
        self.unknown: Counter[str] = Counter()
        self.candidates: Counter[tuple[str, str, float]] = Counter()
        self.unplaced: Counter[str] = Counter()

    def sample(self, sample: Sample) -> Sample | None:
        waiting = self.pending + self.untested
        findings = tuple(named for finding in sample.findings for named in self.findings(finding))
        if not findings and self.pending + self.untested > waiting:
            return None
        place = sample.place or self.place(sample.state, sample.county)
        return replace(sample, findings=findings, place=place)

    def findings(self, finding: Finding) -> list[Finding]:
        if finding.substance:
            return [finding]
        substances, unnamed = self.substances(finding.named_as)
        return [replace(finding, substance=identity) for identity in substances] + (
            # Beside named substances the unnamed part stands for itself, so that the review queue shows what is meant.
            [replace(finding, named_as=part) if substances else finding for part in unnamed]
        )

    def tally(self, tally: Tally) -> list[Tally]:
        place = tally.place or self.place(tally.state, tally.county)
        if tally.substance:
            return [replace(tally, place=place)]
        substances, unnamed = self.substances(tally.named_as)
        if len(substances) > 1:
            # One figure for two substances is no figure for either of them.
            self.unknown[tally.named_as] += 1
            substances, unnamed = (), (tally.named_as,)
        named = [replace(tally, substance=identity, place=place) for identity in substances]
        return named or ([replace(tally, place=place)] if unnamed else [])

    def substances(self, named_as: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        named = self.lexicon.name(named_as)
        if named.how == "pseudo":
            self.pending += named.meaning == "pending"
            self.untested += named.meaning == "untested"
            return (), ()
        for part in named.unnamed:
            own = named if len(named.unnamed) == 1 and not named.substances else self.lexicon.name(part)
            if own.candidate:
                self.candidates[part, own.candidate, own.score] += 1
            else:
                self.unknown[part] += 1
        return named.substances, named.unnamed

    def place(self, state: str, county: str) -> str:
        code = self.gazetteer.resolve(state, county)
        if code is not None:
            # A finding stands in one county or in its state: what is said of a region says nothing of a county in it.
            return self.gazetteer.parents(code)[0] if code.startswith(REGION) else code
        if state.strip() or county.strip():
            self.unplaced[" | ".join(part for part in (state.strip(), county.strip()) if part)] += 1
        return self.gazetteer.resolve(state) or ""
