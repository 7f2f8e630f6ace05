"""What every command does first: read the configuration, open the app, and say plainly why it cannot."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from alerts.app import App, NotReadyError, open_app
from alerts.clock.now import now
from alerts.config import Configuration, ConfigurationError, load
from alerts.flow.thresholds.seed import SeedError, seed
from alerts.model.staff import Person, Role
from alerts.store import staff
from alerts.wording.shelf import WordingError

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="SUPPLYWATCH_CONFIG", help="Your configuration; without it the shipped one."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for other programs instead of words.")]


class Failure(Exception):  # noqa: N818 -- what a person reads when a command cannot do its work
    """A command cannot do its work. code: 2 asked wrongly, 3 not ready."""

    def __init__(self, text: str, code: int = 2) -> None:
        super().__init__(text)
        self.code = code


def configuration(path: Path | None) -> Configuration:
    """The configuration, or Failure with every mistake in it."""
    try:
        return load(path)
    except ConfigurationError as error:
        raise Failure(str(error), 3) from None


@contextmanager
def opened(
    path: Path | None, given: Configuration | None = None, *, durable: bool = True, seeded: bool = True
) -> Iterator[App]:
    """The app with its store open, and seeded unless the command only looks; closed again at the end."""
    settings = given or configuration(path)
    try:
        app = open_app(settings, durable=durable)
    except (NotReadyError, WordingError, RuntimeError) as error:
        raise Failure(str(error), 3) from None
    except Exception as error:
        if type(error).__module__.startswith("sqlalchemy"):
            text = str(error).splitlines()[0]
            raise Failure(
                f"The database cannot be opened: {text}. Check store.url and that it is running.", 3
            ) from None
        raise
    try:
        try:
            if seeded:
                seed(app, now())
        except SeedError as error:
            raise Failure(str(error), 3) from None
        yield app
    finally:
        app.close()


def operator(app: App) -> Person:
    """The person at the command line. Whoever may run it can read the database, so no further proof is asked."""
    with app.store.write() as connection:
        return staff.add(connection, "operator", Role.STAFF)


def say(value: Any, *, as_json: bool, words: str) -> None:
    """Print a result: as JSON for programs, else in words."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str) if as_json else words)


def show_log(verbose: bool) -> None:
    """Send the program's own log lines to standard error."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, stream=sys.stderr,
        format="%(asctime)s %(name)s %(levelname)s %(message)s",
    )  # fmt: skip
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
