"""The bells of one node. A bell only rings; which node does the work is decided by claiming a row.

APScheduler 3 keeps its jobs in memory here: two of its processes on one job store would run every job twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from alerts.app import App
from alerts.clock.now import now
from alerts.flow.addressing.digest import digest
from alerts.flow.addressing.lay_out import lay_out
from alerts.flow.collection.collect import collect
from alerts.flow.collection.lateness import lateness
from alerts.flow.delivery.dispatch import dispatch
from alerts.flow.delivery.fall_back import fall_back
from alerts.flow.delivery.read_bounces import read_bounces
from alerts.flow.delivery.read_mailbox import read_mail
from alerts.flow.delivery.reconcile import reconcile
from alerts.flow.delivery.recover import recover
from alerts.flow.duty.overdue import overdue
from alerts.flow.upkeep.checkpoint import checkpoint
from alerts.flow.upkeep.tidy import tidy
from alerts.flow.watch import watch
from alerts.store import work
from alerts.store.stopwatch import Stopwatch

log = logging.getLogger("supplywatch.clock")

BATCH = 200
"""Interrupted messages that a bell looks into at one stroke."""


FALL_BACK = 5.0
"""Seconds between two looks for people whose channel has failed."""


class Bells:
    """The scheduler of this node. `start` returns at once; `stop` waits for the work under way."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._stopping = threading.Event()
        self._resting = Stopwatch(0)
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(8)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60},
            timezone=app.configuration.programme.zone,
        )

    def start(self) -> None:
        recover(self.app, now())
        clock = self.app.configuration.clock
        for name, feed in self.app.configuration.feeds.items():
            if feed.enabled:
                # The row says when the feed is due; the bell rings a little more often, so that a retry is not late.
                every = max(min(feed.every, timedelta(minutes=1)), timedelta(seconds=1))
                self._every(f"collect {name}", every, partial(self._collect, name))
        self._every("watch", timedelta(seconds=clock.detect_seconds), self._watch)
        for channel in self.app.notifiers:
            # A bell each, so that a carrier that does not answer holds nobody else's messages up.
            every = timedelta(seconds=clock.deliver_seconds)
            self._every(f"deliver {channel}", every, partial(self._deliver, channel))
        self._every("reconcile", timedelta(seconds=max(1.0, clock.deliver_seconds)), self._reconcile)
        self._every("lay out", timedelta(seconds=max(1.0, clock.deliver_seconds)), self._lay_out)
        self._every("fall back", timedelta(seconds=max(FALL_BACK, clock.deliver_seconds)), self._fall_back)
        if self.app.configuration.email.bounces_folder:
            self._every("bounces", timedelta(minutes=1), lambda: read_bounces(self.app, now()))
        if self.app.mailbox is not None:
            self._every("mailbox", timedelta(minutes=1), lambda: read_mail(self.app, now()))
        self._every("lateness", timedelta(minutes=1), lambda: lateness(self.app, now()))
        self._every("digest", timedelta(minutes=5), lambda: digest(self.app, now()))
        self._every("overdue", timedelta(minutes=1), lambda: overdue(self.app, now()))
        at = clock.daily_at
        self._scheduler.add_job(
            self._guard("daily", self._daily), CronTrigger(hour=at.hour, minute=at.minute), id="daily", name="daily"
        )
        self._scheduler.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def ring(self, name: str) -> None:
        """Let a bell ring now: what has just been made need not wait for its next stroke."""
        if not self._stopping.is_set() and self._scheduler.get_job(name) is not None:
            self._scheduler.modify_job(name, next_run_time=now())

    def _every(self, name: str, every: timedelta, job: Callable[[], object]) -> None:
        self._scheduler.add_job(
            self._guard(name, job),
            IntervalTrigger(seconds=every.total_seconds()),
            id=name,
            name=name,
            next_run_time=now(),
        )

    def _guard(self, name: str, job: Callable[[], object]) -> Callable[[], None]:
        def guarded() -> None:
            if self._stopping.is_set():
                return
            try:
                job()
            except Exception:
                # One broken stroke must not stop the bell: the next one finds the row again.
                log.exception("%s failed; it is tried again at the next stroke", name)

        return guarded

    def _collect(self, name: str) -> None:
        if any(outcome.changed for outcome in collect(self.app, now(), only=(name,))):
            self.ring("watch")

    def _watch(self) -> None:
        seen = watch(self.app, now())
        if seen is not None and seen.addressed:
            self.ring("lay out")
            for channel in self.app.notifiers:
                self.ring(f"deliver {channel}")

    def _deliver(self, channel: str) -> None:
        while not self._stopping.is_set() and dispatch(self.app, channel, now()):
            pass

    def _reconcile(self) -> None:
        for _ in range(BATCH):
            if self._stopping.is_set() or reconcile(self.app, now()) is None:
                return

    def _lay_out(self) -> None:
        while not self._stopping.is_set() and lay_out(self.app, now(), most=1):
            pass

    def _fall_back(self) -> None:
        if self._resting.running:
            return
        look, started = Stopwatch(0), 0
        while not self._stopping.is_set() and (now_started := fall_back(self.app, now())):
            started += now_started
        # With a hundred thousand people a look takes long; it must not take more than a tenth of the machine.
        self._resting = Stopwatch(9 * look.elapsed.total_seconds())
        if started:
            for channel in self.app.notifiers:
                self.ring(f"deliver {channel}")

    def _daily(self) -> None:
        moment: datetime = now()
        checkpoint(self.app, moment)
        tidy(self.app, moment)
        # Some decisions depend on the calendar alone: an alert's end, a window that moved on.
        with self.app.store.write() as connection:
            work.ask_for(connection, work.WATCH, moment)
