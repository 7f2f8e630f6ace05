"""The mail notifier against the SMTP peer, over real SMTP."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from fast_mail_parser import parse_email

from notifiers.email import SmtpEmail
from notifiers.message import DeliveryError, Message, Scope
from notifiers.smtp_connection import Server
from notifiers.smtp_security import Security
from tests.peers.smtp_certificate import certify
from tests.peers.smtp_mischief import MailMischief
from tests.peers.smtp_peer import SmtpPeer

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
TO = "van@partner.example"
SENDER = "alerts@coalition.example"


@pytest.fixture
def peer() -> Iterator[SmtpPeer]:
    with SmtpPeer() as peer:
        yield peer


def plain(peer: SmtpPeer, timeout: float = 10) -> Server:
    return Server(peer.host, peer.port, Security.NONE, timeout=timeout)


def notifier(server: Server) -> SmtpEmail:
    return SmtpEmail(server, sender=SENDER, now=lambda: NOW)


@pytest.fixture
def email(peer: SmtpPeer) -> Iterator[SmtpEmail]:
    with notifier(plain(peer)) as email:
        yield email


def mail(to: str = TO, delivery_id: str = "d-1", text: str = "Found.\n.\n..\n.x\nEnd") -> Message:
    return Message(
        delivery_id,
        to,
        text,
        subject="Alerta: medetomidina en el condado de Contra Costa — qué hacer ahora, paso a paso, y a quién llamar",
        html="<p>Lo que se <b>encontró</b></p>",
        front="Coalición de Reducción de Daños",
        unsubscribe="https://alerts.example/u/" + "a1b2" * 30,
    )


def refused(email: SmtpEmail, message: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        email.send(message)
    return caught.value


def refused_by(server: Server) -> DeliveryError:
    with notifier(server) as email:
        return refused(email, mail())


def test_a_mail_arrives_whole(peer: SmtpPeer, email: SmtpEmail) -> None:
    receipt = email.send(mail())
    got = peer.expect_mail(TO, "medetomidina")
    assert got.text.splitlines() == ["Found.", ".", "..", ".x", "End"]
    assert got.html.strip() == "<p>Lo que se <b>encontró</b></p>"
    assert got.subject == mail().subject
    assert got.message_id == receipt.provider_id == "<d-1@coalition.example>"
    assert got.envelope_id == "d-1"
    assert got.parsed["From"].addresses[0].display_name == "Coalición de Reducción de Daños"
    assert got.parsed["From"].addresses[0].addr_spec == got.sender == SENDER
    assert got.parsed["Date"].datetime == NOW
    assert got.parsed["Auto-Submitted"] == "auto-generated"
    assert got.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert receipt.state == "250 2.0.0 OK: taken"
    assert not [part.defects for part in got.parsed.walk() if part.defects]


def test_the_bytes_obey_the_limits_of_mail(peer: SmtpPeer, email: SmtpEmail) -> None:
    email.send(mail(text="señor " + "x" * 500 + "\n" + "palabra ñ " * 50))
    raw = peer.expect_mail(TO).raw
    assert raw.isascii(), "no server needs 8BITMIME"
    assert b"\n" not in raw.replace(b"\r\n", b"")
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(len(line) for line in body.split(b"\r\n")) <= 76
    assert b"List-Unsubscribe: <https://alerts.example/u/" + b"a1b2" * 30 + b">\r\n" in head + b"\r\n", (
        "a link, unfolded"
    )
    for word in re.findall(rb"=\?[^?]+\?[qb]\?[^?]*\?=", head):
        assert len(word) <= 75
    assert head.count(b"MIME-Version") == 1
    assert b"MIME-Version" not in body


def test_a_repeat_is_the_same_byte_for_byte_and_holds_its_own_boundary(peer: SmtpPeer, email: SmtpEmail) -> None:
    for _ in range(2):
        email.send(mail(text="--=_alternative\n\n--=_alternative--\nstill the text"))
    first, second = peer.messages
    assert first.raw == second.raw
    assert first.text.splitlines()[-1] == "still the text"
    assert "encontró" in first.html


def test_addresses_beside_ours_may_have_names(peer: SmtpPeer, email: SmtpEmail) -> None:
    email.send(Message("d-3", TO, "x", subject="s", headers={"Reply-To": '"Ana Núñez, RN" <ana@coalition.example>'}))
    (address,) = peer.expect_mail(TO).parsed["Reply-To"].addresses
    assert (address.display_name, address.addr_spec) == ("Ana Núñez, RN", "ana@coalition.example")


def test_a_mail_without_html_or_link_is_plain(peer: SmtpPeer, email: SmtpEmail) -> None:
    email.send(Message("d-2", TO, "Only words", subject="Words", headers={"In-Reply-To": "<d-1@coalition.example>"}))
    got = peer.expect_mail(TO).parsed
    assert got.get_content_type() == "text/plain"
    assert got["List-Unsubscribe"] is None
    assert got["In-Reply-To"] == "<d-1@coalition.example>"


def test_many_mails_go_over_one_connection_and_a_hung_up_one_is_replaced(peer: SmtpPeer, email: SmtpEmail) -> None:
    for number in range(5):
        email.send(mail(delivery_id=f"d-{number}"))
    assert len(peer.conversations) == 1
    peer.hang_up()
    email.send(mail(delivery_id="d-9"))
    assert len(peer.messages) == 6


def test_a_connection_ends_after_so_many_mails(peer: SmtpPeer) -> None:
    with SmtpEmail(plain(peer), sender=SENDER, now=lambda: NOW, mails_per_connection=2) as email:
        for number in range(4):
            email.send(mail(delivery_id=f"d-{number}"))
        peer.ledger.wait(lambda: not peer.conversations, 10)
    assert len(peer.messages) == 4


def test_several_threads_may_send_at_once(peer: SmtpPeer, email: SmtpEmail) -> None:
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda n: email.send(mail(delivery_id=f"d-{n}")), range(40)))
    assert {r.provider_id for r in receipts} == {m.message_id for m in peer.messages}
    assert len(peer.messages) == 40
    assert len(peer.conversations) <= 4


@pytest.mark.parametrize(
    ("kind", "reply", "scope"),
    [
        (MailMischief.REFUSE_RECIPIENT, "550 5.1.1 no such user", Scope.RECIPIENT),
        (MailMischief.REFUSE_RECIPIENT, "550 no such user", Scope.RECIPIENT),
        (MailMischief.REFUSE_RECIPIENT, "450 4.2.0 greylisted", Scope.TEMPORARY),
        (MailMischief.REFUSE_RECIPIENT, "552 5.2.2 mailbox full", Scope.TEMPORARY),
        (MailMischief.REFUSE_RECIPIENT, "550 5.7.1 relaying denied", Scope.MESSAGE),
        (MailMischief.REFUSE_RECIPIENT, "530 5.7.0 authentication required", Scope.ACCOUNT),
        (MailMischief.REFUSE_SENDER, "550 5.1.8 no such domain", Scope.ACCOUNT),
        (MailMischief.REFUSE_SENDER, "451 4.7.1 later", Scope.TEMPORARY),
        (MailMischief.REFUSE_DATA, "554 5.6.0 content refused", Scope.MESSAGE),
        (MailMischief.REFUSE_DATA, "451 4.3.0 disk full", Scope.TEMPORARY),
        (MailMischief.REFUSE_DATA, "550 5.7.26 unauthenticated mail", Scope.ACCOUNT),
        (MailMischief.REFUSE_DATA, "421 4.3.2 shutting down", Scope.TEMPORARY),
    ],
)
def test_refusals_by_stage_and_code(
    peer: SmtpPeer, email: SmtpEmail, kind: MailMischief, reply: str, scope: Scope
) -> None:
    peer.misbehave(kind, reply=reply)
    error = refused(email, mail())
    assert (error.scope, error.code) == (scope, reply[:3])
    assert error.detail == reply[4:]
    assert peer.messages == ()
    email.send(mail(delivery_id="d-2"))
    assert peer.expect_mail(TO).message_id == "<d-2@coalition.example>", "the conversation goes on after a refusal"


def test_one_refused_recipient_does_not_spoil_the_others(peer: SmtpPeer, email: SmtpEmail) -> None:
    peer.misbehave(MailMischief.REFUSE_RECIPIENT, times=None, to="gone@partner.example")
    email.send(mail("a@partner.example", "d-1"))
    assert refused(email, mail("gone@partner.example", "d-2")).scope is Scope.RECIPIENT
    email.send(mail("b@partner.example", "d-3"))
    assert [m.recipients for m in peer.messages] == [("a@partner.example",), ("b@partner.example",)]


@pytest.mark.parametrize("kind", [MailMischief.STALL_BEFORE, MailMischief.HANG_UP_BEFORE])
def test_broken_before_the_end_of_the_message_is_surely_not_taken(peer: SmtpPeer, kind: MailMischief) -> None:
    peer.misbehave(kind)
    assert refused_by(plain(peer, timeout=1.5)).scope is Scope.TEMPORARY
    assert peer.messages == ()


@pytest.mark.parametrize("kind", [MailMischief.STALL_AFTER, MailMischief.HANG_UP_AFTER])
def test_broken_after_the_end_of_the_message_is_ambiguous_and_the_repeat_bears_the_same_id(
    peer: SmtpPeer, email: SmtpEmail, kind: MailMischief
) -> None:
    peer.misbehave(kind)
    assert refused_by(plain(peer, timeout=1.5)).scope is Scope.AMBIGUOUS
    email.send(mail())
    assert [m.message_id for m in peer.messages] == ["<d-1@coalition.example>"] * 2


def test_slow_but_in_time_is_taken(peer: SmtpPeer, email: SmtpEmail) -> None:
    peer.misbehave(MailMischief.SLOW, seconds=0.1)
    assert email.send(mail()).state.startswith("250")


def test_where_nobody_listens_it_is_temporary() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = refused_by(Server("127.0.0.1", port, Security.NONE, timeout=10))
    assert (error.scope, error.code) == (Scope.TEMPORARY, "connect")


def test_a_server_that_speaks_no_smtp_is_temporary() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = refused_by(Server("127.0.0.1", silent.getsockname()[1], Security.NONE, timeout=0.2))
    assert error.scope is Scope.TEMPORARY


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_tls_with_login_and_a_verified_certificate(tmp_path: Path, security: Security) -> None:
    certificate, context = certify(tmp_path)
    with SmtpPeer(tls=context, implicit_tls=security is Security.SSL, user="supplywatch", password="s3cret") as peer:
        server = Server(peer.host, peer.port, security, "supplywatch", "s3cret", timeout=10, ca_file=str(certificate))
        with notifier(server) as email:
            email.send(mail())
        got = peer.expect_mail(TO)
        assert got.encrypted
        assert got.user == "supplywatch"
        wrong = Server(peer.host, peer.port, security, "supplywatch", "wr0ng", timeout=10, ca_file=str(certificate))
        error = refused_by(wrong)
        assert (error.scope, error.code) == (Scope.ACCOUNT, "535")
        assert "wr0ng" not in str(error)
        nameless = Server(peer.host, peer.port, security, timeout=10, ca_file=str(certificate))
        assert refused_by(nameless).scope is Scope.ACCOUNT


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    _, context = certify(tmp_path)
    with SmtpPeer(tls=context) as peer:
        error = refused_by(Server(peer.host, peer.port, Security.STARTTLS, timeout=10))
        assert (error.scope, error.code) == (Scope.ACCOUNT, "tls")
        assert peer.messages == ()


def test_no_starttls_means_no_mail(peer: SmtpPeer) -> None:
    error = refused_by(Server(peer.host, peer.port, Security.STARTTLS, timeout=10))
    assert error.scope is Scope.ACCOUNT
    assert peer.messages == ()


def test_no_tls_to_another_machine_is_refused() -> None:
    with pytest.raises(ValueError, match="this machine only"):
        notifier(Server("mail.example.org", 25, Security.NONE)).send(mail())


@pytest.mark.parametrize(
    "to", ["", "van", "van@", "@x.example", "a b@x.example", "van@partner.example\nBcc: x@y.example"]
)
def test_an_address_that_is_none(email: SmtpEmail, peer: SmtpPeer, to: str) -> None:
    assert refused(email, mail(to)).scope is Scope.RECIPIENT
    assert peer.messages == ()


@pytest.mark.parametrize(
    "message",
    [
        Message("d-1", TO, "x", subject="a\nBcc: x@y.example"),
        Message("d-1", TO, "x", subject="a", front="b\r\nBcc: x@y.example"),
        Message("d-1", TO, "x", subject="a", headers={"Reply-To": "a@b.example\nBcc: x@y.example"}),
        Message("d-1", TO, "x", subject="a", headers={"Bcc": "x@y.example"}),
        Message("d-1", TO, "x", subject="a", headers={"X: y\nBcc": "x@y.example"}),
        Message("d-1", TO, "x", subject="a", unsubscribe="https://x.example/>,<mailto:a@b.example"),
        Message("d-1\nBcc: x@y.example", TO, "x", subject="a"),
        Message("../../etc/passwd", TO, "x", subject="a"),
    ],
)
def test_nothing_can_be_smuggled_into_a_header(email: SmtpEmail, peer: SmtpPeer, message: Message) -> None:
    assert refused(email, message).scope is Scope.MESSAGE
    assert peer.messages == ()


def test_find_cannot_tell(email: SmtpEmail) -> None:
    email.send(mail())
    assert email.find(mail(), NOW) is None
    assert not email.reconciles


WORDS = {"es": "Qué hacer: no la dejes sola.\nLlama al 911 — ya.\n.\nFin", "en": "Stay.\n" + "long " * 400, "": "x"}


@pytest.mark.parametrize("text", WORDS.values(), ids=["accents", "a long line", "one letter"])
@pytest.mark.parametrize("html", ["", "<p>Señal <b>nueva</b></p>" * 60], ids=["plain", "with html"])
def test_two_strict_readers_that_are_not_ours_read_what_was_written(
    peer: SmtpPeer, email: SmtpEmail, text: str, html: str
) -> None:
    """Python's reader under its strict policy, which raises at the first defect, and one in Rust."""
    link = "https://alerts.example/u/1"
    email.send(Message("d-9", TO, text, subject="Alerta — qué hacer", html=html, front="Punto", unsubscribe=link))
    raw = peer.expect_mail(TO).raw
    strict = message_from_bytes(raw, policy=policy.strict)
    read = strict.get_body(("plain",))
    assert read is not None
    assert read.get_content().splitlines() == text.splitlines()
    # Written out again under the same policy it still says the same.
    again = message_from_bytes(strict.as_bytes(), policy=policy.strict).get_body(("plain",))
    assert again is not None
    assert again.get_content().splitlines() == text.splitlines()
    foreign = parse_email(raw)
    assert foreign.subject == "Alerta — qué hacer"
    (plain_part,) = foreign.text_plain
    assert plain_part.splitlines() == text.splitlines()
    assert [one.strip() for one in foreign.text_html] == ([html] if html else [])
    heads = {name.lower(): value for name, value in foreign.headers.items()}
    assert heads["list-unsubscribe"] == [f"<{link}>"]
