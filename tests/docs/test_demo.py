"""The demonstration, as README has it, without a person."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(170)
def test_the_demo_shows_everything_and_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "alerts.cli", "demo", "--once"]
    done = subprocess.run(
        [*command, "--folder", str(tmp_path / "demo")],
        cwd=ROOT, capture_output=True, text=True, timeout=160, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    said = " ".join(done.stdout.split())
    for part in (
        "was found in Alameda County, CA",  # the signal
        "SW-", "first sighting",  # the alert
        "Eastside Outreach: SIMULATED DATA. ACT NOW, new here. Carfentanil",  # the text in English
        "Punto de Apoyo: DATOS SIMULADOS. ACTUE YA, nuevo aqui. Carfentanilo",  # and in Spanish
        "Email to desk@bay-services.example", "Email to equipo@clinica-valle.example",
        "accepted", "alert.opened", "The record is whole.",
    ):  # fmt: skip
        assert part in said, f"the demo did not show: {part}"
    assert "http://127.0.0.1" not in said.partition("From the published row")[2], "nothing listens there any more"
    assert "Traceback" not in done.stdout + done.stderr
