"""An open-data portal over HTTP, Socrata (SODA 2.1) and CKAN alike: it pages, selects columns, and tags its answers."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SOCRATA_LIMIT = 1000
CKAN_LIMIT = 100


class Portal:
    """The peer. rows: the table as it stands. queries: what was asked, in order. sent: every byte that left it."""

    def __init__(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.rows = list(rows)
        self.queries: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.sent = b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.portal = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{path}"

    def __enter__(self) -> Portal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Silence: `queries` is the log."""

    def do_GET(self) -> None:
        portal: Portal = self.server.portal  # type: ignore[attr-defined]
        path, query = urlsplit(self.path).path, {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        portal.queries.append(query)
        ckan = path.endswith("/datastore_search")
        named = query.get("fields" if ckan else "$select", "")
        limit = int(query.get("limit" if ckan else "$limit", CKAN_LIMIT if ckan else SOCRATA_LIMIT))
        first = int(query.get("offset" if ckan else "$offset", 0))
        chosen = [
            {k: v for k, v in row.items() if not named or k in named.split(",")}
            for row in portal.rows[first : first + limit]
        ]
        value: object = {"success": True, "result": {"records": chosen}} if ckan else chosen
        body = json.dumps(value).encode()
        tag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
        same = self.headers.get("If-None-Match") == tag
        portal.statuses.append(304 if same else 200)
        self.send_response(portal.statuses[-1])
        self.send_header("ETag", tag)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", "0" if same else str(len(body)))
        self.end_headers()
        if not same:
            self.wfile.write(body)
            portal.sent += body
