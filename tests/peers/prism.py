"""Prism between a client and the Twilio peer: it holds every request and answer against Twilio's own OpenAPI document.

Both come from npm (@stoplight/prism-cli, @twilio/cli-core) and are looked for in the repository's .cache/node; nothing
is fetched here. To have them: npm install --prefix .cache/node --ignore-scripts @stoplight/prism-cli @twilio/cli-core
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

HOME = Path(__file__).resolve().parents[2] / ".cache" / "node" / "node_modules"
PROXY = HOME / ".bin" / "prism"
DOCUMENT = HOME / "@twilio" / "cli-core" / "src" / "services" / "twilio-api" / "twilio_api_v2010.json"

# The document calls page addresses absolute, and Twilio's own examples in it are relative; and it lists no refusals.
KNOWN = ('must match format "uri"', "Unable to match the returned status code")


def absent() -> str:
    """Why Prism cannot run here; "" when it can."""
    if shutil.which("node") is None:
        return "node is not installed: Twilio's OpenAPI is not checked"
    for path in (PROXY, DOCUMENT):
        if not path.exists():
            return f"{path.relative_to(HOME.parents[2])} is absent: Twilio's OpenAPI is not checked"
    return ""


class Prism:
    """A proxy in front of `upstream`."""

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self.url = ""

    def __enter__(self) -> Self:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._log = tempfile.TemporaryFile()
        command = [str(PROXY), "proxy", str(DOCUMENT), self._upstream, "--host", "127.0.0.1", "--port", str(port)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=subprocess.STDOUT)
        self.url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                httpx.get(self.url, trust_env=False)
            except httpx.TransportError:
                time.sleep(0.2)
            else:
                return self
        self.__exit__(None, None, None)
        raise RuntimeError("prism did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


def violations(headers: Mapping[str, str]) -> list[str]:
    """What Prism found wrong with one exchange, in its words, without what is known to be the document's own slip."""
    found = json.loads(headers.get("sl-violations", "[]"))
    told = [f"{'.'.join(map(str, one.get('location', [])))} {one['message']}" for one in found]
    return [words for words in told if not any(slip in words for slip in KNOWN)]
