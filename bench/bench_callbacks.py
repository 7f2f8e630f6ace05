"""A carrier calls back for 10,000 texts in one moment: how long does the last of them wait for its answer?

The console runs in a process of its own, as `supplywatch serve` runs it, on a SQLite file that is kept durably. Each
callback is a signed request on a connection of its own, and all are begun at once by another process; an answer counts
from that moment. The carrier gives up after 15 seconds (Twilio, "Webhooks FAQ"). Afterwards the books are held against
each other. The baseline keeps the same callbacks one by one, each in its own transaction, without a network.
Goals: every answer within 15 s, none lost, every text `delivered`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

import sqlalchemy as sa
import uvloop
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from alerts.app import App
from alerts.console.server import listen, server_of
from alerts.flow.delivery.settle import settle
from notifiers.twilio_callbacks import StatusCallback, callback_url
from tests.delivery.ground import MORNING, Ground, add, row, states
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN

LIMIT = 15.0
BASELINE = 500


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--callbacks", type=int, default=10_000)
    chosen = arguments.parse_args()
    many = chosen.callbacks
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory(prefix="supplywatch-callbacks-") as folder:
        one_by_one = baseline(f"sqlite:///{folder}/bare.db")
        url = f"sqlite:///{folder}/outbox.db"
        spent: list[float] = []
        with serving(url, many, spent) as (app, port):
            begun = time.perf_counter()
            waits, refused = uvloop.run(call_back(app.configuration.programme.public_url, port, many))
            took = time.perf_counter() - begun
            found = states(app)
            with app.store.read() as connection:
                kept = connection.scalar(sa.text("select count(*) from callbacks")) or 0
    waits.sort()
    half, nearly = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    lost = 2 * many - kept
    rate = 2 * many / took
    missed = [f"the last answer came after {waits[-1]:.1f} s"] if waits[-1] > LIMIT else []
    missed += [f"{lost} callbacks lost"] if lost else []
    missed += [f"{refused} refused"] if refused else []
    missed += [f"states {found}"] if found != {"delivered": many} else []
    print(
        f"callbacks: {2 * many} in two waves of {many} (sent, delivered), each wave at once: answers after "
        f"{half:.2f} s (half), {nearly:.2f} s (99 %), {waits[-1]:.2f} s (last; goal {LIMIT:.0f}); {rate:.0f} a second, "
        f"{rate / one_by_one:.1f} times as many as one by one without a network ({one_by_one:.0f}); "
        f"{500 * spent[0] / many:.2f} ms of processor time each; {lost} lost: "
        + ("all goals met" if not missed else "MISSED: " + "; ".join(missed))
    )
    sys.exit(bool(missed))


def baseline(url: str) -> float:
    """Callbacks a second, each in a transaction of its own."""
    app = Ground(url, "http://127.0.0.1:9", 9).app(durable=True)
    _accepted(app, BASELINE)
    rates = []
    for part in range(5):
        size = BASELINE // 5
        calls = [StatusCallback(f"sms{n:026d}", f"SM{n}", "delivered") for n in range(part * size, (part + 1) * size)]
        begun = time.perf_counter()
        for call in calls:
            settle(app, call, MORNING)
        rates.append(size / (time.perf_counter() - begun))
    app.close()
    return statistics.median(rates)


@contextmanager
def serving(url: str, many: int, spent: list[float]) -> Iterator[tuple[App, int]]:
    """The console in a process of its own; gives an app on the same database, and the port. spent: gets the seconds of
    processor time that it used."""
    listener = listen("127.0.0.1", 0)
    port = int(listener.getsockname()[1])
    app = Ground(url, "http://127.0.0.1:9", 9, callbacks=port).app(durable=True)
    _accepted(app, many)
    app.store.close()
    child = os.fork()
    if not child:
        try:
            own = Ground(url, "http://127.0.0.1:9", 9, callbacks=port).app(durable=True)
            environment = {"SUPPLYWATCH_TWILIO_AUTH_TOKEN": AUTH_TOKEN}
            server_of(own, lambda: datetime.now(UTC), environment).run(sockets=[listener])
        finally:
            os._exit(0)
    listener.close()
    again = Ground(url, "http://127.0.0.1:9", 9, callbacks=port).app(durable=True)
    try:
        yield again, port
    finally:
        os.kill(child, signal.SIGTERM)
        used = os.wait4(child, 0)[2]
        spent.append(used.ru_utime + used.ru_stime)
        again.close()


def _accepted(app: App, many: int) -> None:
    add(app, [row(n, n % 20 + 1, "sms", alert=5_000_000 + n) for n in range(many)])
    with app.store.write() as connection:
        connection.execute(sa.text("UPDATE outbox SET state = 'accepted'"))


async def call_back(base: str, port: int, many: int) -> tuple[list[float], int]:
    """(seconds until each answer, how many were no 204). Requests are made up beforehand; then all are let go."""
    sign = RequestValidator(AUTH_TOKEN)
    waits: list[float] = []
    refused = 0
    for state in ("sent", "delivered"):
        requests = [_request(sign, base, n, state) for n in range(many)]
        begun = time.perf_counter()
        answers = await asyncio.gather(*(_one(port, request, begun) for request in requests))
        waits += [seconds for seconds, _ in answers]
        refused += sum(b" 204 " not in first for _, first in answers)
    return waits, refused


def _request(sign: RequestValidator, base: str, number: int, state: str) -> bytes:
    url = callback_url(f"{base}/callbacks/twilio/status", f"sms{number:026d}")
    form = {"AccountSid": ACCOUNT_SID, "MessageSid": f"SM{number:032x}", "MessageStatus": state}
    body = urlencode(form)
    path = url.removeprefix(base)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {sign.compute_signature(url, form)}\r\n\r\n"
    )
    return (head + body).encode()


async def _one(port: int, request: bytes, begun: float) -> tuple[float, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    first = await reader.readline()
    seconds = time.perf_counter() - begun
    writer.close()
    return seconds, first


if __name__ == "__main__":
    main()
