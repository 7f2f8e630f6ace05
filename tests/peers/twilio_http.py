"""The Twilio peer's HTTP side: Messages create, fetch and list, and a few paths to steer it from another process."""

from __future__ import annotations

import base64
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.peers.twilio_mischief import Mischief, Order
from tests.peers.twilio_resource import VERSION, error, message, page

if TYPE_CHECKING:
    from tests.peers.twilio_peer import TwilioPeer

GARBAGE = b"<html><h1>Bad gateway</h1>"
BEFORE = (Mischief.STALL_BEFORE, Mischief.HANG_UP_BEFORE)
HANG_UP = (Mischief.STALL_BEFORE, Mischief.STALL_AFTER, Mischief.HANG_UP_BEFORE, Mischief.HANG_UP_AFTER)


class Server(ThreadingHTTPServer):
    """Knows its open conversations, so that it can end them: a kept-alive one would hold its thread for ever."""

    daemon_threads = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], peer: TwilioPeer) -> None:
        self.peer = peer
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._lock:
            for conversation in self._open:
                try:
                    conversation.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of the peer and is kept for the test to see."""
        import sys

        fault = sys.exc_info()[1]
        if not isinstance(fault, ConnectionError | TimeoutError):
            self.peer.faults.append(repr(fault))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        self._body()
        path = urlsplit(self.path).path
        peer = self.server.peer
        if path == "/peer/messages":
            return self._json(200, [message(text, peer.account_sid) for text in peer.ledger.texts()])
        if not self._authorised(path):
            return None
        query = dict(parse_qsl(urlsplit(self.path).query))
        base = f"/{VERSION}/Accounts/{peer.account_sid}"
        if path == f"{base}/Messages.json":
            peer.pages += 1
            if peer.orders.next(listing=True):
                return self._json(500, error(500, 20500, "Internal server error"))
            return self._json(200, page(peer.ledger.texts(), peer.account_sid, query))
        text = peer.ledger.text(path.removeprefix(f"{base}/Messages/").removesuffix(".json"))
        if text is None:
            return self._json(404, error(404, 20404, f"The requested resource {path} was not found"))
        return self._json(200, message(text, peer.account_sid))

    def do_POST(self) -> None:
        body = self._body()
        path = urlsplit(self.path).path
        peer = self.server.peer
        if path.startswith("/peer/"):
            return self._steer(path, json.loads(body or b"{}"))
        if not self._authorised(path):
            return None
        if path != f"/{VERSION}/Accounts/{peer.account_sid}/Messages.json":
            return self._json(404, error(404, 20404, f"The requested resource {path} was not found"))
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        order = peer.orders.next(form.get("To", ""))
        return self._create(form, order)

    def log_message(self, format: str, *args: object) -> None:
        """Silence: a test's output is not a web server's log."""

    def _create(self, form: dict[str, str], order: Order | None) -> None:
        peer = self.server.peer
        kind = order.kind if order else None
        if order and kind is Mischief.TOO_MANY:
            return self._json(429, error(429, 20429, "Too Many Requests"), {"Retry-After": "1"})
        if order and kind is Mischief.REFUSE:
            return self._json(400, error(400, order.code, f"refused with {order.code}"))
        if kind is Mischief.ERROR_BEFORE:
            return self._json(500, error(500, 20500, "Internal server error"))
        if order and kind in BEFORE:
            return self._vanish(order)
        refused = peer.refusal(form)
        if refused is not None:
            return self._json(400, error(400, *refused))
        text = peer.take(form, order)
        if order and kind in HANG_UP:
            return self._vanish(order)
        if kind is Mischief.ERROR_AFTER:
            return self._json(500, error(500, 20500, "Internal server error"))
        if kind is Mischief.GARBAGE_AFTER:
            return self._send(201, GARBAGE, {"Content-Type": "text/html"})
        if order and kind is Mischief.SLOW:
            peer.stopping.wait(order.seconds)
        return self._json(201, message(text, peer.account_sid))

    def _vanish(self, order: Order) -> None:
        if order.kind in (Mischief.STALL_BEFORE, Mischief.STALL_AFTER):
            self.server.peer.stopping.wait(order.seconds)
        self.close_connection = True

    def _steer(self, path: str, orders: dict[str, Any]) -> None:
        peer = self.server.peer
        if path == "/peer/misbehave":
            kind = Mischief(orders.pop("kind"))
            peer.misbehave(kind, **orders)
            return self._json(200, {"ordered": kind})
        if path == "/peer/behave":
            peer.behave()
            return self._json(200, {"ordered": "nothing"})
        if path == "/peer/reply":
            answer = peer.inbound(orders["from"], orders["body"])
            return self._json(200, {"status": answer.status, "body": answer.body})
        return self._json(404, {"message": "paths: misbehave, behave, reply, messages"})

    def _authorised(self, path: str) -> bool:
        peer = self.server.peer
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        wanted = base64.b64encode(f"{peer.account_sid}:{peer.auth_token}".encode()).decode()
        if given != wanted:
            self._json(401, error(401, 20003, "Authenticate"), {"WWW-Authenticate": 'Basic realm="Twilio API"'})
        elif not path.startswith(f"/{VERSION}/Accounts/{peer.account_sid}"):
            self._json(404, error(404, 20404, f"The requested resource {path} was not found"))
        return given == wanted and path.startswith(f"/{VERSION}/Accounts/{peer.account_sid}")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _json(self, status: int, document: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
