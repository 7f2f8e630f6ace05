"""`supplywatch alerts`: list, show, approve, refuse and cancel."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.app import App
from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, operator, say
from alerts.clock.now import now
from alerts.flow.addressing.plan import Plan, plan
from alerts.flow.reviewing import cancel as cancel_verb
from alerts.flow.reviewing import drill
from alerts.flow.reviewing.estimate import Estimate, estimate
from alerts.flow.reviewing.review import ReviewError, annotate, approve, look_back, reject
from alerts.model.alert import Alert, AlertVersion, VersionState
from alerts.model.staff import Person
from alerts.store import alerts, outbox, signals, staff
from alerts.store.engine import Connection
from alerts.store.json_nouns import to_json
from detectors.explain import explain

group = typer.Typer(no_args_is_help=True, help="Alerts: what was said, to how many, why; and deciding what waits.")
Number = Annotated[str, typer.Argument(help="The alert's number, like SW-2026-0007.")]
Why = Annotated[str, typer.Option("--why", help="The reason, in a few words; it goes into the record.")]


@group.command("list")
def list_alerts(
    config: ConfigOption = None,
    as_json: JsonOption = False,
    latest: Annotated[int, typer.Option(help="How many, newest first.")] = 30,
) -> None:
    """List alerts, newest first."""
    with opened(config) as app:
        with app.store.read() as connection:
            found = alerts.everything(connection, latest=latest)
            editions = {a.id: alerts.versions(connection, a.id)[-1] for a in found}
        lines = [_line(app, a, editions[a.id]) for a in found]
        say([to_json(a) for a in found], as_json=as_json, words="\n".join(lines) or "There are no alerts.")


@group.command()
def show(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show one alert: its editions, its evidence, its messages; and what waits for approval, word for word."""
    with opened(config) as app:
        with app.store.read() as connection:
            alert = _get(alerts.by_number(connection, number), number)
            editions = alerts.versions(connection, alert.id)
            messages = outbox.of_alert(connection, alert.id)
            waits = editions[-1].state is VersionState.HELD
            planned = plan(app, connection, alert, editions[-1], now()) if waits else None
            guessed = estimate(app, connection, planned, now()) if planned else None
            said = _signals(app, connection, editions)
        lines = [_line(app, alert, editions[-1]), ""]
        for v in editions:
            lines.append(f"  edition {v.version}  {v.at:%Y-%m-%d %H:%M}  {v.reason}: {v.sentence} [{v.state}]")
        lines += ["", *(f"  {sentence}" for sentence in said), ""]
        lines += [
            f"  {m.channel} {m.language} to contact {m.contact}: {m.state} {m.problem}".rstrip() for m in messages
        ]
        if planned is not None and guessed is not None:
            lines += _approval(planned, guessed)
        value = {
            "alert": to_json(alert),
            "editions": [to_json(v) for v in editions],
            "messages": [to_json(m) for m in messages],
            "approve": planned.sha256 if planned else None,
        }
        say(value, as_json=as_json, words="\n".join(lines))


@group.command("approve")
def approve_alert(
    number: Number,
    seen: Annotated[str, typer.Option("--seen", help="The code that `alerts show` printed under the exact texts.")],
    by: Annotated[str, typer.Option("--by", help="Your name, as staff know you.")] = "operator",
    break_glass: Annotated[
        str, typer.Option(help="Why it cannot wait for a second person; somebody else must look at it afterwards.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Approve the newest edition: exactly the texts and receivers that `alerts show` showed are sent."""
    with opened(config) as app:
        person = operator(app) if by == "operator" else _person(app, by)
        with app.store.read() as connection:
            alert = _get(alerts.by_number(connection, number), number)
            full = plan(app, connection, alert, alerts.versions(connection, alert.id)[-1], now()).sha256
        try:
            made = approve(
                app, number, person, full if full.startswith(seen) and len(seen) >= 8 else seen, now(), break_glass
            )
        except ReviewError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{number} is approved: {made} messages wait in the outbox.")


@group.command("reject")
def reject_alert(number: Number, why: Why, config: ConfigOption = None) -> None:
    """Refuse the newest edition; a first edition that is refused ends the alert."""
    with opened(config) as app:
        try:
            reject(app, number, operator(app), why, now())
        except ReviewError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{number}: the newest edition is refused.")


@group.command("cancel")
def cancel_alert(
    number: Number,
    why: Why,
    because: Annotated[
        str, typer.Option(help=f"What receivers are told: {', '.join(cancel_verb.ENDS)}.")
    ] = "entered_wrong",
    config: ConfigOption = None,
) -> None:
    """End an open alert; those who got it are told, those who did not are left in peace."""
    with opened(config) as app:
        try:
            made = cancel_verb.cancel(app, number, operator(app), why, now(), because)
        except ReviewError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{number} is cancelled: {made} messages say so.")


@group.command("note")
def note(
    number: Number,
    text: Annotated[list[str], typer.Option("--text", help='LANGUAGE=SENTENCE, like "en=Sold as blue powder."')],
    by: Annotated[str, typer.Option("--by", help="Your name, as staff know you.")] = "operator",
    config: ConfigOption = None,
) -> None:
    """Add a sentence to what waits for review. You are then its author, and somebody else must approve it."""
    pairs = {language: said for language, _, said in (one.partition("=") for one in text)}
    with opened(config) as app:
        person = operator(app) if by == "operator" else _person(app, by)
        try:
            edition = annotate(app, number, person, pairs, now())
        except ReviewError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{number}: edition {edition.version} waits for review.")


@group.command("look-back")
def look_back_at(
    number: Annotated[str, typer.Argument(help="The alert's number; without it, what waits to be looked at.")] = "",
    version: Annotated[int, typer.Option(help="The edition that was approved by one person.")] = 1,
    why: Annotated[str, typer.Option("--why", help="What you found.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your name, as staff know you.")] = "operator",
    config: ConfigOption = None,
) -> None:
    """After an approval without a second person: list those that wait, or say what you think of one."""
    with opened(config) as app:
        if not number:
            with app.store.read() as connection:
                waiting = alerts.unreviewed_break_glass(connection)
                names = {v.alert: alerts.get(connection, v.alert) for v in waiting}
            for v in waiting:
                alert = names[v.alert]
                assert alert is not None
                typer.echo(f"{alert.number} --version {v.version}: approved by {v.approved_by}: {v.break_glass}")
            if not waiting:
                typer.echo("Nothing waits.")
            return
        person = operator(app) if by == "operator" else _person(app, by)
        try:
            look_back(app, number, version, person, why, now())
        except ReviewError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{number}, edition {version}: noted.")


@group.command("drill")
def run_drill(number: Number, config: ConfigOption = None) -> None:
    """Run an alert as an exercise: the real pipe, marked EXERCISE, only to those who opted into drills."""
    with opened(config) as app:
        try:
            name, made = drill.drill(app, number, operator(app), now())
        except ReviewError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{name}: {made} messages wait in the outbox. `supplywatch alerts score {name}` shows how it goes.")


@group.command("score")
def score_drill(number: Number, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show how an exercise went: reached, minutes, dead addresses."""
    with opened(config) as app:
        with app.store.read() as connection:
            alert = _get(alerts.by_number(connection, number), number)
            if not alert.exercise:
                raise Failure(f"{number} is no exercise.")
            found = drill.score(connection, alert)
        lines = [
            f"{found.reached} of {found.asked} taken by a carrier, {found.arrived} known to have arrived.",
            f"Minutes to the receipt: median {found.minutes}, longest {found.slowest}.",
            *(f"dead: contact {contact}, {channel}: {problem}" for contact, channel, problem in found.dead),
        ]
        say(to_json(found), as_json=as_json, words="\n".join(lines))


def _line(app: App, alert: Alert, edition: AlertVersion) -> str:
    name = app.lexicon.substances[alert.substance].display("en")
    places = ", ".join(app.gazetteer.name(p) for p in alert.places)
    waits = "  WAITS FOR REVIEW" if edition.state is VersionState.HELD else ""
    waits += "  EXERCISE" if alert.exercise else ""
    return f"{alert.number}  {alert.state}  {alert.level}  {name}  {places}  since {alert.opened_at:%Y-%m-%d}{waits}"


def _signals(app: App, connection: Connection, editions: list[AlertVersion]) -> list[str]:
    numbers = sorted({n for v in editions for n in v.signals})
    spoken = signals.by_number(connection, numbers)
    names = {s.signal.substance: app.lexicon.substances[s.signal.substance].display("en") for s in spoken}
    places = {s.signal.place: app.gazetteer.name(s.signal.place) for s in spoken}
    return [f"signal {s.id}: {explain(s.signal, names, places)}" for s in spoken]


def _approval(planned: Plan, guessed: Estimate) -> list[str]:
    price = "" if guessed.price is None else f", {guessed.price:.2f} {guessed.currency}"
    many = f"{len(planned.first)} messages to {guessed.audience} contacts"
    lines = ["", f"Waits for approval: {many}, {planned.segments} text segments{price}."]
    for line in guessed.lines:
        minutes = line.drained.total_seconds() / 60
        pace = f"the last leaves after about {minutes:.0f} minutes" if line.rate and line.now else "at once"
        lines.append(f"  {line.channel}: {line.messages - line.later} now ({pace}), {line.later} at a later hour.")
    lines += [f"  {f.severity}: {f.where}: {f.mend}" for f in planned.findings]
    lines.append("")
    for text in planned.texts:
        lines += [f"--- {text.channel} {text.language}" + (f": {text.subject}" if text.subject else ""), text.text, ""]
        if text.fallback:
            lines += [f"    Note: {text.fallback}", ""]
    return [*lines, f"Approve exactly this with:  --seen {planned.sha256[:16]}"]


def _get(alert: Alert | None, number: str) -> Alert:
    if alert is None:
        raise Failure(f"There is no alert {number}. `supplywatch alerts list` shows them.")
    return alert


def _person(app: App, name: str) -> Person:
    with app.store.read() as connection:
        found = next((p for p in staff.everybody(connection) if p.name == name), None)
    if found is None:
        raise Failure(f"Nobody here is called '{name}'. `supplywatch staff list` shows who is.")
    return found
