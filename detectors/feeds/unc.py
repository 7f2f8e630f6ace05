"""Read the two files of the UNC Street Drug Analysis Lab as a programme holds them.

`lab_detail` has one row per substance found, `analysis_dataset` one row per sample with its place and its dates. The
first alone names substances without places; the second alone knows places and a dozen yes/no columns. Joined on
`sampleid` they are the whole. Old headers (without CAS and UNII) and new ones are read alike. Of the second file only
the columns named here are ever looked at: what people wrote of themselves, the programme and the position on the map
are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from detectors.batch import Batch
from detectors.feeds.table import collected, iter_items
from detectors.feeds.table import redact as redact_table
from detectors.feeds.unc_alone import iter_alone
from detectors.feeds.unc_layout import ANY, FOUND, NULL, UncSettings, is_lab_detail
from detectors.feeds.unc_pair import iter_pair
from detectors.sample import Quarantined, Reading

DEFAULTS = UncSettings()


def read(
    body: bytes,
    *,
    content_type: str = "",
    settings: UncSettings = DEFAULTS,
    received: date | None = None,
) -> Reading:
    """Either file by itself; which one it is, its header says. Raises BrokenDocument for anything else."""
    return collected(iter_samples(body, content_type=content_type, settings=settings, received=received))


def read_pair(
    lab_detail: bytes,
    analysis: bytes,
    *,
    content_type: str = "",
    settings: UncSettings = DEFAULTS,
    received: date | None = None,
) -> Reading:
    """Both files, joined on the sample id. Samples of `analysis` that were tested and have no row in `lab_detail`
    are negative; those without a date of completion are not tested yet and are left out."""
    return collected(
        iter_samples(lab_detail, analysis=analysis, content_type=content_type, settings=settings, received=received)
    )


def iter_samples(
    body: bytes,
    *,
    analysis: bytes = b"",
    content_type: str = "",
    settings: UncSettings = DEFAULTS,
    received: date | None = None,
) -> Iterator[Batch | Quarantined | Reading]:
    """As `read` (`read_pair` when `analysis` is given), samples in batches; the last item is a Reading with counts and
    notes."""
    lab = replace(settings.lab_detail, methods=settings.methods, default_state=settings.state,
                  default_county=settings.county)  # fmt: skip
    if analysis:
        yield from iter_pair(body, analysis, content_type, lab, settings, received)
    elif is_lab_detail(body, content_type, settings):
        for item in iter_items(body, content_type=content_type, settings=lab, received=received):
            if isinstance(item, Reading) and not settings.state:
                item = replace(item, notes=(*item.notes, "Without analysis_dataset these samples have no place."))
            yield item
    else:
        yield from iter_alone(body, content_type, settings, received)


def redact(body: bytes, *, content_type: str = "", settings: UncSettings = DEFAULTS) -> bytes:
    """Either file with only the columns that are read: no free text, programme or position. As in `table.redact`."""
    if is_lab_detail(body, content_type, settings):
        return redact_table(body, content_type=content_type, settings=settings.lab_detail)
    # How many substances were found is kept too: without it a sample whose rows were lost would be read as negative.
    flags = {**settings.analysis.flags, **ANY, **dict.fromkeys(FOUND, "")}
    kept = replace(settings.analysis, flags=flags, null=NULL)
    return redact_table(body, content_type=content_type, settings=kept)
