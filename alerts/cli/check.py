"""`supplywatch check`: is everything there that real sending needs?"""

from __future__ import annotations

from importlib import metadata

import typer

from alerts.app import App
from alerts.cli.opening import ConfigOption, JsonOption, configuration, opened, say
from alerts.cli.rehearsal import rehearsal
from alerts.wording.check import check_templates
from notifiers.mailbox import MailboxError, try_mailbox

PACKAGES = ("alerts", "detectors", "notifiers")


def check(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check the configuration, the database and every template, and say what is missing for real sending.

    Exit code 0 when all is well, 1 when something is missing for real sending, 3 when it cannot run at all.
    """
    settings = configuration(config)
    warnings: list[str] = []
    for package in PACKAGES:
        owners = set(metadata.packages_distributions().get(package, ())) - {"supplywatch"}
        if owners:
            # pip overwrites silently: the other distribution's files may stand where ours should.
            warnings.append(f"The package '{package}' also belongs to {', '.join(sorted(owners))}. Uninstall it.")
    if not any(f.enabled for f in settings.feeds.values()):
        warnings.append("No feed is enabled: nothing would ever be seen.")
    with opened(config) as app:
        with app.store.read() as connection:
            dialect = connection.dialect.name
        rendered, problems = check_templates(rehearsal(settings, app.shelf))
        warnings += problems
        for channel, notifier in app.notifiers.items():
            if notifier.name == "file":
                warnings.append(f"{channel}: no carrier is configured, so messages are written to files only.")
        mailbox, unread = _mail(app)
        warnings += unread
    if settings.programme.public_url.startswith("http://127.") and settings.sms.notifier == "twilio":
        warnings.append("programme.public_url is on this machine: the carrier's callbacks cannot reach it.")
    lines = [
        "configuration: valid",
        f"database: reached ({dialect})",
        f"templates: {rendered} messages rendered, {len(problems)} problems",
        *([mailbox] if mailbox else []),
        *(f"missing: {warning}" for warning in warnings),
    ]
    value = {"database": dialect, "rendered": rendered, "missing": warnings}
    say(value, as_json=as_json, words="\n".join(lines if warnings else [*lines, "Everything is there."]))
    if warnings:
        raise typer.Exit(1)


def _mail(app: App) -> tuple[str, list[str]]:
    """How mail that comes back is heard of, and what is missing for it; a mailbox is tried without reading."""
    email = app.configuration.email
    if app.mailbox is not None:
        try:
            return f"mailbox: reached ({try_mailbox(app.mailbox)} mails)", []
        except MailboxError as error:
            return "mailbox: not reached", [str(error)]
    elif email.notifier == "smtp" and not (email.bounces_folder or email.bounces_secret_file):
        words = "Nothing reads mail that comes back: bad addresses go unseen. Set mailbox.host or email.bounces_folder."
        return "", [words]
    return "", []
