"""Real history through the same code, day by day, as it was known on each day under a stated reporting lag.

The document is read once; each sample is handed to the store on the day it would have been known. From there on
everything is what runs in production: the store with its editions, the detectors, the decider, the record, the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from alerts.app import App
from alerts.flow.history.let_out import let_out
from alerts.flow.scope.region import region_of
from alerts.flow.watch import look
from alerts.model.alert import AlertVersion
from alerts.model.intent import Intent
from alerts.store import alerts, evidence, outbox
from alerts.store.json_nouns import to_json
from detectors.explain import codes_in, explain
from detectors.sample import Sample

HOUR = time(12, 0)
"""The hour of each replayed day: in every American time zone it is the same calendar day."""


@dataclass(frozen=True, slots=True)
class ReplayedAlert:
    """One edition of one alert, as it would have gone out.

    on: the day. first_event: earliest event date in its evidence. evidence: "feed/key". sentences: what its signals
    say. messages: how many would have been sent, in texts of `segments` in all, to `people` contacts.
    labels: of its signals, each once ("panel change" …).
    """

    on: date
    number: str
    version: int
    reason: str
    level: str
    substance: str
    name: str
    region: str
    places: tuple[str, ...]
    new_places: tuple[str, ...]
    threshold: str
    first_event: date | None
    evidence: tuple[str, ...]
    sentences: tuple[str, ...]
    messages: int
    segments: int = 0
    people: int = 0
    labels: tuple[str, ...] = ()


def replay(
    app: App,
    feed: str,
    samples: Sequence[Sample],
    *,
    first: date,
    last: date,
    lag: timedelta,
    progress: Callable[[date], None] = lambda _: None,
) -> Iterator[ReplayedAlert]:
    """Replay `first` to `last`, both inclusive; yields each edition on the day it would have been made.

    samples: named and placed. lag: days from the event (collection or death) until the result is known. Samples known
    before `first` are history when the replay begins.
    """
    arrivals: dict[date, list[Sample]] = {}
    for sample in samples:
        event = sample.collected or sample.tested or sample.published
        if event is not None:
            arrivals.setdefault(max(event + lag, first - timedelta(days=1)), []).append(sample)
    _arrive(app, feed, sorted(arrivals.pop(first - timedelta(days=1), []), key=lambda s: s.key), first, lag)
    day = first
    while day <= last:
        now = datetime.combine(day, HOUR, tzinfo=app.configuration.programme.zone).astimezone(UTC)
        todays = sorted(arrivals.pop(day, []), key=lambda s: s.key)
        if todays:
            with app.store.write() as connection:
                evidence.store(
                    connection, feed, todays, now=now, document=0, known_on=partial(_on, day), whole=False
                )  # fmt: skip
        seen = look(app, now, for_staff=False)
        if seen.versions:
            let_out(app, now)
        made = {(v.alert, v.version): v for v in seen.versions}
        for intent in seen.intents:
            for version in [v for v in made.values() if _is_of(v, intent)]:
                yield row(app, version, intent, day)
        progress(day)
        day += timedelta(days=1)


def _on(day: date, _sample: Sample) -> date:
    return day


def _arrive(app: App, feed: str, history: Sequence[Sample], first: date, lag: timedelta) -> None:
    """What was known before the replay begins, each on its own day."""
    before = datetime.combine(first - timedelta(days=1), HOUR, tzinfo=UTC)

    def known_on(sample: Sample) -> date:
        event = sample.collected or sample.tested or sample.published
        assert event is not None
        return event + lag

    with app.store.write() as connection:
        evidence.store(connection, feed, history, now=before, document=0, known_on=known_on, whole=False)


def _is_of(version: AlertVersion, intent: Intent) -> bool:
    spoken = {s.id for s in intent.signals}
    if intent.alert is not None:
        return version.alert == intent.alert.id
    return version.version == 1 and bool(spoken) and spoken == set(version.signals)


def row(app: App, version: AlertVersion, intent: Intent, day: date) -> ReplayedAlert:
    """One edition with what it says and to how many."""
    with app.store.read() as connection:
        alert = alerts.get(connection, version.alert)
        assert alert is not None
        sent = outbox.of_alert(connection, version.alert, version.version)
    names = {intent.substance: app.lexicon.substances[intent.substance].display("en")}
    spoken = {code for s in intent.signals for code in codes_in(s.signal)}
    places = {code: app.gazetteer.name(code) for code in spoken}
    return ReplayedAlert(
        on=day, number=alert.number, version=version.version, reason=str(version.reason), level=str(version.level),
        substance=alert.substance, name=names[intent.substance], region=region_of(alert.region, app.gazetteer),
        places=tuple(p.place for p in version.places), new_places=version.new_places, threshold=intent.threshold.name,
        first_event=min((p.first for p in version.places if p.first), default=None),
        evidence=tuple(ref for p in version.places for ref in p.evidence),
        sentences=tuple(explain(s.signal, names, places) for s in intent.signals), messages=len(sent),
        segments=sum(d.segments for d in sent), people=len({d.contact for d in sent}),
        labels=tuple(dict.fromkeys(label for s in intent.signals for label in s.signal.labels)),
    )  # fmt: skip


def as_json(rows: Sequence[ReplayedAlert]) -> list[dict[str, object]]:
    """JSON-ready rows, in the order of the replay."""
    return [to_json(one) for one in rows]
