"""The demo's surroundings: a laboratory, a mail server and a text carrier on this machine, and three partners."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts import shipped
from alerts.app import App
from alerts.cli.opening import Failure
from alerts.config import Configuration, load
from alerts.flow.partners.add_contact import add_contact
from detectors.simulator.sample import SimulatedSample
from detectors.simulator.unc_layout import analysis_dataset_csv, lab_detail_csv

CONTACTS = (
    {"partner": "Eastside Outreach", "label": "night van", "phone": "+1 510 555 0111", "language": "en",
     "places": "Alameda County, CA", "wake": "yes", "consent": "simulated: signed form"},
    {"partner": "Punto de Apoyo", "label": "mostrador", "phone": "+1 510 555 0122", "language": "es",
     "places": "Alameda County, CA", "wake": "yes", "consent": "simulado: formulario firmado"},
    {"partner": "Bay Syringe Services", "label": "desk", "email": "desk@bay-services.example", "language": "en",
     "places": "CA", "consent": "simulated: web form"},
    {"partner": "Clínica del Valle", "label": "equipo", "email": "equipo@clinica-valle.example", "language": "es",
     "places": "CA", "consent": "simulado: formulario web"},
)  # fmt: skip
"""Made-up partners. Numbers with 555-01xx and names under .example belong to nobody."""


@dataclass(frozen=True)
class World:
    """What the demo started. file: the configuration that points at it, as an operator would write it."""

    laboratory: Any
    carrier: Any
    mail: Any
    file: Path
    configuration: Configuration

    @classmethod
    def start(cls, folder: Path, console_port: int) -> World:
        """Raises Failure when this is not a checkout: the peers are part of the tests and not of the wheel."""
        root = shipped.checkout()
        if root is None:
            raise Failure(
                "The demo needs the project's checkout (its peers live in tests/). Clone it and ./run demo.", 3
            )
        laboratory = _peer(root, "lab_peer", "Laboratory").start()
        carrier = _peer(root, "twilio_peer", "TwilioPeer").start()
        mail = _peer(root, "smtp_peer", "SmtpPeer").start()
        text = f"""
[programme]
name = "California Supply Alerts (demo)"
contact = "demo@supplywatch.example"
state = "CA"
public_url = "http://127.0.0.1:{console_port}"
simulated = true
[store]
url = "sqlite:///{folder / "demo.db"}"
[console]
port = {console_port}
sign_in_minutes = 240
[delivery]
settle_seconds = 3
[clock]
deliver_seconds = 0.5
detect_seconds = 0.5
lease_seconds = 5
[sms]
notifier = "twilio"
account_sid = "{carrier.account_sid}"
auth_token_file = "TOKEN_FILE"
sender = "{carrier.numbers[0]}"
base_url = "{carrier.url}"
[email]
notifier = "smtp"
host = "{mail.host}"
port = {mail.port}
security = "none"
sender = "alerts@supplywatch.example"
[feeds.bay-lab]
preset = "unc-lab-detail"
url = "{laboratory.url("/lab_detail.csv")}"
second_url = "{laboratory.url("/analysis_dataset.csv")}"
source = "simulated drug checking lab"
every = "1s"
allow_private = true
cadence_days = 7
"""
        # The carrier's token is made up, and only this machine's processes use it.
        token = folder / "carrier-token"
        token.write_text(carrier.auth_token, encoding="utf-8")
        file = folder / "config.toml"
        file.write_text(text.replace("TOKEN_FILE", str(token)), encoding="utf-8")
        world = cls(laboratory, carrier, mail, file, load(file, {}))
        carrier.inbound_url = f"{world.configuration.programme.public_url}/callbacks/twilio/inbound"
        return world

    def stop(self) -> None:
        for peer in (self.laboratory, self.carrier, self.mail):
            peer.stop()

    def publish(self, samples: Sequence[SimulatedSample]) -> None:
        """Let the laboratory put out its two tables. The table of samples comes first, so that no result lacks a
        place."""
        self.laboratory.publish(analysis_dataset_csv(samples), "/analysis_dataset.csv")
        self.laboratory.publish(lab_detail_csv(samples), "/lab_detail.csv")

    def add_partners(self, app: App, now: datetime) -> None:
        for row in CONTACTS:
            add_contact(app, row, "demo", now)

    def arrived(self) -> bool:
        """Whether every contact's message is with its carrier, by the carriers' own books."""
        texts = sum(1 for m in self.carrier.messages if m.direction == "outbound-api")
        return texts >= 2 and len(self.mail.messages) >= 2


def _peer(root: Path, module: str, name: str) -> Any:
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return getattr(importlib.import_module(f"tests.peers.{module}"), name)()
