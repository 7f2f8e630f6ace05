"""How long from a laboratory's publishing a row to the carrier's having the text, with the feed polled each second?

The server is a process of its own, on SQLite with 18 months of simulated results; laboratory and carriers are peers in
this one. Each run lets the laboratory publish one sample with an opioid that was never seen, and waits until the
carrier's own book has the text. Goal: under 5 seconds at the median of 20 runs.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from alerts.app import App, open_app
from alerts.cli.demo_world import World
from alerts.clock.now import now
from alerts.console.server import listen
from alerts.store import feeds
from detectors.simulator.newcomer import newcomer
from detectors.simulator.sample import SimulatedSample
from detectors.simulator.story import story
from detectors.words.lexicon import Lexicon

GOAL = 5.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=20)
    runs = arguments.parse_args().runs
    lexicon = Lexicon.load()
    never_seen = [
        s
        for s in lexicon.substances.values()
        if s.category in ("nitazene", "orphine")
        and not s.parent
        and lexicon.name(s.display("en")).substances == (s.id,)
    ]
    if len(never_seen) < runs:
        sys.exit(f"only {len(never_seen)} substances to let appear, {runs} runs asked for")
    with tempfile.TemporaryDirectory(prefix="supplywatch-latency-") as scratch:
        port_holder = listen("127.0.0.1", 0)
        port = port_holder.getsockname()[1]
        port_holder.close()
        world = World.start(Path(scratch), port)
        try:
            times = measure(world, [s.display("en") for s in never_seen[:runs]])
        finally:
            world.stop()
    times.sort()
    median = statistics.median(times)
    print(f"from published row to accepted text, {len(times)} runs, seconds:")
    print("  " + "  ".join(f"{t:.2f}" for t in times))
    print(f"latency: median {median:.2f} s, worst {times[-1]:.2f} s, goal < {GOAL:.0f} s")
    sys.exit(median >= GOAL)


def measure(world: World, substances: list[str]) -> list[float]:
    today = now().astimezone(world.configuration.programme.zone).date()
    published: list[SimulatedSample] = list(story(today).published_by(today))
    app = open_app(world.configuration)
    world.add_partners(app, now())
    app.close()
    world.publish(published)
    command = [sys.executable, "-m", "alerts.cli", "serve", "--config", str(world.file)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    times = []
    try:
        # The first reading is history; it must be over before news begins.
        app = open_app(world.configuration)
        wait(lambda: read_once(app), 120)
        app.close()
        for run, name in enumerate(substances):
            (sample,) = newcomer(today, "Alameda", n=1, seed=run)
            findings = tuple(
                replace(f, substance=name, printed=name) if f.substance == "carfentanil" else f for f in sample.findings
            )
            published.append(replace(sample, key=f"{sample.key}-{run}", findings=findings))
            before = texts(world)
            world.publish(published)
            begun = time.perf_counter()
            wait(lambda before=before: texts(world) >= before + 2, 60)
            times.append(time.perf_counter() - begun)
            print(f"  {name}: {times[-1]:.2f} s", flush=True)
    finally:
        server.terminate()
        server.wait(timeout=30)
    return times


def read_once(app: App) -> bool:
    with app.store.read() as connection:
        return any(state.new for state in feeds.everything(connection))


def texts(world: World) -> int:
    return sum(1 for text in world.carrier.messages if text.direction == "outbound-api")


def wait(look: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not look():
        if time.monotonic() > until:
            sys.exit(f"nothing came within {seconds:.0f} seconds")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
