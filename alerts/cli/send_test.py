"""`supplywatch send-test`: one sample message through the real carrier."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, opened
from alerts.cli.templates import sample
from alerts.clock.now import now
from alerts.wording.compose import compose
from alerts.wording.content import AlertContent
from alerts.wording.shelf import WordingError
from notifiers.message import DeliveryError, Message


def send_test(
    channel: Annotated[str, typer.Argument(help="sms or email.")],
    to: Annotated[str, typer.Argument(help="Phone number (+15105550100) or email address.")],
    language: Annotated[str, typer.Option(help="en or es.")] = "en",
    kind: Annotated[str, typer.Option(help="Any kind of message, as `templates preview` knows them.")] = "exercise",
    config: ConfigOption = None,
) -> None:
    """Send a made-up message, an alert always marked as an exercise, and say what the carrier answered.

    Exit code 1 when it said no.
    """
    if channel not in ("sms", "email"):
        raise Failure(f"There is no channel '{channel}'. Use sms or email.")
    with opened(config) as app:
        content = sample(kind, "plain", app.configuration.programme.name)
        if isinstance(content, AlertContent):
            # Nothing that looks like an alert may leave here without the mark.
            content = replace(content, exercise=True)
        try:
            text = compose(content, kind=kind, channel=channel, language=language, shelf=app.shelf)
        except (ValueError, WordingError) as error:
            raise Failure(str(error)) from None
        message = Message(
            delivery_id=f"test-{now():%Y%m%d%H%M%S%f}", to=to, text=text.text, subject=text.subject, html=text.html
        )
        try:
            receipt = app.notifiers[channel].send(message)
        except DeliveryError as error:
            typer.echo(f"The carrier did not take it ({error.scope}): {error.code} {error.detail}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"Taken by {receipt.provider}: {receipt.provider_id} ({receipt.state}).")
