"""The command line as a person meets it: words in, words and an exit code out, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from alerts.cli import main
from tests.databases import SqliteFiles

CONFIG = """
[programme]
name = "Bay Alerts"
contact = "programme@bay.example"
public_url = "http://127.0.0.1:9"
[store]
url = "{store}"
[sms]
folder = "{folder}/sms"
[email]
folder = "{folder}/email"
[feeds.lab]
preset = "unc-lab-detail"
folder = "{folder}/drop"
every = "1h"
cadence_days = 7
"""


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


Run = Callable[..., Said]


@pytest.fixture
def config(tmp_path: Path, sqlite_files: SqliteFiles) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(store=sqlite_files.migrated(), folder=tmp_path))
    (tmp_path / "drop").mkdir()
    return file


@pytest.fixture
def run(config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command with that configuration."""
    monkeypatch.setenv("SUPPLYWATCH_CONFIG", str(config))
    monkeypatch.setenv("TERMINAL_WIDTH", "200")
    monkeypatch.delenv("SUPPLYWATCH_STORE_URL", raising=False)

    def ran(*words: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err + printed.out
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0 if code is None else 1, printed.out, printed.err)

    return ran
