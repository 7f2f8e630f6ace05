"""Signed posts to a partner's own system, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import standardwebhooks

from notifiers.message import DeliveryError, Message, Scope
from notifiers.retry_after import seconds
from notifiers.standard_webhooks import key, sign
from notifiers.webhook import Webhook

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


class Endpoint:
    """A partner's system: answers with `status` and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.pause = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if endpoint.status == 0:
                    endpoint.pause.wait(2)
                    return
                self.send_response(endpoint.status)
                for name, value in {**endpoint.headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self.pause.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.stop()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook(SECRET, now=lambda: NOW, timeout=10) as webhook:
        yield webhook


def refused(webhook: Webhook, to: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        webhook.send(Message("d-1", to, "x"))
    return caught.value


def test_a_post_can_be_verified_by_the_schemes_description(endpoint: Endpoint, webhook: Webhook) -> None:
    receipt = webhook.send(Message("d-1", endpoint.url, "ñ", subject="s", html="<p>", front="Casa Segura"))
    headers, body = endpoint.got[0]
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    expected = base64.b64encode(hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "type": "message",
        "timestamp": "2026-11-22T09:05:00+00:00",
        "data": {"delivery_id": "d-1", "front": "Casa Segura", "subject": "s", "text": "ñ", "html": "<p>"},
    }
    assert (receipt.provider_id, receipt.state) == ("d-1", "204")


def test_the_schemes_own_example() -> None:
    """The example that the specification's libraries test against."""
    signature = sign(
        key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_repeat_bears_the_same_id(endpoint: Endpoint, webhook: Webhook) -> None:
    for _ in range(2):
        webhook.send(Message("d-1", endpoint.url, "x"))
    assert [headers["webhook-id"] for headers, _ in endpoint.got] == ["d-1", "d-1"]


@pytest.mark.parametrize(
    ("status", "scope"),
    [
        (410, Scope.RECIPIENT),
        (301, Scope.RECIPIENT),
        (400, Scope.MESSAGE),
        (413, Scope.MESSAGE),
        (401, Scope.TEMPORARY),
        (404, Scope.TEMPORARY),
        (302, Scope.TEMPORARY),
        (500, Scope.TEMPORARY),
        (503, Scope.TEMPORARY),
    ],
)
def test_refusals(endpoint: Endpoint, webhook: Webhook, status: int, scope: Scope) -> None:
    endpoint.status = status
    endpoint.headers = {"Location": endpoint.url}
    error = refused(webhook, endpoint.url)
    assert (error.scope, error.code) == (scope, str(status))
    assert len(endpoint.got) == 1, "a redirect is not followed"


def test_it_waits_as_long_as_asked(endpoint: Endpoint, webhook: Webhook) -> None:
    endpoint.status = 429
    endpoint.headers = {"Retry-After": "Sun, 22 Nov 2026 09:07:00 GMT"}
    assert refused(webhook, endpoint.url).retry_after == 120


def test_no_answer_may_be_repeated(endpoint: Endpoint, webhook: Webhook) -> None:
    endpoint.status = 0
    assert refused(webhook, endpoint.url).scope is Scope.TEMPORARY


def test_nobody_there(webhook: Webhook) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refused(webhook, f"http://127.0.0.1:{port}/").scope is Scope.TEMPORARY


@pytest.mark.parametrize(
    "to", ["http://partner.example/hook", "ftp://x.example", "", "hook", "https://", "https://[::1"]
)
def test_only_https_and_only_addresses(webhook: Webhook, to: str) -> None:
    error = refused(webhook, to)
    assert (error.scope, error.code) == (Scope.RECIPIENT, "url")


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "whsec_c2hvcnQ=", base64.b64encode(bytes(65)).decode()])
def test_a_secret_that_is_none(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook secret"):
        Webhook(secret, now=lambda: NOW)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("3", 3.0),
        ("-5", 0.0),
        ("99999999", 86400.0),
        ("nan", None),
        ("soon", None),
        ("Sun, 22 Nov 2026 09:05:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 08:00:00 GMT", 0.0),
    ],
)
def test_retry_after(header: str | None, wait: float | None) -> None:
    assert seconds(header, NOW) == wait


def test_a_date_means_nothing_without_a_clock() -> None:
    assert seconds("Sun, 22 Nov 2026 09:05:30 GMT") is None


def test_during_a_rotation_both_secrets_of_a_receiver_verify(endpoint: Endpoint) -> None:
    """Judged by the scheme's own library, which checks the age of the timestamp too."""
    older = "whsec_" + base64.b64encode(bytes(range(100, 132))).decode()
    with Webhook(SECRET, now=lambda: datetime.now(UTC), before=older) as webhook:
        webhook.send(Message(delivery_id="rotating", to=endpoint.url, text="Carfentanil — found", subject="Act now"))
    ((headers, body),) = endpoint.got
    for secret in (SECRET, older):
        judged = standardwebhooks.Webhook(secret).verify(body, headers)
        assert judged["data"]["text"] == "Carfentanil — found"
    stranger = "whsec_" + base64.b64encode(bytes(range(50, 82))).decode()
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(stranger).verify(body, headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body.replace(b"found", b"fount"), headers)
    hour_ago = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 3600)}
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body, hour_ago)
