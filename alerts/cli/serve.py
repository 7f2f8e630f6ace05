"""`supplywatch serve`: the whole system, until Ctrl-C."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.opening import ConfigOption, Failure, opened, show_log
from alerts.clock.bells import Bells
from alerts.clock.now import now
from alerts.console.door import make_link
from alerts.console.server import is_elsewhere, listen, reached_at, server_of
from alerts.model.staff import Role


def serve(
    config: ConfigOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what happens as it happens.")] = False,
) -> None:
    """Read feeds, detect, alert and deliver on schedule, and show the console.

    Prints a one-time sign-in link for staff. With no credentials in the configuration, messages go to files.
    """
    show_log(verbose)
    with opened(config) as app:
        settings = app.configuration.console
        try:
            listener = listen(settings.bind, settings.port)
        except OSError as error:
            raise Failure(
                f"The console cannot listen on {settings.bind} port {settings.port}: {error.strerror}. "
                "Is another Supplywatch running? Change console.port, or stop the other one.", 3
            ) from None  # fmt: skip
        server = server_of(app, now)
        bells = Bells(app)
        bells.start()
        public, here = app.configuration.programme.public_url.rstrip("/"), reached_at(settings.bind, listener)
        link = make_link(app, "operator", Role.STAFF, now())
        if is_elsewhere(public, listener):
            typer.echo(
                f"programme.public_url is {public}, where nothing of this system listens: the links in messages would "
                f"lead nowhere. Set it to {here}, or to the address by which others reach this system."
            )
            link, public = link.replace(public, here, 1), here
        typer.echo(f"Supplywatch is watching. Console: {public}")
        typer.echo(f"Sign in once with: {link}")
        for channel, notifier in app.notifiers.items():
            if notifier.name == "file":
                typer.echo(f"No {channel} carrier is configured: its messages are written to files.")
        try:
            server.run(sockets=[listener])
        finally:
            bells.stop()
            listener.close()
        typer.echo("Stopped. What was under way is finished or will be reconciled at the next start.")
