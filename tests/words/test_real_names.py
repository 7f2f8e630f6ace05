"""Two states' real texts, judged by a list that a person read through: what is found, and what is not there."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from detectors.words.lexicon import Lexicon
from tests.shared import shared

NAMES = Path(__file__).with_name("names.tsv")
# What the compiled list of contaminants calls by other ids than ours.
LOOK_ALIKES = ("doxylamine", "flubromazolam", "dexmedetomidine", "nitazoxanide")


def truth() -> dict[str, tuple[str, ...]]:
    lines = [line for line in NAMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines, delimiter="\t")
    return {row["printed"]: tuple(row["ids"].split()) for row in rows}


def literal(names: Iterable[str]) -> re.Pattern[str]:
    """Every listed text, longest first, between characters that are no letters or digits: no rule of ours in it."""
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![a-z0-9])(?:{choices})(?![a-z0-9])")


def judged(lexicon: Lexicon, texts: Counter[str]) -> tuple[int, Counter[str], Counter[str]]:
    """True mentions, those missed and those that are not there, by id; each text counts as often as it stands."""
    known = {" ".join(name.split()): ids for name, ids in truth().items()}
    pattern = literal(known)
    total, missed, false = 0, Counter[str](), Counter[str]()
    for text, times in texts.items():
        wanted = Counter(
            identity
            for found in pattern.finditer(text.lower())
            for identity in known[" ".join(found.group().split())]
            if identity != "-"
        )
        got = Counter(span.id for span in lexicon.mentions(text))
        # A name and its abbreviation in one text are one statement.
        for identity in wanted | got:
            if identity in wanted:
                total += times
                missed[identity] += times * (identity not in got)
            else:
                false[identity] += times
    return total, +missed, +false


def test_connecticut(lexicon: Lexicon) -> None:
    texts: Counter[str] = Counter()
    with shared("data/connecticut_me/deaths.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            texts.update(row[column] for column in ("cause_of_death", "other_significant_conditions") if row[column])
    total, missed, false = judged(lexicon, texts)
    assert total > 39_000
    assert 1 - missed.total() / total >= 0.995, missed.most_common(20)
    assert not false, false.most_common(20)


def test_connecticut_other_columns(lexicon: Lexicon) -> None:
    cells: Counter[str] = Counter()
    with shared("data/connecticut_me/deaths.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cells.update(row[column] for column in ("Other", "Other Opioid") if row[column] not in {"", "Y", "y"})
    wanted = {
        "xylazine": "xylazine",
        "bromazelam": "bromazolam",
        "mitragynine": "mitragynine",
        "mirtagynine": "mitragynine",
        "protonitazene": "protonitazene",
        "metonitazine": "metonitazene",
        "etonizene": "etonitazene",
        "u-47700": "u-47700",
        "u47700": "u-47700",
        "carfentanil": "carfentanil",
        "4-anpp": "4-anpp",
        "ketamine": "ketamine",
        "diphenhydramine": "diphenhydramine",
        "bupren": "buprenorphine",
    }
    for cell, _ in cells.items():
        found = lexicon.name(cell)
        for printed, identity in wanted.items():
            here = re.search(rf"(?<![a-z]){printed}(?![a-z])", cell.lower())
            assert bool(here) <= (identity in found.substances), cell


def test_allegheny(lexicon: Lexicon) -> None:
    known = truth()
    with shared("data/allegheny_me/deaths_long.csv").open(encoding="utf-8") as file:
        cells = Counter(row["substance"] for row in csv.DictReader(file))
    total = sum(cells.values())
    missed = sum(
        n
        for cell, n in cells.items()
        if lexicon.name(cell).substances != known[cell.lower()] and known[cell.lower()] != ("-",)
    )
    assert missed == 0
    assert total > 21_000


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_look_alikes_stand_for_themselves(lexicon: Lexicon, name: str) -> None:
    assert lexicon.name(name).substances == (name,)


def test_every_spelling_of_the_compiled_dictionary_is_known(lexicon: Lexicon) -> None:
    with shared("data/substance_dictionary/contaminants.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    unknown = [row["canonical"] for row in rows if not lexicon.name(row["canonical"]).substances]
    assert not unknown
    remarks = re.compile(r"\bis (?:NOT|different)|\(seen|\bmarker$")
    for row in rows:
        wanted = lexicon.rolled_up(lexicon.name(row["canonical"]).substances[0])
        for spelling in row["feed_spellings"].split("; "):
            if remarks.search(spelling):
                continue
            found = lexicon.name(spelling).substances
            assert found, (row["canonical"], spelling)
            assert lexicon.rolled_up(found[0]) == wanted, (row["canonical"], spelling, found)
