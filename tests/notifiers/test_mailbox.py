"""A mailbox is read once, politely, and never for longer than allowed, whatever the server does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifiers.mailbox import KEYWORD, LARGEST, Mailbox, MailboxError, read_mailbox, try_mailbox
from notifiers.smtp_security import Security
from tests.peers.imap_peer import PASSWORD, USER, ImapMischief, ImapPeer
from tests.peers.smtp_certificate import certify


@pytest.fixture
def peer() -> Iterator[ImapPeer]:
    with ImapPeer() as found:
        yield found


def box(peer: ImapPeer, **changed: object) -> Mailbox:
    usual: dict[str, object] = {
        "host": "127.0.0.1", "port": peer.port, "security": Security.NONE, "user": USER, "password": PASSWORD,
        "timeout": 0.5, "longest": 2.0,
    }  # fmt: skip
    return Mailbox(**{**usual, **changed})  # type: ignore[arg-type]


def test_each_mail_is_given_once_and_marked_after_it_was_kept(peer: ImapPeer) -> None:
    for number in range(3):
        peer.put(b"Subject: %d\n\nbody" % number)
    seen: list[tuple[bytes, set[str]]] = []
    assert read_mailbox(box(peer), lambda raw: seen.append((raw[:10], set(peer.mails[len(seen)].flags))), 10) == 3
    assert [raw for raw, _ in seen] == [b"Subject: 0", b"Subject: 1", b"Subject: 2"]
    assert all(not flags for _, flags in seen)
    assert all(mail.flags == {KEYWORD} for mail in peer.mails)
    assert read_mailbox(box(peer), lambda _: pytest.fail("read twice"), 10) == 0


def test_what_could_not_be_kept_is_read_again(peer: ImapPeer) -> None:
    peer.put(b"Subject: a\n\n")

    def broken(raw: bytes) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        read_mailbox(box(peer), broken, 10)
    assert peer.mails[0].flags == set()
    kept: list[bytes] = []
    peer.mischief = {ImapMischief.DROP_BEFORE_MARK}
    with pytest.raises(MailboxError):
        read_mailbox(box(peer), kept.append, 10)
    peer.mischief = set()
    read_mailbox(box(peer), kept.append, 10)
    assert len(kept) == 2


def test_no_more_than_asked_and_none_longer_than_allowed(peer: ImapPeer) -> None:
    for _ in range(5):
        peer.put(b"Subject: big\n\n" + b"x" * (LARGEST + 1000))
    kept: list[bytes] = []
    assert read_mailbox(box(peer), kept.append, 2) == 2
    assert {len(raw) for raw in kept} == {LARGEST}
    assert [mail.fetched for mail in peer.mails] == [1, 1, 0, 0, 0]


def test_a_server_without_flags_of_our_own_gets_its_mails_seen(peer: ImapPeer) -> None:
    peer.mischief = {ImapMischief.NO_KEYWORDS}
    peer.put(b"Subject: a\n\n")
    assert read_mailbox(box(peer), lambda _: None, 10) == 1
    assert peer.mails[0].flags == {"\\Seen"}
    assert read_mailbox(box(peer), lambda _: None, 10) == 0


def test_mails_are_removed_only_where_that_is_asked_for(peer: ImapPeer) -> None:
    peer.put(b"Subject: a\n\n")
    assert read_mailbox(box(peer, delete=True), lambda _: None, 10) == 1
    assert peer.mails == []


@pytest.mark.parametrize(
    ("mischief", "words"),
    [
        (ImapMischief.REFUSE_LOGIN, "refuses the login of bounces"),
        (ImapMischief.STALL_GREETING, "took too long"),
        (ImapMischief.STALL_FETCH, "took too long"),
        (ImapMischief.DRIP_FETCH, "cannot be read"),
        (ImapMischief.DROP_FETCH, "cannot be read"),
        (ImapMischief.NO_FOLDER, "INBOX cannot be opened: [NONEXISTENT] Unknown Mailbox"),
        (ImapMischief.GARBAGE, "cannot be read"),
    ],
)
def test_every_misdeed_is_a_sentence_in_bounded_time(peer: ImapPeer, mischief: ImapMischief, words: str) -> None:
    peer.put(b"Subject: a\n\n" + b"x" * 4000)
    peer.mischief = {mischief}
    kept: list[bytes] = []
    started = time.monotonic()
    with pytest.raises(MailboxError) as caught:
        read_mailbox(box(peer), kept.append, 10)
    assert time.monotonic() - started < 10
    assert words in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert kept == []
    assert peer.mails[0].flags == set()


def test_the_way_is_private_and_the_certificate_is_looked_at(tmp_path: Path) -> None:
    authority, context = certify(tmp_path)
    with ImapPeer(tls=context) as peer:
        peer.put(b"Subject: a\n\n")
        private = box(peer, security=Security.SSL, timeout=5.0, longest=20.0)
        with pytest.raises(MailboxError, match="certificate"):
            read_mailbox(private, lambda _: None, 10)
        assert peer.commands == []
        known = box(peer, security=Security.SSL, ca_file=str(authority), timeout=5.0, longest=20.0)
        assert try_mailbox(known) == 1
        assert read_mailbox(known, lambda _: None, 10) == 1


def test_no_open_line_to_another_machine() -> None:
    with pytest.raises(ValueError, match="this machine only"):
        read_mailbox(Mailbox("mail.example", 143, Security.NONE, "u", "p"), lambda _: None, 1)
    assert "secret" not in repr(Mailbox("mail.example", 143, Security.NONE, "u", "secret"))
