"""The flyer that hangs on a wall: one page, whatever it has to say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.wording.content import AlertContent
from alerts.wording.flyer_pdf import PAPERS, flyer_pdf
from alerts.wording.kinds import KINDS
from alerts.wording.place_name import PlaceName
from alerts.wording.samples import BASE, samples
from alerts.wording.shelf import Shelf, WordingError
from tests.wording.shelf import LANGUAGES, SHELF, TEMPLATES

LETTER, A4 = (612, 792), (595, 842)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


LONGEST = "isomers"
"""The sample with the most to say; a flyer of each kind is made of it."""
CASES = [(kind.name, LONGEST) for kind in KINDS.values() if "flyer" in kind.channels] + [
    ("update", label) for label in samples("update") if label != LONGEST
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "label"), CASES)
def test_every_kind_and_every_profile_fits_one_sheet_of_either_paper(kind: str, label: str, language: str) -> None:
    content = samples(kind)[label]
    assert isinstance(content, AlertContent)
    for paper in PAPERS:
        pdf = flyer_pdf(content, kind=kind, language=language, shelf=SHELF, paper=paper)
        assert pdf.startswith(b"%PDF-")
        assert pages(pdf) == 1


@pytest.mark.parametrize(("paper", "size"), list(zip(PAPERS, (LETTER, A4), strict=True)))
def test_the_sheet_has_the_size_of_the_paper(paper: str, size: tuple[int, int]) -> None:
    pdf = flyer_pdf(BASE, kind="first_sighting", language="en", shelf=SHELF, paper=paper)
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert box is not None
    assert (round(float(box[1])), round(float(box[2]))) == size
    with pytest.raises(ValueError, match="us-letter or a4"):
        flyer_pdf(BASE, kind="first_sighting", language="en", shelf=SHELF, paper="legal")


def test_a_crowded_flyer_still_fits_one_sheet() -> None:
    many = tuple(PlaceName(f"Sample {number} County") for number in range(40))
    crowded = replace(BASE, places=many, note={"en": "A longer note by staff. " * 12}, exercise=True, simulated=True)
    assert pages(flyer_pdf(crowded, kind="first_sighting", language="en", shelf=SHELF)) == 1


def test_the_same_content_is_the_same_file() -> None:
    first, again = (flyer_pdf(BASE, kind="first_sighting", language="es", shelf=SHELF) for _ in range(2))
    assert first == again


def test_markup_in_a_name_is_words_and_a_broken_template_is_told(tmp_path: Path) -> None:
    odd = replace(BASE, front="#panic() $x$ *Outreach*")
    assert pages(flyer_pdf(odd, kind="first_sighting", language="en", shelf=SHELF)) == 1
    own = tmp_path / "flyer" / "flyer.typ"
    own.parent.mkdir()
    own.write_text("#nothing-here", encoding="utf-8")
    with pytest.raises(WordingError, match=r"templates/flyer/flyer\.typ"):
        flyer_pdf(BASE, kind="first_sighting", language="en", shelf=Shelf.of(TEMPLATES, tmp_path))
