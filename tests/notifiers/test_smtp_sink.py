"""The mail notifier against a mail server that is none of ours: Postfix's smtp-sink, where it is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from notifiers.email import SmtpEmail
from notifiers.message import DeliveryError, Message, Scope
from notifiers.smtp_connection import Server
from notifiers.smtp_security import Security

SINK = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/libexec/postfix")
pytestmark = pytest.mark.skipif(SINK is None, reason="Postfix's smtp-sink is not installed: no foreign mail server")
MAIL = Message("d-1", "van@partner.example", "Señal\n.\nfin", subject="Alerta ñ", html="<p>ñ</p>", front="Coalición")


@contextmanager
def sink(*options: str, folder: Path | None = None) -> Iterator[SmtpEmail]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # It will not run as root, and dumps into the folder it is started in.
    unprivileged = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([str(SINK), *unprivileged, *options, f"127.0.0.1:{port}", "50"], cwd=folder)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        server = Server("127.0.0.1", port, Security.NONE, timeout=10)
        with SmtpEmail(server, sender="a@coalition.example", now=lambda: datetime(2026, 11, 22, tzinfo=UTC)) as email:
            yield email
    finally:
        process.terminate()
        process.wait(10)


def test_it_takes_our_mail_and_keeps_it_whole(tmp_path: Path) -> None:
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    # As root the sink becomes nobody, who must be able to write here.
    dumps.chmod(0o777)
    with sink("-d", "%H%M%S.", folder=dumps) as email:
        assert email.send(MAIL).state.startswith("250")
        assert email.send(Message("d-2", "van@partner.example", "two", subject="s")).state.startswith("250")
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in dumps.iterdir()]
    mail = next(mail for mail in mails if mail["Message-ID"] == "<d-1@coalition.example>")
    assert len(mails) == 2
    assert "ENVID=d-1" in mail["X-Mail-Args"]
    assert mail["Subject"] == "Alerta ñ"
    text = mail.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines() == ["Señal", ".", "fin"]


@pytest.mark.parametrize(
    ("options", "scope"),
    [
        (("-f", "RCPT", "-B", "550 5.1.1 no such user"), Scope.RECIPIENT),
        (("-r", "RCPT", "-b", "450 4.2.0 later"), Scope.TEMPORARY),
        (("-f", "MAIL", "-B", "550 5.1.8 no such domain"), Scope.ACCOUNT),
        (("-f", ".", "-B", "554 5.6.0 content refused"), Scope.MESSAGE),
        (("-r", ".", "-b", "451 4.3.0 disk full"), Scope.TEMPORARY),
        (("-q", "RCPT"), Scope.TEMPORARY),
        (("-q", "."), Scope.AMBIGUOUS),
        (("-q", "CONNECT"), Scope.TEMPORARY),
    ],
)
def test_its_refusals_and_hang_ups(options: tuple[str, ...], scope: Scope) -> None:
    with sink(*options) as email, pytest.raises(DeliveryError) as caught:
        email.send(MAIL)
    assert caught.value.scope is scope
