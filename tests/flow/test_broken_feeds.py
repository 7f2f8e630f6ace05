"""A feed that is broken says so, with its mend; what was understood is kept, and the next good reading recovers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from alerts.model.feed_state import FeedCondition
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv
from tests.flow.timeline import VAN, Diary
from tests.peers import lab_peer

LAB = "/lab_detail.csv"


def rewritten(diary: Diary, change: Callable[[bytes], bytes], then: str = "fentanyl") -> Diary:
    """The laboratory finds something more, and its table of results comes out wrong."""
    diary.lab_reports(then, key="NEW")
    diary.laboratory.publish(change(lab_detail_csv(diary.samples.values())), LAB)
    return diary.later(minutes=2)


def recovers(diary: Diary) -> None:
    """The next good reading: all is fresh and said; and evidence that came meanwhile is news."""
    diary.laboratory.behave()
    diary.later(hours=2).lab_reports("xylazine", key="GOOD")
    diary.expect_sms(VAN, containing="xylazine")
    state = diary.feed()
    assert (state.condition, state.mend, state.failures) == (FeedCondition.FRESH, "", 0)
    assert state.quarantined == 0


BROKEN: dict[str, tuple[Callable[[], lab_peer.Misbehaviour], str, str]] = {
    "a login page": (lab_peer.login_page, r"a web page .*Sign in", r"open it in a browser"),
    "not one byte": (lab_peer.empty, r"nothing at all \(zero bytes\)", r"Wait for the next poll"),
    "40 MB": (lab_peer.huge, r"MB", r"."),
    "a body that breaks off": (lab_peer.broken_off, r"broke|cut|incomplete|short", r"."),
}


@pytest.mark.parametrize("what", list(BROKEN))
def test_broken_says_so_and_recovers(diary: Diary, what: str) -> None:
    how, said, mend = BROKEN[what]
    diary.joins(VAN).at("2025-09-08 09:00")
    before = diary.feed()
    diary.laboratory.misbehave(LAB, how())
    diary.poll()
    state = diary.feed()
    assert state.condition is FeedCondition.BROKEN, state.sentence
    assert re.search(said, state.sentence), state.sentence
    assert re.search(mend, state.mend), state.mend
    assert state.failures == 1
    assert state.last_success == before.last_success, "a broken reading is no reading"
    assert diary.feed_history()[-1] is FeedCondition.BROKEN
    diary.later(days=1)
    assert diary.feed().failures > 1, "it is tried again"
    recovers(diary)


@pytest.mark.parametrize("share", [0.5, 0.62, 0.9])
def test_a_cut_copy_keeps_what_is_whole_and_changes_nothing_else(diary: Diary, share: float) -> None:
    """Complete to HTTP, cut in itself: in the middle of a row, with samples that lost one row or all of them."""
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1").expect_sms(VAN)
    diary.laboratory.misbehave(LAB, lab_peer.truncated(share))
    diary.poll()
    state = diary.feed()
    assert "set aside" in state.sentence
    assert re.search(r"left out until", state.sentence), state.sentence
    assert "set aside" in state.mend
    assert (state.revised, state.retracted) == (0, 0), state.sentence
    (row,) = diary.set_aside()
    assert "ends in the middle of this row" in row.reason or "never closed" in row.reason, "where the cut fell"
    diary.later(days=2).expect_nothing(VAN)
    assert str(diary.alert().state) == "open"
    diary.laboratory.behave()
    diary.lab_reports("carfentanil", key="X2").expect_sms(VAN, containing="carfentanil")
    assert diary.feed().quarantined == 0


def test_a_copy_that_was_cut_at_the_end_of_a_line_withdraws_nothing(diary: Diary) -> None:
    """It is well formed, and half of the samples are gone: to believe it would call off what is still there."""
    diary.joins(VAN).at("2025-09-08 09:00")
    for number in range(12):
        diary.lab_reports("xylazine", key=f"X{number:02d}")
    diary.expect_sms(VAN)
    some = [s for s in diary.samples.values() if not s.key.startswith("X")]
    diary.laboratory.publish(analysis_dataset_csv(some), "/analysis_dataset.csv")
    diary.laboratory.publish(lab_detail_csv(some), LAB)
    diary.poll()
    state = diary.feed()
    assert state.retracted == 0
    assert "holds 3 samples, and this source had 15" in state.sentence
    diary.later(days=1).expect_nothing(VAN)
    assert str(diary.alert().state) == "open"


def test_a_renamed_column_is_broken_and_named(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    rewritten(diary, lambda body: body.replace(b"substance,", b"compound,", 1))
    state = diary.feed()
    assert state.condition is FeedCondition.BROKEN, state.sentence
    assert "substance" in state.sentence + state.mend, "which column is missed"
    assert "compound" in state.sentence + state.mend, "and what there is instead"
    recovers(diary)


def test_a_wrong_charset_loses_no_row(diary: Diary) -> None:
    """Declared UTF-8, and Windows-1252: one name with an accent, and the rest of the table is read all the same."""
    diary.joins(VAN).at("2025-09-08 09:00")
    rewritten(diary, lambda body: body.replace(b'"NEW","caffeine"', '"NEW","caf\xe9ine"'.encode("cp1252")), "xylazine")
    state = diary.feed()
    assert state.condition is FeedCondition.FRESH, state.sentence
    assert state.new == 1 or state.revised == 1
    diary.expect_sms(VAN, containing="xylazine")
    assert re.search(r"UTF-8|1252|characters|encod", state.sentence, re.IGNORECASE), state.sentence
    diary.lab_reports("carfentanil", key="GOOD").expect_sms(VAN, containing="carfentanil")
    assert not re.search(r"UTF-8|1252|encod", diary.feed().sentence, re.IGNORECASE), "the next good reading recovers"


def test_an_impossible_date_is_set_aside_and_the_rest_is_read(diary: Diary) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    diary.lab_reports("fentanyl", key="ODD")
    body = lab_detail_csv(diary.samples.values())
    diary.laboratory.publish(re.sub(rb'("ODD",.*?)08sep2025', rb"\g<1>31feb2025", body), LAB)
    diary.later(minutes=2)
    state = diary.feed()
    assert state.condition is FeedCondition.FRESH
    assert state.quarantined > 0
    assert "set aside" in state.sentence
    assert "set aside" in state.mend
    aside = diary.set_aside()
    assert {(a.column, a.value) for a in aside} == {("date_complete", "31feb2025")}
    assert all(a.line > 1 and a.reason and a.mend for a in aside)
    recovers(diary)


def test_a_bad_row_keeps_others_from_being_taken_for_withdrawn(diary: Diary) -> None:
    """While a row lies aside the document is not whole: a sample that is missing may be the one that lies aside."""
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1").expect_sms(VAN)
    body = lab_detail_csv(diary.samples.values())
    diary.laboratory.publish(re.sub(rb'("X1",.*?)08sep2025', rb"\g<1>31feb2025", body), LAB)
    diary.later(minutes=2)
    assert diary.feed().retracted == 0
    diary.later(days=1).expect_nothing(VAN)
    assert str(diary.alert().state) == "open"


def test_a_table_without_rows_is_empty_and_not_silent_news(diary: Diary) -> None:
    """Well formed, a header and no rows: said as what it is, and no alert is corrected for it."""
    diary.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine", key="X1").expect_sms(VAN)
    diary.laboratory.publish(lab_detail_csv([]), LAB)
    diary.laboratory.publish(analysis_dataset_csv([]), "/analysis_dataset.csv")
    diary.later(minutes=2)
    state = diary.feed()
    assert state.condition is FeedCondition.EMPTY
    assert "not the same" in state.sentence
    assert state.mend
    diary.expect_nothing(VAN)
    assert str(diary.alert().state) == "open"
    diary.lab_reports("carfentanil", key="GOOD").expect_sms(VAN, containing="carfentanil")
    assert (diary.feed().condition, diary.feed().mend) == (FeedCondition.FRESH, "")


@pytest.mark.parametrize(
    ("how", "condition", "status"),
    [
        (lambda: lab_peer.busy(503, "120"), FeedCondition.REFUSED, 503),
        (lambda: lab_peer.busy(429, "120"), FeedCondition.REFUSED, 429),
        (lambda: lab_peer.refuses("supplywatch"), FeedCondition.REFUSED, 403),
    ],
)
def test_a_source_that_refuses_is_left_in_peace(
    diary: Diary, how: Callable[[], lab_peer.Misbehaviour], condition: FeedCondition, status: int
) -> None:
    diary.joins(VAN).at("2025-09-08 09:00")
    diary.laboratory.misbehave(LAB, how())
    diary.poll()
    state = diary.feed()
    assert (state.condition, state.http_status) in [(condition, status), (FeedCondition.BROKEN, status)], state.sentence
    assert state.sentence
    assert state.mend
    asked = len(diary.laboratory.asked)
    diary.later(seconds=55)
    assert len(diary.laboratory.asked) == asked, "not asked again within the minute"
    recovers(diary)


def test_unchanged_is_neither_fresh_nor_broken(diary: Diary) -> None:
    diary.at("2025-09-02 09:00").poll()
    state = diary.feed()
    assert state.condition is FeedCondition.UNCHANGED
    assert state.http_status == 304


def test_silence_is_an_alarm(diary: Diary) -> None:
    """The laboratory answers and has nothing new: late after its cadence, silent after three."""
    diary.at("2025-09-05 12:00")
    assert diary.feed().condition is FeedCondition.UNCHANGED
    diary.at("2025-09-09 12:00")
    state = diary.feed()
    assert state.condition is FeedCondition.LATE
    assert "does not mean that nothing is in the supply" in state.sentence
    diary.at("2025-09-23 12:00")
    assert diary.feed().condition is FeedCondition.SILENT
    diary.lab_reports("fentanyl")
    assert diary.feed().condition is FeedCondition.FRESH
    assert diary.feed_history()[-3:] == [FeedCondition.LATE, FeedCondition.SILENT, FeedCondition.FRESH]
