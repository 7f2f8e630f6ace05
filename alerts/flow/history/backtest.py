"""What thresholds would have said over a past span: alerts, first dates, texts and people, as a replay would give them.

The detectors look at each day of the past as it was known; what they say is decided in memory, and only what makes an
edition goes through the system's own verbs, in a store that is thrown away. The result equals a day-by-day replay of
the whole system.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from alerts.app import App
from alerts.flow.decision.apply import apply
from alerts.flow.decision.came_since import came_since, first_day
from alerts.flow.decision.decide import decide
from alerts.flow.decision.end_told import end_told
from alerts.flow.decision.levels import levels
from alerts.flow.decision.postponed import still_to_say
from alerts.flow.detection.detect import makes_alerts, of_rule
from alerts.flow.history.let_out import let_out
from alerts.flow.history.past import Past
from alerts.flow.history.replay import HOUR, ReplayedAlert, row
from alerts.flow.scope.region import region_of
from alerts.flow.scope.whole_class import counted_for, whole_class
from alerts.model.alert import AlertState
from alerts.model.intent import Intent, StoredSignal
from alerts.model.level_rule import LevelRule
from alerts.model.open_alert import OpenAlert
from alerts.model.partner import Consent, Contact
from alerts.model.reason import NOTIFIES, Reason
from alerts.model.threshold import Threshold
from alerts.store import alerts, partners, signals
from alerts.store.engine import Store, open_store
from alerts.store.evidence import Believed
from alerts.store.migrate import migrate
from detectors.signal import Signal


def backtest(
    app: App,
    variants: Mapping[str, Sequence[Threshold]],
    past: Past,
    *,
    first: date,
    last: date,
    every: int = 1,
    contacts: Sequence[Contact] = (),
    progress: Callable[[date], None] = lambda _: None,
) -> dict[str, tuple[ReplayedAlert, ...]]:
    """Editions by name of the variant, each in the order in which they would have been made.

    variants: sets of thresholds to compare. every: days between two looks; 1 equals a replay, 7 is several times as
    fast and says things up to six days later. contacts: who would have been written to; addresses are not kept. All
    that waits for approval is let out at once. progress: called after each day that was looked at.
    Raises ValueError for every < 1, SelectionError for a word that means no substance.
    """
    if every < 1:
        raise ValueError(f"a backtest looks every day or every so many days, not every {every}")
    rules = levels(app)
    with _runs(app, variants, rules, contacts) as runs:
        day = first
        while day <= last:
            _one_day(app, runs, past, day)
            progress(day)
            day += timedelta(days=every)
        return {run.name: tuple(run.rows) for run in runs}


@dataclass
class _Run:
    """One variant under way. app: with a store of its own. alerts: as they stand, by id. said: fingerprint →
    (number, signal as it was first said, which is how it is told, when, threshold)."""

    name: str
    app: App
    rules: tuple[Threshold, ...]
    levels: tuple[LevelRule, ...]
    alerts: dict[int, OpenAlert] = field(default_factory=dict)
    said: dict[str, tuple[int, Signal, datetime, str]] = field(default_factory=dict)
    rows: list[ReplayedAlert] = field(default_factory=list)


@contextmanager
def _runs(
    app: App, variants: Mapping[str, Sequence[Threshold]], rules: tuple[LevelRule, ...], contacts: Sequence[Contact]
) -> Iterator[list[_Run]]:
    with tempfile.TemporaryDirectory(prefix="supplywatch-backtest-") as scratch:
        runs: list[_Run] = []
        try:
            for i, (name, thresholds) in enumerate(variants.items()):
                store = open_store(f"sqlite:///{Path(scratch) / f'{i}.db'}", durable=False)
                migrate(store)
                _invite(store, contacts)
                own = replace(app, store=store, believed=Believed())
                ordered = tuple(sorted(thresholds, key=lambda t: t.name))
                runs.append(_Run(name, own, ordered, rules))
            yield runs
        finally:
            for run in runs:
                with closing(run.app.store):
                    pass


def _invite(store: Store, contacts: Sequence[Contact]) -> None:
    """The same people without their addresses: what is only counted need not be copied."""
    with store.write() as connection:
        for contact in contacts:
            partner = partners.add_partner(connection, contact.partner.name, contact.partner.front)
            addresses = tuple(replace(a, address=f"{a.channel} of {contact.id}") for a in contact.addresses)
            made = partners.add_contact(connection, replace(contact, partner=partner, addresses=addresses))
            for a in contact.addresses:
                at = datetime(1970, 1, 1, tzinfo=UTC)
                partners.add_consent(connection, Consent(made.id, a.channel, a.consent, "as it stands", "", at))
                if a.disabled:
                    partners.disable(connection, made.id, a.channel, a.disabled)


def _one_day(app: App, runs: Sequence[_Run], past: Past, day: date) -> None:
    now = datetime.combine(day, HOUR, tzinfo=app.configuration.programme.zone).astimezone(UTC)
    spoken: dict[object, list[Signal]] = {}
    for run in runs:
        found: list[tuple[str, Signal]] = []
        for rule in (r for r in run.rules if r.enabled and makes_alerts(app, r)):
            asks = (rule.method, sorted(rule.parameters.items()), rule.substances, rule.scope, rule.kinds)
            key = repr(asks)
            if key not in spoken:
                spoken[key] = of_rule(app, rule, past.history(rule.kinds, day))
            found += [(rule.name, signal) for signal in spoken[key]]
        _follow(run, past, found, day, now)


def _follow(run: _Run, past: Past, found: Sequence[tuple[str, Signal]], day: date, now: datetime) -> None:
    known = _remembered(run, now)
    numbered = [_numbered(run, name, signal, now) for name, signal in found]
    numbered += _postponed(run, past, known, numbered, day)
    due = any(a.alert.state is AlertState.OPEN and (a.said_until or a.alert.expires_at) <= now for a in known)
    if not (numbered or due or past.changed_on(day)):
        return
    regions = {s.signal.place: region_of(s.signal.place, run.app.gazetteer) for s in numbered}
    known = [_as_of(run.app, run.rules, past, a, day) for a in known]
    for intent in decide(numbered, run.rules, known, regions, now, run.levels):
        if intent.reason in NOTIFIES:
            _make(run, intent, day, now)
        else:
            _note_evidence(run, intent, now)


def _numbered(run: _Run, threshold: str, signal: Signal, now: datetime) -> StoredSignal:
    mark = signals.fingerprint(threshold, signal)
    number, *_ = run.said.setdefault(mark, (len(run.said) + 1, signal, now, threshold))
    return StoredSignal(number, signal, threshold)


def _postponed(
    run: _Run, past: Past, known: Sequence[OpenAlert], numbered: Sequence[StoredSignal], day: date
) -> list[StoredSignal]:
    """As `postponed` of the running system, out of what this run said."""
    result = []
    for one in known:
        if one.alert.state is AlertState.OPEN:
            said = [
                StoredSignal(number, signal, threshold)
                for number, signal, at, threshold in run.said.values()
                if signal.substance == one.alert.substance and at >= one.alert.opened_at
            ]
            for stored in still_to_say(one, said, numbered, run.app.gazetteer):
                if past.believed(stored.signal.evidence, whole_class(one.alert.substance, run.app.lexicon), day):
                    result.append(stored)
    return result


def _remembered(run: _Run, now: datetime) -> list[OpenAlert]:
    """Open alerts, those that ended within the longest cool-down, and the last of each: what the watch goes by."""
    since = now - timedelta(days=max((r.cool_down_days for r in run.rules), default=0))
    last = {
        (a.alert.substance, a.alert.region, a.alert.kind): a.alert.id for a in run.alerts.values() if a.latest is None
    }
    return [
        a
        for a in run.alerts.values()
        if a.latest is not None or (a.alert.ended_at or now) >= since or a.alert.id in last.values()
    ]


def _as_of(app: App, rules: Sequence[Threshold], past: Past, known: OpenAlert, day: date) -> OpenAlert:
    """An alert with what its sources still stood by on that day."""
    if known.alert.state is not AlertState.OPEN:
        return known
    assert known.latest is not None
    refs = {ref for place in known.latest.places for ref in place.evidence}
    believed = past.believed(refs, whole_class(known.alert.substance, app.lexicon), day)
    counted = counted_for(known.alert, rules, app.lexicon)
    now_named = past.named(refs - believed, day)
    zone = app.configuration.programme.zone
    came = past.found_since(known.alert, counted, first_day(known.alert.opened_at, zone), day)
    since, fresh = came_since(known.alert, counted, came, app.gazetteer, zone)
    lexicon = app.lexicon.substances
    renamed = tuple(sorted(s for s in now_named if s in lexicon and lexicon[s].role == "contaminant"))
    last = past.last_found(app, known.alert, counted, day)
    return replace(known, believed=believed, last_found=last, renamed=renamed, since=since, fresh=fresh)


def _make(run: _Run, intent: Intent, day: date, now: datetime) -> None:
    """Let the system's own verbs make the edition, and read back what became of the alert."""
    with run.app.store.write() as connection:
        stored = []
        for one in intent.signals:
            _, first, at, _ = run.said[signals.fingerprint(one.threshold, one.signal)]
            (told,) = signals.store(connection, [(one.threshold, first)], at)
            stored.append(replace(one, id=told.id))
        if intent.alert is not None:
            before = run.alerts[intent.alert.id].alert
            alerts.change(connection, before.state, before, Reason.STILL_OPEN)
    intent = replace(intent, signals=tuple(stored))
    version = apply(run.app, intent, now)
    if version is None:
        return
    let_out(run.app, now)
    with run.app.store.read() as connection:
        alert = alerts.get(connection, version.alert)
        editions = alerts.versions(connection, version.alert)
    assert alert is not None
    last = end_told(editions)
    run.alerts[alert.id] = OpenAlert(
        alert,
        editions[-1] if alert.state is AlertState.OPEN else None,
        panel_noted=any(v.reason is Reason.PANEL_CHANGE for v in editions),
        said_until=last.expires_at if last else None,
        said_on=last.at.astimezone(run.app.configuration.programme.zone).date() if last else None,
    )
    run.rows.append(row(run.app, version, intent, day))


def _note_evidence(run: _Run, intent: Intent, now: datetime) -> None:
    """New evidence keeps an open alert open for longer, silently."""
    if intent.reason not in (Reason.STILL_OPEN, Reason.TOO_SOON) or intent.alert is None:
        return
    known = run.alerts[intent.alert.id]
    if intent.expires_at is not None and intent.expires_at > known.alert.expires_at:
        longer = replace(known.alert, expires_at=intent.expires_at, evidence_at=now)
        run.alerts[intent.alert.id] = replace(known, alert=longer)
