"""What mail programs and mail servers answer by themselves: the unsubscribe button, and mail that comes back."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
import standardwebhooks

from tests.databases import SqliteFiles
from tests.delivery.test_bounces import REPORT
from tests.flow.timeline import DESK, VAN, Diary, opened_diary

WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def diary(sqlite_files: SqliteFiles, tmp_path: Path) -> Iterator[Diary]:
    secret = tmp_path / "bounces"
    secret.write_text(WHSEC)
    own = f'[email]\nbounces_secret_file = "{secret}"'
    with opened_diary(sqlite_files.migrated(), own=lambda text: text.replace("[email]", own)) as opened:
        yield opened


def test_the_button_of_a_mail_program_works_with_the_mail_that_arrived(diary: Diary) -> None:
    """RFC 8058: one POST to the address in the header, without cookies, sign-in or a second question."""
    diary.joins(DESK, VAN)
    diary.at("2025-09-08 09:00").lab_reports("xylazine", key="A")
    mail = diary.expect_mail(DESK, "xylazine").parsed
    diary.expect_sms(VAN, "xylazine")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert link.startswith(diary.app.configuration.programme.public_url)
    # A program that only looks at the link ends nothing.
    assert httpx.get(link).status_code == 200
    assert diary.states(DESK) == ["accepted"]
    answer = httpx.post(link, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    diary.at("2025-09-10 10:00").lab_withdraws("A")
    diary.expect_sms(VAN)
    diary.expect_nothing(DESK)


def bounce(diary: Diary, secret: str, at: datetime) -> tuple[int, str]:
    (sent,) = diary.deliveries(DESK)
    raw = REPORT.format(envelope=sent.id, to=DESK.email, action="failed", status="5.1.1")
    signature = standardwebhooks.Webhook(secret).sign("bounce-1", at, raw)
    heads = {"webhook-id": "bounce-1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    url = f"{diary.app.configuration.programme.public_url}/callbacks/bounce"
    answer = httpx.post(url, content=raw.encode(), headers={**heads, "content-type": "message/rfc822"})
    (now,) = diary.deliveries(DESK)
    return answer.status_code, str(now.state)


def test_a_mail_server_posts_what_came_back(diary: Diary) -> None:
    diary.joins(DESK).at("2025-09-08 09:00").lab_reports("xylazine").expect_mail(DESK)
    stranger = "whsec_" + base64.b64encode(bytes(range(50, 82))).decode()
    assert bounce(diary, stranger, diary.now) == (403, "accepted")
    assert bounce(diary, WHSEC, diary.now - timedelta(hours=1)) == (403, "accepted")
    assert bounce(diary, WHSEC, diary.now) == (204, "failed")
    assert bounce(diary, WHSEC, diary.now) == (204, "failed")


def test_nothing_is_taken_where_no_secret_is_set(sqlite_files: SqliteFiles) -> None:
    with opened_diary(sqlite_files.migrated()) as plain:
        url = f"{plain.app.configuration.programme.public_url}/callbacks/bounce"
        assert httpx.post(url, content=b"x").status_code == 404
