"""`supplywatch simulate`: made-up drug-checking results in the layout of a real laboratory."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from alerts.cli.opening import Failure
from alerts.clock.now import now
from detectors.simulator.settings import SimulationSettings
from detectors.simulator.simulate import simulate as simulated
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv


def simulate(
    folder: Annotated[Path, typer.Argument(help="Where lab_detail.csv and analysis_dataset.csv are written.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of collection.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
) -> None:
    """Write simulated results of twelve California counties, calibrated on published figures. Nothing in them is
    real."""
    end: date = last.date() if last else now().date()
    start = first.date() if first else end - timedelta(days=548)
    try:
        samples = simulated(SimulationSettings(seed=seed, first=start, last=end)).published_by(end)
    except ValueError as error:
        raise Failure(str(error)) from None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lab_detail.csv").write_bytes(lab_detail_csv(samples))
    (folder / "analysis_dataset.csv").write_bytes(analysis_dataset_csv(samples))
    typer.echo(f"{len(samples)} simulated samples from {start} to {end} are in {folder}.")
