"""The carriers of our own: by hand, over a restart, and from another process."""

from __future__ import annotations

import json
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from notifiers.message import DeliveryError, Message, Scope
from notifiers.twilio import TwilioSms
from tests.peers.smtp_mischief import MailMischief
from tests.peers.smtp_peer import SmtpPeer
from tests.peers.twilio_mischief import Mischief
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioPeer

ROOT = Path(__file__).resolve().parents[2]
TO = "+15105550123"


@contextmanager
def by_hand(module: str, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The peer in a process of its own, and the line that it prints."""
    command = [sys.executable, "-m", module, "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            finally:
                process.kill()  # what does not end must not outlive the tests


def test_the_twilio_peer_by_hand_and_steered_from_here(tmp_path: Path) -> None:
    ledger = tmp_path / "twilio.jsonl"
    with by_hand("tests.peers.twilio_peer", "--ledger", str(ledger)) as (process, line):
        url = line.split()[0]
        with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=url) as sms:
            httpx.post(f"{url}/peer/misbehave", json={"kind": "500-after", "times": 1}, trust_env=False)
            with pytest.raises(DeliveryError) as caught:
                sms.send(Message("d-1", TO, "found"))
            assert caught.value.scope is Scope.AMBIGUOUS
        taken = httpx.get(f"{url}/peer/messages", trust_env=False).json()
        assert [message["body"] for message in taken] == ["found"]
        assert httpx.post(f"{url}/peer/reply", json={"from": TO, "body": "ALTO"}, trust_env=False).json()["status"] == 0
        assert process.poll() is None
    assert process.returncode == 0
    with TwilioPeer(ledger=ledger) as again:
        assert [message.body for message in again.messages] == ["found"]
        assert again.device(TO).expect_sms("found").sid == taken[0]["sid"]


def test_a_killed_twilio_peer_still_knows_what_it_took(tmp_path: Path) -> None:
    ledger = tmp_path / "twilio.jsonl"
    with by_hand("tests.peers.twilio_peer", "--ledger", str(ledger)) as (process, line):
        with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=line.split()[0]) as sms:
            for number in range(5):
                sms.send(Message(f"d-{number}", TO, f"text {number}"))
        process.kill()
        process.wait(10)
    taken = [event["body"] for event in map(json.loads, ledger.read_text().splitlines()) if event["event"] == "taken"]
    assert taken == [f"text {number}" for number in range(5)]


@pytest.mark.parametrize("raw", [True, False])
def test_the_smtp_peer_by_hand(tmp_path: Path, raw: bool) -> None:
    ledger = tmp_path / "mail.jsonl"
    options = ["--ledger", str(ledger)] + ([] if raw else ["--no-raw"])
    with by_hand("tests.peers.smtp_peer", *options) as (_, line):
        found = re.search(r":(\d+)$", line.strip())
        assert found is not None
        with smtplib.SMTP("127.0.0.1", int(found[1]), timeout=5) as smtp:
            smtp.sendmail(
                "a@x.example", ["b@y.example"], "Message-ID: <d-1@x.example>\r\nSubject: s\r\n\r\nsecret words"
            )
    with SmtpPeer(ledger=ledger) as again:
        assert [mail.message_id for mail in again.messages] == ["<d-1@x.example>"]
        assert (b"secret" in again.messages[0].raw) is raw


def test_partial_refusal_within_one_mail() -> None:
    with SmtpPeer() as peer:
        peer.misbehave(MailMischief.REFUSE_RECIPIENT, to="gone@y.example")
        with smtplib.SMTP(peer.host, peer.port, timeout=5) as smtp:
            refused = smtp.sendmail("a@x.example", ["gone@y.example", "b@y.example"], "Subject: s\r\n\r\nx")
        assert list(refused) == ["gone@y.example"]
        assert peer.messages[0].recipients == ("b@y.example",)


def test_expectations_say_what_came_instead() -> None:
    with TwilioPeer() as peer, TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=peer.url) as sms:
        sms.send(Message("d-1", TO, "carfentanil"))
        with pytest.raises(AssertionError, match=r"got no text with 'xylazine' in 0\.05 s; inbox:\n  unread"):
            peer.device(TO).expect_sms("xylazine", timeout=0.05)
        with pytest.raises(AssertionError, match="was to get nothing but got"):
            peer.device(TO).expect_no_sms(within=0.05)
        peer.device(TO).expect_sms("carfentanil")
        with pytest.raises(AssertionError, match="read"):
            peer.device(TO).expect_sms("carfentanil", timeout=0.05)
    with SmtpPeer() as mailbox:
        with pytest.raises(AssertionError, match="got no mail"):
            mailbox.expect_mail("a@x.example", timeout=0.05)
        mailbox.expect_no_mail("a@x.example", within=0.05)


def test_the_handbook_names_every_mischief() -> None:
    handbook = (ROOT / "docs" / "delivery-peers.md").read_text(encoding="utf-8")
    for kind in (*Mischief, *MailMischief):
        name = str(kind).removeprefix("callback") if kind.startswith("callback") else str(kind)
        assert f"`{name}`" in handbook or f"`callback{name}`" in handbook, kind


def test_peers_do_not_need_the_test_tools() -> None:
    """The demonstration starts them where pytest is not installed."""
    code = (
        "import sys, tests.peers.twilio_peer, tests.peers.smtp_peer, tests.peers.smtp_certificate;"
        "sys.exit(any(name.split('.')[0] in ('pytest', 'hypothesis', 'smsutil') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
