"""What an approver and `templates preview` show is byte for byte what the carriers' peers were handed."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from alerts.flow.reviewing.review import approve
from alerts.wording.compose import compose
from alerts.wording.kinds import KINDS
from alerts.wording.samples import samples
from notifiers.message import Message
from notifiers.segments import count
from tests.flow.timeline import COUNTER, DESK, EQUIPO, VAN, Diary
from tests.peers.twilio_device import Sms


def part(mail: EmailMessage, kind: str) -> str:
    """One part as its reader gets it: mail knows no other line end than CRLF on its way."""
    body = mail.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


def test_every_part_of_every_message_arrives_as_it_was_approved(reviewed: Diary) -> None:
    diary = reviewed.joins(VAN, COUNTER, DESK, EQUIPO).at("2025-09-08 09:00").lab_reports("xylazine")
    seen = diary.planned()
    assert approve(diary.app, "SW-2025-0001", diary.person("Ana"), seen.sha256, diary.now) == 4
    diary.ring()
    shown = {d.address: d for d in seen.deliveries}
    for who in (VAN, COUNTER):
        text: Sms = diary.expect_sms(who)
        assert text.text.encode() == shown[who.phone].text.encode()
        assert count(text.text).segments == shown[who.phone].segments
    for who in (DESK, EQUIPO):
        mail = diary.expect_mail(who).parsed
        mine = shown[who.email]
        assert str(mail["Subject"]) == mine.subject
        assert part(mail, "plain").encode() == mine.text.encode()
        assert part(mail, "html").encode() == mine.html.encode()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_of_text_arrives_as_it_is_composed(diary: Diary, language: str) -> None:
    phone = f"+1510555{7000 if language == 'en' else 7001}"
    device = diary.carrier.device(phone)
    for kind in (k.name for k in KINDS.values() if "sms" in k.channels):
        made = compose(samples(kind)["plain"], kind=kind, channel="sms", language=language, shelf=diary.app.shelf)
        diary.app.notifiers["sms"].send(Message(delivery_id=f"t-{kind}", to=phone, text=made.text))
        arrived = device.expect_sms().text
        assert arrived.encode() == made.text.encode(), kind
        assert made.segments == count(arrived)
