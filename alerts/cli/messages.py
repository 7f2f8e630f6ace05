"""`supplywatch messages`: those that failed, what carriers refuse, and what people wrote that nobody understood."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, operator, say
from alerts.clock.now import now
from alerts.flow.delivery.dead_letters import DeadLetterError, dismiss, retry
from alerts.store import carriers, dead_letters, inbound
from alerts.store.json_nouns import to_json

group = typer.Typer(no_args_is_help=True, help="Messages that failed, carriers that refuse us, texts to be read.")

Id = Annotated[str, typer.Argument(help="The message's id, as `messages list` shows it.")]


@group.command("list")
def list_messages(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List messages that failed for good, the most urgent first, and carriers that are left alone for now."""
    with opened(config) as app:
        with app.store.read() as connection:
            dead = dead_letters.waiting(connection)
            stopped = carriers.open_circuits(connection)
            unknown = carriers.unknown(connection)
        lines = [
            f"{d.id}  {d.level}  {d.channel} to contact {d.contact}  {d.created_at:%Y-%m-%d %H:%M}  {d.problem}"
            + (f"  (looked after by {d.care_of})" if d.care_of else "")
            for d in dead
        ]
        lines += [
            f"{c.channel} is left alone until {c.open_until:%H:%M} UTC: {c.code} {c.detail} (refused {c.times} times "
            f"since {c.since:%Y-%m-%d %H:%M}). Mend the account; one message tries again then."
            for c in stopped
        ]
        lines += [
            f"{u.channel} code {u.code} is not in [delivery.codes]: {u.times} times, last {u.last_at:%Y-%m-%d}: "
            f"{u.detail}. Add it there."
            for u in unknown
        ]
        value = {
            "failed": [to_json(d) for d in dead],
            "stopped": [to_json(c) for c in stopped],
            "unknown_codes": [to_json(u) for u in unknown],
        }
        say(value, as_json=as_json, words="\n".join(lines) or "No message has failed.")


@group.command("retry")
def retry_message(message: Id, config: ConfigOption = None) -> None:
    """Send a failed message again; consent, validity and quiet hours are checked anew."""
    with opened(config) as app:
        try:
            retry(app, message, operator(app), now())
        except DeadLetterError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{message} waits in the outbox again.")


@group.command("dismiss")
def dismiss_message(
    message: Id, why: Annotated[str, typer.Option("--why", help="The reason; it goes into the record.")],
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Take a failed message off the list."""
    with opened(config) as app:
        try:
            dismiss(app, message, operator(app), why, now())
        except DeadLetterError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{message} is dismissed.")


@group.command("inbox")
def inbox(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Texts that nobody understood and that wait for a person, oldest first."""
    with opened(config) as app:
        with app.store.read() as connection:
            waiting = inbound.waiting(connection)
        lines = [
            f"{w.number}  {w.at:%Y-%m-%d %H:%M}  "
            + (f"contact {w.contact}" if w.contact else "a number that is nobody's")
            + f"  {w.meaning}: {w.text}"
            for w in waiting
        ]
        say([to_json(w) for w in waiting], as_json=as_json, words="\n".join(lines) or "No text waits to be read.")


@group.command("read")
def read(
    number: Annotated[int, typer.Argument(help="Number of the text, as `messages inbox` shows it.")],
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say that a text has been read and what it asked for has been done; its words are forgotten."""
    with opened(config) as app, app.store.write() as connection:
        if not inbound.read(connection, number, operator(app).name):
            raise Failure(f"No text {number} waits. `supplywatch messages inbox` shows those that do.")
        typer.echo(f"Text {number} is done.")
