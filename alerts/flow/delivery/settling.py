"""Callbacks that come in together share a transaction: thousands of them must not wait for a disk one after another."""

from __future__ import annotations

import logging
import queue
import threading
from concurrent.futures import Future
from datetime import datetime

from alerts.app import App
from alerts.flow.delivery.settle import settle, settle_all
from notifiers.twilio_callbacks import StatusCallback

log = logging.getLogger("supplywatch.delivery")

MOST = 500
"""Callbacks of one transaction: a worker that wants to write meanwhile waits a tenth of a second at the most."""

Waiting = tuple[StatusCallback, datetime, "Future[bool]"]


class Settling:
    """One thread takes what has come in while it kept the last ones. An answer is given when its callback is kept."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._waiting: queue.SimpleQueue[Waiting] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self, callback: StatusCallback, now: datetime) -> Future[bool]:
        """Hand a callback in; the result is there when it is on the disk, and says whether it is about one of ours."""
        done: Future[bool] = Future()
        self._waiting.put((callback, now, done))
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="callbacks", daemon=True)
                self._thread.start()
        return done

    def _work(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < MOST:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            self._keep(batch)

    def _keep(self, batch: list[Waiting]) -> None:
        try:
            ours = settle_all(self._app, [(callback, at) for callback, at, _ in batch])
        except Exception:
            log.warning("%d callbacks could not be kept together; they are kept one by one", len(batch), exc_info=True)
            # One that cannot be kept, or two workers in each other's way: the others must not be lost with it.
            for callback, at, done in batch:
                try:
                    done.set_result(settle(self._app, callback, at))
                except Exception as error:
                    done.set_exception(error)
            return
        for (_, _, done), one in zip(batch, ours, strict=True):
            done.set_result(one)
