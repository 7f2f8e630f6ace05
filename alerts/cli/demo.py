"""`supplywatch demo`: the whole system in front of your eyes, with simulated results and local peers."""

from __future__ import annotations

import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from alerts.app import App
from alerts.cli.demo_show import Scene
from alerts.cli.demo_world import World
from alerts.cli.opening import Failure, opened, show_log
from alerts.clock.bells import Bells
from alerts.clock.now import now
from alerts.console.door import make_link
from alerts.console.server import listen, serve_in_background
from alerts.model.alert import Alert
from alerts.model.delivery import DeliveryState
from alerts.model.staff import Role
from alerts.store import alerts, feeds, ledger_rows, outbox
from detectors.simulator.newcomer import newcomer
from detectors.simulator.story import story

SUBSTANCE = "carfentanil"
COUNTY = "Alameda"
PATIENCE = 60.0
"""Seconds within which everything must be there."""

Found = TypeVar("Found")


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Without a person: exit 0 when all arrived, else say what is missing.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database; emptied first.")] = Path("var/demo"),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what happens inside.")] = False,
) -> None:
    """Watch a new substance appear in a simulated California, and who is told, within a minute.

    Starts a laboratory, a mail server and a text carrier on this machine, plays 18 months of simulated results into
    the real system, then lets the laboratory find something that was never there. Nothing leaves this machine.
    """
    show_log(verbose)
    screen = Console(width=None if Console().is_terminal else 110, highlight=False)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    listener = listen("127.0.0.1", 0)
    world = World.start(folder, listener.getsockname()[1])
    stopped = threading.Event()
    # Ctrl-C and a plain `kill` end it alike, also where a shell started it with Ctrl-C switched off.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        _play(screen, world, listener, once, stopped)
    except KeyboardInterrupt:
        screen.print("\nStopping …")
    finally:
        stopped.set()
        world.stop()
    screen.print("Everything that the demo started has ended. A second `./run demo` starts afresh.")


def _play(screen: Console, world: World, listener: socket.socket, once: bool, stopped: threading.Event) -> None:
    scene = Scene(screen)
    scene.opening()
    today = now().astimezone(world.configuration.programme.zone).date()
    with screen.status("Simulating 18 months of drug-checking results …"):
        told = story(today)
        background = told.published_by(today)
    with opened(None, world.configuration) as app:
        world.add_partners(app, now())
        bells = Bells(app)
        with serve_in_background(app, now, listener):
            try:
                world.publish(background)
                bells.start()
                _wait(screen, "the laboratory's 18 months to be read", lambda: _read(app))
                scene.background(app, len(background))
                staff, reviewer = (
                    make_link(app, "demo staff", Role.STAFF, now()),
                    make_link(app, "demo reviewer", Role.REVIEWER, now()),
                )
                new = newcomer(today, COUNTY, SUBSTANCE, n=1)
                world.publish((*background, *new))
                published = time.monotonic()
                scene.newcomer(COUNTY, SUBSTANCE)
                alert = _wait(screen, "the alert", lambda: _alert(app))
                _wait(screen, "the text and the emails to arrive", world.arrived)
                took = time.monotonic() - published
                _wait(screen, "the receipts", lambda: _receipts(app, alert))
                scene.signal(app, alert)
                scene.messages(app, world)
                scene.receipts(app, alert)
                scene.record(app)
                scene.closing(took)
                if not once:
                    scene.doors(app, alert, staff, reviewer)
                    screen.print("[bold]Ctrl-C ends the demo.[/bold]")
                    stopped.wait()
            finally:
                bells.stop()


def _wait(screen: Console, what: str, look: Callable[[], Found | None]) -> Found:
    """Look until there is something, with a spinner. Raises Failure, saying what is missing, when patience ends."""
    until = time.monotonic() + PATIENCE
    with screen.status(f"Waiting for {what} …"):
        while time.monotonic() < until:
            found = look()
            if found:
                return found
            time.sleep(0.05)
    raise Failure(f"Missing after {PATIENCE:.0f} seconds: {what}. Run again with --verbose to see why.", 1)


def _read(app: App) -> bool:
    with app.store.read() as connection:
        states = feeds.everything(connection)
        return bool(states) and states[0].last_success is not None


def _alert(app: App) -> Alert | None:
    with app.store.read() as connection:
        found = [a for a in alerts.everything(connection) if a.substance == SUBSTANCE]
        return found[0] if found else None


def _receipts(app: App, alert: Alert) -> bool:
    with app.store.read() as connection:
        rows = outbox.of_alert(connection, alert.id)
        logged = any(r.kind == "alert.drained" for r in ledger_rows.rows(connection, subject=alert.number))
        done = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)
        return bool(rows) and all(r.state in done for r in rows) and logged
