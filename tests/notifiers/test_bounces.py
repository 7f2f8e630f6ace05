"""Delivery reports as mail servers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.bounces import Bounce, parse
from notifiers.message import Scope

DOMAIN = "coalition.example"


def report(
    *,
    status: str = "5.1.1",
    action: str = "failed",
    envelope: str = "Original-Envelope-Id: d-42\n",
    returned: str = "Message-ID: <d-41@coalition.example>\nSubject: Alert\n",
    kind: str = "text/rfc822-headers",
    diagnostic: str = "smtp; 550 5.1.1 <van@partner.example>: user unknown",
    recipients: str = "",
) -> bytes:
    """A report laid out as in RFC 3464, with one recipient unless more are given."""
    block = recipients or (
        f"Final-Recipient: rfc822; van@partner.example\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {diagnostic}\n"
    )
    return (
        "From: MAILER-DAEMON@mx.partner.example\nTo: bounces@coalition.example\nSubject: Undelivered\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nI am sorry.\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.partner.example\n{envelope}\n{block}\n"
        f"--b\nContent-Type: {kind}\n\n{returned}\n--b--\n"
    ).encode()


def one(raw: bytes) -> Bounce:
    (bounce,) = parse(raw, DOMAIN)
    return bounce


def test_a_failed_recipient() -> None:
    assert one(report()) == Bounce(
        "d-42",
        "van@partner.example",
        Scope.RECIPIENT,
        "5.1.1",
        "smtp; 550 5.1.1 <van@partner.example>: user unknown",
    )


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_without_an_envelope_id_the_returned_message_id_tells(kind: str) -> None:
    returned = "Message-ID: <d-41@coalition.example>\nSubject: Alert\n\nthe text\n"
    assert one(report(envelope="", kind=kind, returned=returned)).delivery_id == "d-41"
    assert one(report(envelope="Original-Envelope-Id: ../../x\n", kind=kind, returned=returned)).delivery_id == "d-41"


def test_somebody_elses_message_id_is_not_ours() -> None:
    assert one(report(envelope="", returned="Message-ID: <d-41@elsewhere.example>\n")).delivery_id == ""


@pytest.mark.parametrize(
    ("status", "action", "diagnostic", "scope"),
    [
        ("5.1.1", "failed", "", Scope.RECIPIENT),
        ("5.1.10", "failed", "", Scope.RECIPIENT),
        ("5.4.4", "failed", "smtp; host not found", Scope.RECIPIENT),
        ("5.2.2", "failed", "smtp; mailbox full", Scope.TEMPORARY),
        ("5.2.3", "failed", "", Scope.MESSAGE),
        ("5.7.1", "failed", "", Scope.MESSAGE),
        ("5.7.26", "failed", "", Scope.ACCOUNT),
        ("5.0.0", "failed", "smtp; 550 5.1.1 no such user", Scope.RECIPIENT),
        ("5.0.0", "failed", "x-unix; exit 69", Scope.MESSAGE),
        ("4.4.7", "failed", "expired after five days", Scope.MESSAGE),
        ("4.4.1", "delayed", "smtp; connection timed out", Scope.TEMPORARY),
        ("4.4.1", "Delayed", "", Scope.TEMPORARY),
        ("", "failed", "", Scope.MESSAGE),
    ],
)
def test_scopes(status: str, action: str, diagnostic: str, scope: Scope) -> None:
    assert one(report(status=status, action=action, diagnostic=diagnostic)).scope is scope


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_good_news_is_no_bounce(action: str) -> None:
    assert parse(report(action=action, status="2.0.0"), DOMAIN) == ()


def test_several_recipients_in_one_report() -> None:
    blocks = (
        "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1\n\n"
        "Original-Recipient: rfc822; b@x.example\nFinal-Recipient: rfc822; c@y.example\n"
        "Action: delayed\nStatus: 4.2.0\n\n"
        "Final-Recipient: rfc822; d@x.example\nAction: delivered\nStatus: 2.1.5\n"
    )
    assert [(b.recipient, b.scope) for b in parse(report(recipients=blocks), DOMAIN)] == [
        ("a@x.example", Scope.RECIPIENT),
        ("b@x.example", Scope.TEMPORARY),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: Out of office\n\nBack on Monday",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/plain\n\nhi\n--b--\n",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n--b--\n",
        b"Content-Type: multipart/report\n\nno parts",
    ],
)
def test_other_mail_is_no_bounce(raw: bytes) -> None:
    assert parse(raw, DOMAIN) == ()


@given(st.binary(max_size=400), st.integers(0, 700))
def test_a_mangled_report_never_breaks_the_reader(noise: bytes, at: int) -> None:
    raw = report()
    for bounce in parse(raw[:at] + noise + raw[at:], DOMAIN):
        assert isinstance(bounce, Bounce)
