"""A laboratory over HTTP: it publishes documents as a real one does, and misbehaves on demand as real ones have.

In a test or the demo:  `with Laboratory() as lab: lab.publish(b"…", "/r.csv", "text/csv"); lab.url("/r.csv")`.
By hand:  `python -m tests.peers.lab_peer FOLDER [--port 8099]` publishes the files of a folder and follows changes;
`curl -X PUT --data-binary @file http://127.0.0.1:8099/results.csv` publishes too.
"""

from __future__ import annotations

import argparse
import hashlib
import mimetypes
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LOGIN_PAGE = b"""<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>
<form method="post" action="/login"><input name="user"><input name="password" type="password"></form></body></html>"""


@dataclass(frozen=True)
class Published:
    """One document as it stands now. etag is a strong entity tag; modified an HTTP date."""

    body: bytes
    content_type: str
    etag: str
    modified: str


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. status: what it was answered, 0 if it was left without an answer."""

    path: str
    headers: Mapping[str, str]
    status: int = 0


Misbehaviour = Callable[["_Handler", Published | None], int]
"""Answers a request badly and returns the status it gave."""


class Laboratory:
    """The peer. Thread-safe; `asked` is its own ledger of requests in order."""

    def __init__(self, port: int = 0, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self._documents: dict[str, Published] = {}
        self._bad: dict[str, tuple[Misbehaviour, int]] = {}
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._server = _Server((host, port), _Handler)
        self._server.laboratory = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/") -> str:
        """Address of a document, e.g. `http://127.0.0.1:41234/results.csv`."""
        return f"http://{self._server.server_address[0]!s}:{self.port}{path}"

    def start(self) -> Laboratory:
        """Begin to serve in a thread of its own."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving; requests that are being answered slowly are cut."""
        self.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Laboratory:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def publish(self, body: bytes, path: str, content_type: str = "text/csv; charset=utf-8") -> Published:
        """Put a document at a path, in place of what was there. The entity tag changes only when the bytes do."""
        tag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
        with self._lock:
            before = self._documents.get(path)
            if before is not None and before.etag == tag:
                modified = before.modified
            else:
                modified = format_datetime(datetime.now(UTC), usegmt=True)
            document = Published(body, content_type, tag, modified)
            self._documents[path] = document
        return document

    def withdraw(self, path: str) -> None:
        """Take a document away; its path answers 404."""
        with self._lock:
            self._documents.pop(path, None)

    def misbehave(self, path: str, how: Misbehaviour, times: int = 1_000_000) -> None:
        """Answer the next `times` requests for a path badly; afterwards it behaves again."""
        with self._lock:
            self._bad[path] = (how, times)

    def behave(self, path: str = "") -> None:
        """Stop misbehaving on one path, or on all."""
        with self._lock:
            if path:
                self._bad.pop(path, None)
            else:
                self._bad.clear()

    def look_up(self, path: str) -> tuple[Published | None, Misbehaviour | None]:
        """What stands at a path and how the next request for it is to be answered."""
        with self._lock:
            how, times = self._bad.get(path, (None, 0))
            if how is not None:
                if times <= 1:
                    del self._bad[path]
                else:
                    self._bad[path] = (how, times - 1)
            return self._documents.get(path), how

    def note(self, asked: Asked) -> None:
        """Write a request into the ledger."""
        with self._lock:
            self.asked.append(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    laboratory: Laboratory

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a slow or endless answer is what the misbehaviours are for: nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "Laboratory"
    sys_version = ""
    disable_nagle_algorithm = True
    noted = False

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: the ledger of the laboratory is its log."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        document, how = self.server.laboratory.look_up(path)
        self.noted = False
        if how is not None:
            how(self, document)
        else:
            self.answer(document)
        self.note(0)

    def note(self, status: int) -> None:
        """Enter the request in the ledger, once, before its first byte of answer leaves."""
        if not self.noted:
            self.noted = True
            self.server.laboratory.note(Asked(self.path, dict(self.headers.items()), status))

    def send_response(self, code: int, message: str | None = None) -> None:
        """As in the standard library, and noted first: who has an answer in hand finds it in the ledger."""
        self.note(code)
        super().send_response(code, message)

    def do_PUT(self) -> None:
        self.noted = True
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        kind = self.headers.get("Content-Type") or mimetypes.guess_type(self.path)[0] or "application/octet-stream"
        self.server.laboratory.publish(body, self.path.partition("?")[0], kind)
        self.reply(201, b"published\n", "text/plain")

    def answer(self, document: Published | None) -> int:
        """Answer well: the document, 304 or 404. Returns the status."""
        if document is None:
            return self.reply(404, b"not here\n", "text/plain")
        tags = {"ETag": document.etag, "Last-Modified": document.modified}
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            same = document.etag in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
        else:
            same = self.headers.get("If-Modified-Since") == document.modified
        if same:
            return self.reply(304, b"", "", tags)
        return self.reply(200, document.body, document.content_type, tags)

    def reply(self, status: int, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> int:
        """Answer in one go. Returns the status."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)
        return status

    def begin(self, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        """Answer 200 with a body of unsaid length that ends when the connection does."""
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True


def login_page() -> Misbehaviour:
    """HTTP 200, and a page that asks to sign in."""
    return lambda handler, document: handler.reply(200, LOGIN_PAGE, "text/html; charset=utf-8")


def empty() -> Misbehaviour:
    """HTTP 200 and not one byte, under the promised content type."""
    return lambda handler, document: handler.reply(200, b"", document.content_type if document else "text/csv")


def truncated(share: float = 0.6) -> Misbehaviour:
    """A copy that was cut before it was published: complete to HTTP, incomplete in itself."""

    def answer(handler: _Handler, document: Published | None) -> int:
        body = document.body if document else b""
        return handler.reply(200, body[: int(len(body) * share)], document.content_type if document else "text/csv")

    return answer


def broken_off(share: float = 0.5) -> Misbehaviour:
    """The connection breaks in the middle of the body."""

    def answer(handler: _Handler, document: Published | None) -> int:
        body = document.body if document else b"x" * 1000
        handler.send_response(200)
        handler.send_header("Content-Type", document.content_type if document else "text/csv")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: int(len(body) * share)])
        handler.close_connection = True
        return 200

    return answer


def huge(size: int = 41_000_000) -> Misbehaviour:
    """A body larger than anyone should take."""

    def answer(handler: _Handler, document: Published | None) -> int:
        handler.begin("text/csv")
        line = b"600001,fentanyl,GCMS,2024-01-01\n" * 2048
        sent = 0
        while sent < size and not handler.server.laboratory.stopping.is_set():
            handler.wfile.write(line)
            sent += len(line)
        return 200

    return answer


def wrong_charset() -> Misbehaviour:
    """Says UTF-8 and sends Windows-1252."""

    def answer(handler: _Handler, document: Published | None) -> int:
        text = document.body.decode("utf-8") if document else "county\nDoña Ana\n"
        return handler.reply(200, text.encode("cp1252", "replace"), "text/csv; charset=utf-8")

    return answer


def gzip_bomb(size: int = 400_000_000) -> Misbehaviour:
    """A few hundred kB that unpack to hundreds of MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1_000_000)
    body = b"".join([*(packer.compress(block) for _ in range(size // len(block))), packer.flush()])
    return lambda handler, document: handler.reply(200, body, "text/csv", {"Content-Encoding": "gzip"})


def slow_drip(pause: float = 0.05, in_headers: bool = False) -> Misbehaviour:
    """One byte, a pause, one byte, a pause: never silent for long, and never done."""

    def answer(handler: _Handler, document: Published | None) -> int:
        if in_headers:
            handler.note(200)
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            handler.close_connection = True
        else:
            handler.begin("text/csv")
        while not handler.server.laboratory.stopping.is_set():
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(pause)
        return 200

    return answer


def stall(after_headers: bool = False) -> Misbehaviour:
    """Takes the request and says nothing more."""

    def answer(handler: _Handler, document: Published | None) -> int:
        if after_headers:
            handler.begin("text/csv")
        handler.note(0)
        handler.server.laboratory.stopping.wait(300)
        handler.close_connection = True
        return 200

    return answer


def redirect(to: str = "", status: int = 302) -> Misbehaviour:
    """Sends the client elsewhere; without an address, to the very same one, for ever."""
    return lambda handler, document: handler.reply(status, b"", "text/plain", {"Location": to or handler.path})


def busy(status: int = 429, retry_after: str = "30") -> Misbehaviour:
    """Too many requests (429) or out of service (503), with or without a Retry-After."""
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda handler, document: handler.reply(status, b"later\n", "text/plain", headers)


def refuses(user_agent: str) -> Misbehaviour:
    """403 for a User-Agent that contains the given words; the document for others."""

    def answer(handler: _Handler, document: Published | None) -> int:
        if user_agent.lower() in handler.headers.get("User-Agent", "").lower():
            return handler.reply(403, b"automated access is not allowed\n", "text/plain")
        return handler.answer(document)

    return answer


def main() -> None:
    """Publish the files of a folder until interrupted."""
    parser = argparse.ArgumentParser(description="A laboratory over HTTP that publishes the files of a folder.")
    parser.add_argument("folder", nargs="?", type=Path, help="folder whose files are published, followed for changes")
    parser.add_argument("--port", type=int, default=8099)
    given = parser.parse_args()
    with Laboratory(given.port) as lab:
        print(f"The laboratory is at {lab.url()} (Ctrl-C ends it)", flush=True)
        seen: dict[Path, int] = {}
        try:
            while True:
                for file in sorted(given.folder.iterdir()) if given.folder else ():
                    changed = file.stat().st_mtime_ns if file.is_file() else 0
                    if changed and seen.get(file) != changed:
                        seen[file] = changed
                        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                        lab.publish(file.read_bytes(), "/" + file.name, kind)
                        print(f"  published {lab.url('/' + file.name)}", flush=True)
                time.sleep(0.5)
        except KeyboardInterrupt:
            print("The laboratory is closed.")


if __name__ == "__main__":
    main()
