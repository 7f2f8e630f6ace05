"""The wire under Twilio's client: proxies of the machine, forms, and nothing of a message in the log."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from notifiers.message import DeliveryError, Message, Scope
from notifiers.twilio import TwilioSms
from notifiers.twilio_transport import TwilioTransport
from tests.peers.smtp_certificate import certify
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioPeer

TO = "+15105550123"


class Proxy:
    """Takes texts for anybody, as a proxy sees them: with the whole address in the request's first line."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                proxy.asked.append(self.path)
                proxy.forms.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                body = json.dumps({"sid": "SM" + "0" * 32, "status": "queued", "num_segments": "1"}).encode()
                self.send_response(201)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    one = Proxy()
    thread = threading.Thread(target=one.server.serve_forever)
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


def sender(url: str) -> TwilioSms:
    return TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=url, timeout=5)


def test_a_text_goes_through_the_machines_proxy(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "")
    with sender("http://carrier.example") as sms:
        sms.send(Message("d-1", TO, "peligro: ñ & € +"))
    assert [path.partition("/2010")[0] for path in proxy.asked] == ["http://carrier.example"]
    assert proxy.forms == [{"To": [TO], "Body": ["peligro: ñ & € +"], "From": [NUMBER]}]


def test_a_host_that_the_proxy_is_not_for_is_called_itself(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with TwilioPeer() as peer, sender(peer.url) as sms:
        assert sms.send(Message("d-1", TO, "hello")).provider_id.startswith("SM")
    assert proxy.asked == []


def test_neither_number_nor_words_stand_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), TwilioPeer() as peer, sender(peer.url) as sms:
        sms.send(Message("d-1", TO, "words of an alert"))
    assert TO.strip("+") not in caplog.text
    assert "words of an alert" not in caplog.text
    assert AUTH_TOKEN not in caplog.text


def test_a_query_keeps_its_order_and_leaves_out_what_is_not_set() -> None:
    asked: list[int] = []
    with TwilioPeer() as peer:
        wire = TwilioTransport(5, peer.url, lambda status, _: asked.append(status))
        found = wire.request(
            "GET", f"{peer.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json",
            params={"To": TO, "From": None, "PageSize": 5}, auth=(ACCOUNT_SID, AUTH_TOKEN),
        )  # fmt: skip
        wire.close()
    assert (asked, found.status_code, json.loads(found.text)["messages"]) == ([200], 200, [])


class Guarded:
    """A server for one handshake, with a certificate that nobody vouches for; `said`: what came through it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.said = b""
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self.listening.getsockname()[1]}"
        self._context = context
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        taken, _ = self.listening.accept()
        with taken, contextlib.suppress(OSError), self._context.wrap_socket(taken, server_side=True) as inside:
            self.said = inside.recv(1)

    def close(self) -> None:
        self._thread.join(10)
        self.listening.close()


def test_a_carrier_without_a_trusted_certificate_gets_nothing(tmp_path: Path) -> None:
    _, context = certify(tmp_path)
    carrier = Guarded(context)
    with sender(carrier.url) as sms, pytest.raises(DeliveryError) as refused:
        sms.send(Message("d-1", TO, "hello"))
    carrier.close()
    assert (refused.value.scope, refused.value.code) == (Scope.TEMPORARY, "connect"), "surely not sent"
    assert carrier.said == b""


def test_a_carrier_that_the_machine_trusts_is_spoken_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = certify(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    carrier = Guarded(context)
    with sender(carrier.url) as sms, pytest.raises(DeliveryError):
        sms.send(Message("d-1", TO, "hello"))
    carrier.close()
    assert carrier.said == b"P"
