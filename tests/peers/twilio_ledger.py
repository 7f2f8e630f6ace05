"""What the Twilio peer has taken: its own books, by which tests judge what was sent once, twice or never."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Text:
    """One text. created, sent: Unix seconds; sent: None while it waits. direction: outbound-api, -reply, inbound."""

    sid: str
    to: str
    body: str
    state: str
    created: float
    sender: str = ""
    service: str = ""
    callback: str = ""
    segments: int = 1
    direction: str = "outbound-api"
    sent: float | None = None
    code: int | None = None

    @property
    def created_at(self) -> datetime:
        return datetime.fromtimestamp(self.created, UTC)


class Ledger:
    """Texts in the order taken, and the numbers that have opted out; with a path also on disk, one JSON object a line.

    A line is on disk before the carrier answers, so that after a kill of either side it still says what was taken.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._texts: dict[str, Text] = {}
        self.opted_out: set[str] = set()
        self.changed = threading.Condition()
        self._file: int | None = None
        if path is not None:
            if path.exists():
                for line in path.read_text(encoding="utf-8").splitlines():
                    self._apply(json.loads(line))
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def take(self, text: Text) -> None:
        self._record({"event": "taken", **asdict(text)})

    def move(self, sid: str, state: str, code: int | None = None) -> Text:
        self._record({"event": "state", "sid": sid, "state": state, "code": code, "at": time.time()})
        return self._texts[sid]

    def opt(self, number: str, out: bool) -> None:
        self._record({"event": "opt", "number": number, "out": out})

    def texts(self) -> tuple[Text, ...]:
        with self.changed:
            return tuple(self._texts.values())

    def text(self, sid: str) -> Text | None:
        with self.changed:
            return self._texts.get(sid)

    def wait(self, found: Callable[[], Any], timeout: float) -> Any:
        """The first true value of `found`, asked again at each change; its last value after `timeout` seconds."""
        with self.changed:
            self.changed.wait_for(lambda: bool(found()), timeout)
            return found()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _record(self, event: dict[str, Any]) -> None:
        with self.changed:
            if self._file is not None:
                os.write(self._file, (json.dumps(event, ensure_ascii=False) + "\n").encode())
            self._apply(event)
            self.changed.notify_all()

    def _apply(self, event: dict[str, Any]) -> None:
        kind = event.pop("event")
        if kind == "taken":
            self._texts[event["sid"]] = Text(**event)
        elif kind == "opt":
            (self.opted_out.add if event["out"] else self.opted_out.discard)(event["number"])
        elif event["sid"] in self._texts:
            text = self._texts[event["sid"]]
            sent = event["at"] if text.sent is None and event["state"] not in ("accepted", "queued") else text.sent
            self._texts[event["sid"]] = replace(text, state=event["state"], code=event["code"], sent=sent)
