"""`supplywatch send-test`: one sample message through the outbox and the real carrier."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, say
from alerts.cli.templates import sample
from alerts.clock.now import now
from alerts.flow.delivery.send_test import TestMessageError
from alerts.flow.delivery.send_test import send_test as through_the_outbox
from alerts.model.delivery import DeliveryState
from alerts.wording.content import AlertContent
from alerts.wording.shelf import WordingError


def send_test(
    channel: Annotated[str, typer.Argument(help="sms, email, chat or webhook.")],
    to: Annotated[str, typer.Argument(help="An address of one of your contacts.")],
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
    kind: Annotated[str, typer.Option(help="Any kind of message, as `templates preview` knows them.")] = "exercise",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a made-up message to a contact, an alert always marked as an exercise, and say what the carrier answered.

    It goes the way of all messages: the outbox, with consent, quiet hours and rates. Exit code 1 when it was not taken.
    """
    with opened(config) as app:
        if channel not in app.notifiers:
            raise Failure(f"There is no channel '{channel}'. Use {' or '.join(app.notifiers)}.")
        content = sample(kind, "plain", app.configuration.programme.name)
        if isinstance(content, AlertContent):
            # Nothing that looks like an alert may leave here without the mark.
            content = replace(content, exercise=True)
        try:
            sent = through_the_outbox(app, channel, to, content, kind, language, now)
        except (ValueError, WordingError, TestMessageError) as error:
            raise Failure(str(error)) from None
        taken = sent.state in (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
        why = "" if taken else sent.problem or sent.held_because or "its turn has not come; supplywatch serve sends it"
        if as_json or taken:
            value = {"state": str(sent.state), "provider": sent.provider, "id": sent.provider_id, "why": why}
            say(value, as_json=as_json, words=f"Taken by {sent.provider}: {sent.provider_id} ({sent.state}).")
        else:
            typer.echo(f"The carrier has not taken it. It is {sent.state}: {why}", err=True)
        if not taken:
            raise typer.Exit(1)
