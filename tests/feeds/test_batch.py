"""Samples in columns are the samples that they would be one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.batch import Batch, in_batches, one_by_one
from detectors.feeds import table
from detectors.feeds.cells import BadCell, RowReader
from detectors.feeds.gathered import Gathered
from detectors.feeds.layout import Layout
from detectors.sample import Finding, Sample, SampleKind

COLUMNS = Layout(
    key=("id",), substance=("substance",), tested=("date",), county=("county",), method=("method",),
    abundance=("abundance",), primary=("primary",), separators=";", default_state="CA",
)  # fmt: skip
HEADER = "id,substance,date,county,method,abundance,primary"

cells = st.tuples(
    st.sampled_from(["a", "b", "c", "d", "e", "", " a "]),
    st.sampled_from(
        ["fentanyl", "Fentanyl", "xylazine", "xylazine; caffeine", "pending", "unknown", "none detected", ""]
    ),
    st.sampled_from(["2025-03-01", "2025-03-02", "", "31.31.2025"]),
    st.sampled_from(["", "Kern", "Alameda"]),
    st.sampled_from(["GCMS", "FTIR", ""]),
    st.sampled_from(["", "trace"]),
    st.sampled_from(["1", "0", ""]),
)
rows = st.lists(st.tuples(cells, st.integers(1, 4)), max_size=30).map(
    lambda found: [row for row, times in found for _ in range(times)]
)


def one_after_another(lines: list[tuple[str, ...]]) -> dict[str, Sample]:
    """Each row by itself, gathered by its key."""
    reader = RowReader(HEADER.split(","), COLUMNS, 1, None)
    parts: dict[str, Gathered] = {}
    for line, row in enumerate(lines, start=2):
        (key,), (head,), (found,) = reader.keys([row]), list(reader.heads([row])), list(reader.finds([row]))
        if isinstance(head, BadCell) or not key or found.blank:
            continue
        parts.setdefault(key, Gathered(key, line)).add([head], [found])
    made = (part.sample(COLUMNS, None, Counter()) for part in parts.values())
    return {sample.key: sample for sample in made if sample is not None}


@settings(max_examples=300, deadline=None)
@given(rows)
def test_a_table_read_in_columns_is_the_table_read_row_by_row(lines: list[tuple[str, ...]]) -> None:
    wanted = one_after_another(lines)
    body = "\n".join([HEADER, *(",".join(row) for row in lines)]) + "\n"
    try:
        reading = table.read(body.encode(), settings=COLUMNS)
    except table.BrokenDocument:
        assert not wanted
        return
    assert {s.key: s for s in reading.samples} == wanted
    assert len(reading.samples) == len(wanted)


samples = st.lists(
    st.builds(
        Sample, st.text("abc", max_size=3), st.just(SampleKind.DRUG),
        st.lists(st.builds(Finding, st.sampled_from(["x", "y", "z"])), max_size=3).map(tuple),
        county=st.sampled_from(["", "Kern"]), line=st.integers(0, 9),
    ),
    max_size=20,
)  # fmt: skip


@given(samples, st.integers(1, 7))
def test_samples_go_in_and_out_of_batches_unchanged(given_samples: list[Sample], size: int) -> None:
    assert list(Batch.of(given_samples)) == given_samples
    some = range(0, len(given_samples), 2)
    assert list(Batch.of(given_samples).some(some)) == given_samples[::2]
    batches = list(in_batches(given_samples, size))
    assert [len(b) >= size for b in batches[:-1]] == [True] * (len(batches) - 1 if batches else 0)
    mixed = [*batches[:1], *(s for b in batches[1:] for s in b)]
    assert [s for b in in_batches(mixed, size) for s in b] == given_samples
    assert list(one_by_one(batches)) == given_samples
    assert not batches or list(Batch.joined(batches)) == given_samples


def test_equal_rows_share_what_is_said_of_their_samples() -> None:
    """Otherwise nothing would be worked out once for many."""
    body = (HEADER + "\n" + "".join(f"{n},fentanyl,2025-03-01,Kern,GCMS,,1\n" for n in range(2000))).encode()
    (batch, _) = table.iter_items(body, settings=COLUMNS)
    assert isinstance(batch, Batch)
    assert len(batch) == 2000
    assert len({id(about) for about in batch.about}) < 10
    assert len({id(finding) for finding in batch.findings}) == 1


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 5000])
def test_a_sample_over_the_edge_of_what_is_split_together(count: int) -> None:
    names = ["fentanyl", "xylazine", "caffeine"]
    lines = [f"s{n // 3},{names[n % 3]},2025-03-01,,GCMS,,1" for n in range(count)]
    reading = table.read((HEADER + "\n" + "\n".join(lines) + "\n").encode(), settings=COLUMNS)
    assert [len(s.findings) for s in reading.samples] == [3] * (count // 3) + ([count % 3] if count % 3 else [])
