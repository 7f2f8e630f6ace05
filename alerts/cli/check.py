"""`supplywatch check`: is everything there that real sending needs?"""

from __future__ import annotations

from importlib import metadata

import typer

from alerts.cli.opening import ConfigOption, configuration, opened
from alerts.cli.rehearsal import rehearsal
from alerts.wording.check import check_templates

PACKAGES = ("alerts", "detectors", "notifiers")


def check(config: ConfigOption = None) -> None:
    """Check the configuration, the database and every template, and say what is missing for real sending.

    Exit code 0 when all is well, 1 when something is missing for real sending, 3 when it cannot run at all.
    """
    settings = configuration(config)
    typer.echo("configuration: valid")
    warnings: list[str] = []
    for package in PACKAGES:
        owners = set(metadata.packages_distributions().get(package, ())) - {"supplywatch"}
        if owners:
            # pip overwrites silently: the other distribution's files may stand where ours should.
            warnings.append(f"The package '{package}' also belongs to {', '.join(sorted(owners))}. Uninstall it.")
    for name, feed in settings.feeds.items():
        if feed.enabled and feed.known is None:
            warnings.append(
                f"feeds.{name}: there is no preset '{feed.preset}'. `supplywatch feeds presets` lists them."
            )
    if not any(f.enabled for f in settings.feeds.values()):
        warnings.append("No feed is enabled: nothing would ever be seen.")
    with opened(config) as app:
        with app.store.read() as connection:
            dialect = connection.dialect.name
        typer.echo(f"database: reached ({dialect})")
        rendered, problems = check_templates(rehearsal(settings, app.shelf))
        typer.echo(f"templates: {rendered} messages rendered, {len(problems)} problems")
        warnings += problems
        for channel, notifier in app.notifiers.items():
            if notifier.name == "file":
                warnings.append(f"{channel}: no carrier is configured, so messages are written to files only.")
    if settings.programme.public_url.startswith("http://127.") and settings.sms.notifier == "twilio":
        warnings.append("programme.public_url is on this machine: the carrier's callbacks cannot reach it.")
    for warning in warnings:
        typer.echo(f"missing: {warning}")
    if warnings:
        raise typer.Exit(1)
    typer.echo("Everything is there.")
