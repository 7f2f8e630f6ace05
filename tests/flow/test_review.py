"""A person looks first: what is approved is byte for byte what goes out, and four eyes must see it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from alerts.flow.reviewing.cancel import cancel
from alerts.flow.reviewing.review import ReviewError, approve, reject
from alerts.model.staff import Role
from alerts.store.tables import alert_versions
from tests.databases import Postgres
from tests.flow.timeline import COUNTER, DESK, VAN, Diary, opened_diary

NUMBER = "SW-2025-0001"


def test_nothing_goes_out_before_somebody_approved_it(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, COUNTER, DESK).at("2025-09-08 09:00").lab_reports("xylazine")
    assert [str(v.state) for v in diary.editions()] == ["held for review"]
    diary.at("10:00").expect_nothing(VAN, COUNTER, DESK)
    seen = diary.planned()
    assert approve(diary.app, NUMBER, diary.person("Ana"), seen.sha256, diary.now) == 3
    diary.ring()
    mail = diary.expect_mail(DESK).text.replace("\r\n", "\n")  # the line ends of every mail on its way
    sent = {diary.expect_sms(VAN).text, diary.expect_sms(COUNTER).text, mail.strip()}
    assert sent == {t.text.strip() for t in seen.texts}, "byte for byte what was shown"
    assert [k for k, s in diary.record() if s == NUMBER] == [
        "alert.opened", "alert.approved", "alert.addressed", "alert.drained",
    ]  # fmt: skip
    assert diary.editions()[0].texts_sha256 == seen.sha256
    assert diary.editions()[0].approved_by == "Ana"


def test_an_approval_of_something_else_is_refused(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    seen, ana = diary.planned(), diary.person("Ana")
    diary.joins(COUNTER)
    with pytest.raises(ReviewError, match="changed since you looked"):
        approve(diary.app, NUMBER, ana, seen.sha256, diary.now)
    diary.ring().expect_nothing(VAN, COUNTER)
    assert approve(diary.app, NUMBER, ana, diary.planned().sha256, diary.now) == 2


def test_time_alone_changes_nothing_of_what_was_shown(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine")
    seen = diary.planned().sha256
    diary.at("22:30")
    assert approve(diary.app, NUMBER, diary.person("Ana"), seen, diary.now) == 2
    diary.ring().expect_mail(DESK)
    diary.expect_nothing(VAN)
    diary.at("2025-09-09 08:00").expect_sms(VAN)


def test_who_made_an_edition_and_who_may_only_read_cannot_approve_it(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    seen = diary.planned().sha256
    with pytest.raises(ReviewError, match="four eyes"):
        approve(diary.app, NUMBER, diary.person(diary.editions()[0].author), seen, diary.now)
    with pytest.raises(ReviewError, match="Only staff"):
        approve(diary.app, NUMBER, diary.person("Officer", Role.REVIEWER), seen, diary.now)
    diary.ring().expect_nothing(VAN)


def test_an_approval_counts_once(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    seen = diary.planned().sha256
    approve(diary.app, NUMBER, diary.person("Ana"), seen, diary.now)
    with pytest.raises(ReviewError, match="does not wait for a review"):
        approve(diary.app, NUMBER, diary.person("Ben"), seen, diary.now)
    diary.ring()
    assert len(diary.texts_to(VAN)) == 1


def test_a_first_edition_that_is_refused_ends_the_alert_in_silence(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine")
    ana = diary.person("Ana")
    with pytest.raises(ReviewError, match="Say why"):
        reject(diary.app, NUMBER, ana, " ", diary.now)
    reject(diary.app, NUMBER, ana, "a known batch of last year", diary.now)
    diary.later(days=3).expect_nothing(VAN, DESK)
    assert str(diary.alert().state) == "ended"
    kinds = [k for k, s in diary.record() if s == NUMBER]
    assert kinds[:3] == ["alert.opened", "alert.rejected", "alert.ended"]


def test_an_update_that_is_refused_leaves_the_alert_open(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    ana = diary.person("Ana")
    approve(diary.app, NUMBER, ana, diary.planned().sha256, diary.now)
    diary.ring().expect_sms(VAN)
    diary.at("2025-09-09 10:00").lab_reports("xylazine", county="Kern")
    assert str(diary.editions()[-1].state) == "held for review"
    reject(diary.app, NUMBER, ana, "one sample, wrong county", diary.now)
    diary.ring().expect_nothing(VAN)
    assert str(diary.alert().state) == "open"


def test_a_review_that_nobody_does_is_noted_once(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    diary.at("20:59")
    assert "review.overdue" not in [k for k, _ in diary.record()]
    diary.at("21:00").later(days=2)
    assert [k for k, s in diary.record() if s == NUMBER] == ["alert.opened", "review.overdue"]


def test_an_alert_that_is_withdrawn_before_anybody_approved_it_was_never_one(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine", key="X1")
    diary.at("12:00").lab_withdraws("X1")
    diary.later(days=40).expect_nothing(VAN, DESK)
    assert str(diary.alert().state) == "ended"
    with pytest.raises(ReviewError, match="does not wait for a review"):
        approve(diary.app, NUMBER, diary.person("Ana"), "", diary.now)


def test_a_correction_waits_for_no_approver(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, DESK).at("2025-09-08 09:00").lab_reports("xylazine", key="X1")
    approve(diary.app, NUMBER, diary.person("Ana"), diary.planned().sha256, diary.now)
    diary.ring().expect_sms(VAN)
    diary.expect_mail(DESK)
    diary.at("12:00").lab_withdraws("X1")
    diary.expect_sms(VAN, containing="correct")
    diary.expect_mail(DESK, containing="correct")


def test_cancelling_tells_those_who_were_told_and_nobody_else(diary: Diary) -> None:
    """At night the mail went out and the text still waits; then somebody calls the alert off."""
    diary.joins(VAN, DESK).at("2025-09-08 22:30").lab_reports("xylazine")
    diary.expect_mail(DESK)
    diary.joins(COUNTER)
    assert cancel(diary.app, NUMBER, diary.person("Ana"), "the wrong file was published", diary.now) == 1
    diary.ring().expect_mail(DESK, containing="correct")
    diary.at("2025-09-09 12:00").expect_nothing(VAN, COUNTER, DESK)
    assert diary.states(VAN) == ["cancelled"]
    with pytest.raises(ReviewError, match="no open alert"):
        cancel(diary.app, NUMBER, diary.person("Ana"), "again", diary.now)


@pytest.fixture
def reviewed_on_postgresql(postgres_server: Postgres) -> Iterator[Diary]:
    """Where several may write at once; on SQLite one waits for the other before it looks."""
    with opened_diary(postgres_server.migrated(), release="review") as opened:
        yield opened


def test_of_two_who_decide_in_the_same_instant_one_is_told_that_it_is_done(reviewed_on_postgresql: Diary) -> None:
    """Else the record would say "refused" and the alert would be ended, of texts that are on their way."""
    diary = reviewed_on_postgresql.joins(VAN).at("2025-09-08 09:00").lab_reports("xylazine")
    seen, ana, ben = diary.planned().sha256, diary.person("Ana"), diary.person("Ben")
    app, now = diary.app, diary.now
    with ThreadPoolExecutor(2) as pool:
        with app.store.write() as somebody:
            # Holds the edition until both have looked at it.
            somebody.execute(sa.select(alert_versions.c.alert).with_for_update())
            approval = pool.submit(approve, app, NUMBER, ana, seen, now)
            refusal = pool.submit(reject, app, NUMBER, ben, "no", now)
            time.sleep(0.5)
        problems = [one.exception(timeout=30) for one in (approval, refusal)]
    assert [type(problem) for problem in problems if problem] == [ReviewError]
    diary.ring()
    said = {kind for kind, _ in diary.record() if kind in ("alert.approved", "alert.rejected", "alert.addressed")}
    if problems[0] is None:
        assert said == {"alert.approved", "alert.addressed"}
        diary.expect_sms(VAN, containing="xylazine")
    else:
        assert said == {"alert.rejected"}
        diary.expect_nothing(VAN)
