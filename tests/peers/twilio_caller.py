"""Twilio calling us: signed status callbacks and inbound texts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import queue
import threading
from collections.abc import Callable, Mapping

import httpx

WORKERS = 4


def signature(url: str, form: Mapping[str, str], token: str) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the URL and the sorted fields, written from Twilio's description of it."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class Caller:
    """Posts signed forms; jobs run on a few threads, each job's calls in its own order."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue()
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        self.stopping = threading.Event()
        for thread in self._threads:
            thread.start()

    def post(self, url: str, form: Mapping[str, str]) -> httpx.Response | None:
        """The answer, or None when nobody listens there: a carrier shrugs at that."""
        headers = {"X-Twilio-Signature": signature(url, form, self._token), "User-Agent": "TwilioProxy/1.1"}
        try:
            return self._client.post(url, data=dict(form), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None

    def later(self, job: Callable[[], None], after: float = 0.0) -> None:
        def waited() -> None:
            if not (after and self.stopping.wait(after)):
                job()

        self._jobs.put(waited)

    def idle(self) -> None:
        """Returns when every job so far is done."""
        self._jobs.join()

    def stop(self) -> None:
        self.stopping.set()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                if job is None:
                    return
                if not self.stopping.is_set():
                    job()
            finally:
                self._jobs.task_done()
