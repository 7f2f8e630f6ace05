"""What a document is, in words for a person who tries a feed, and which preset fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from detectors.feeds.columns import position, same
from detectors.feeds.grid import grid
from detectors.feeds.layout import Layout
from detectors.feeds.nature import MENDS, TITLE, Nature, nature
from detectors.feeds.nflis import COLUMNS as NFLIS
from detectors.feeds.records import listed, load
from detectors.feeds.unc_layout import ANALYSIS, LAB_DETAIL
from detectors.feeds.workbook import as_csv
from detectors.sample import BrokenDocument


class Known(Protocol):
    """A preset, as far as it matters here."""

    @property
    def reader(self) -> str: ...
    @property
    def settings(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Guess:
    """nature: what the bytes are. reader, preset: what fits, "" if nothing does. title: one sentence for a person.
    header: the columns or fields found. mend: what to do when nothing fits."""

    nature: Nature
    title: str
    reader: str = ""
    preset: str = ""
    header: tuple[str, ...] = ()
    mend: str = ""

    def __str__(self) -> str:
        said = [f"{self.title}."]
        if self.preset:
            said.append(f"Preset '{self.preset}' fits.")
        elif self.reader:
            said.append(f"Reader '{self.reader}' reads it.")
        if self.header:
            more = " …" if len(self.header) > 20 else ""
            said.append(f"Columns: {', '.join(self.header[:20])}{more}.")
        return " ".join([*said, self.mend]).strip()


def kind_of(body: bytes, content_type: str, presets: Mapping[str, Known]) -> Guess:
    """The best guess for a document. Never fails: what cannot be read is told as it is."""
    what = nature(body)
    try:
        if what in (Nature.TEXT, Nature.XLSX):
            return _table(body, content_type, what, presets)
        if what is Nature.JSON:
            return _json(load(body), presets)
    except BrokenDocument as error:
        return Guess(what, f"This is {what.value}, but {error.reason[:1].lower()}{error.reason[1:]}", mend=error.mend)
    if what is Nature.FEED:
        return Guess(what, f"This is {what.value}", "rss", "health-department-rss")
    if what is Nature.HL7:
        return Guess(what, "These are HL7 v2 messages", "hl7", "hl7-laboratory")
    title = TITLE.search(body[:65536]) if what is Nature.HTML else None
    called = f", titled '{title.group(1).decode('utf-8', 'replace').strip()}'" if title else ""
    return Guess(what, f"This is {what.value}{called}", mend=MENDS.get(what, "No reader reads this."))


def _table(body: bytes, content_type: str, what: Nature, presets: Mapping[str, Known]) -> Guess:
    tables = [p.settings for p in presets.values() if isinstance(p.settings, Layout)]
    # Without the columns that are called by a substance: a row that names two of them is no header.
    likely = (*NFLIS, *(name for layout in tables for name in layout.columns if name not in layout.flags))
    if what is Nature.XLSX:
        body, content_type = as_csv(body, "", likely), "text/csv; charset=utf-8"
    table = grid(body, content_type, "", likely)
    header = table.header
    sort = "an Excel workbook" if what is Nature.XLSX else "a table"
    title = f"This is {sort} with {len(header)} column{'s' if len(header) != 1 else ''}"
    if position(header, LAB_DETAIL.key) is not None:
        if all(position(header, names) is not None for names in (LAB_DETAIL.substance, LAB_DETAIL.tested)):
            return Guess(what, "This is UNC's lab_detail", "unc", "unc-lab-detail", header)
        if position(header, ANALYSIS.collected) is not None and position(header, ANALYSIS.state) is not None:
            return Guess(what, "This is UNC's analysis_dataset", "unc", "unc-analysis", header)
    if all(position(header, (name,)) is not None for name in NFLIS):
        return Guess(what, "This is an export of the NFLIS-Drug public query", "nflis", "nflis-dqs", header)
    if all(position(header, (name,)) is not None for name in ("yr_mo", "Total_Lab")):
        return Guess(what, "This is New York City's monthly table", "nyc", "nyc-monthly", header)
    plain = {same(cell) for cell in header}
    for name, preset in presets.items():
        if preset.reader == "table" and _fits(preset.settings, plain):
            return Guess(what, title, "table", name, header)
    if len(header) < 2:
        return Guess(what, "This is text, and not a table", header=(), mend="Check that this is the right file.")
    mend = "No preset fits; a column map for the reader 'table' is needed."
    return Guess(what, title, "table", "", header, mend)


def _json(value: Any, presets: Mapping[str, Known]) -> Guess:
    if isinstance(value, Mapping):
        if "jsonfeed.org/version" in str(value.get("version", "")):
            return Guess(Nature.JSON, "This is a JSON Feed", "jsonfeed", "json-feed")
        if "resourceType" in value:
            return Guess(Nature.JSON, f"This is FHIR ({value['resourceType']})", "fhir", "fhir-laboratory")
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "resourceType" in one for one in value):
        return Guess(Nature.JSON, "This is FHIR, a resource in each line", "fhir", "fhir-laboratory")
    found = listed(value)
    fields = tuple(dict.fromkeys(str(name) for record in found[:200] for name in record))
    if found and all("title" in record and "link" in record for record in found[:5]):
        return Guess(Nature.JSON, "These are posts of a WordPress site", "wordpress", "wordpress-news")
    envelope = isinstance(value, Mapping)
    reader = "ckan" if envelope else "socrata"
    plain = {same(name) for name in fields}
    for name, preset in presets.items():
        if preset.reader in ("ckan", "socrata") and _fits(preset.settings.layout, plain):
            return Guess(Nature.JSON, f"These are {len(found)} records", preset.reader, name, fields)
    mend = "No preset fits; write a column map." if found else "An empty list: it cannot be told what it would hold."
    return Guess(Nature.JSON, f"These are {len(found)} JSON records", reader, "", fields, mend)


def _fits(layout: Layout, plain: set[str]) -> bool:
    single = (layout.key, layout.collected or layout.tested or layout.published, layout.substance)
    for names in single:
        if names and not any(same(name) in plain for name in names):
            return False
    several = (*layout.wide, *layout.text, *layout.flags)
    return (
        not several
        or sum(same(name) in plain for name in several) * 2 >= len(several)
        or any(same(name) in plain for name in layout.text)
    )
