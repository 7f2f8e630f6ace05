"""The shipped configuration: it loads, every key of it is explained, and it is safe as it stands."""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from alerts import shipped
from alerts.app import NotReadyError, open_app
from alerts.config.load import load, parse
from alerts.config.sections import Configuration
from alerts.flow.thresholds.seed import SeedError, seed
from tests.flow.nouns import NOW

TEXT = shipped.default_config().read_text(encoding="utf-8")


def test_it_loads_and_is_what_an_operators_empty_file_means(tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text("")
    assert load(own, {}) == load(None, {}) == parse(TEXT, "config.toml", {})


def test_it_starts_on_an_empty_machine_and_sends_to_files_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/supplywatch.db"
    app = open_app(load(None, {"SUPPLYWATCH_STORE_URL": url}), {})
    seed(app, NOW)
    assert {n.name for n in app.notifiers.values()} == {"file"}
    assert app.configuration.console.bind == "127.0.0.1"
    app.close()


def test_every_key_has_a_comment() -> None:
    """On its line, or on the line above it."""
    before, bare = "", []
    for line in TEXT.splitlines():
        if re.match(r"[a-z_]+ *=", line) and "#" not in line and not before.startswith("#"):
            bare.append(line)
        before = line
    # What stands in a second table of a kind was explained in the first.
    repeated = {line.split("=")[0].strip() for line in TEXT.splitlines() if "=" in line and "#" in line}
    assert [line for line in bare if line.split("=")[0].strip() not in repeated] == []


def test_every_key_that_there_is_stands_in_it() -> None:
    """A key that the file does not show is one that nobody knows of."""
    shown = tomllib.loads(TEXT)
    missing = []
    for name, field in Configuration.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            missing += [f"{name}.{key}" for key in kind.model_fields if key not in shown.get(name, {})]
            continue
        rows = [row for row in shown[name].values() if isinstance(row, dict)]
        inner = next(
            (k for k in getattr(kind, "__args__", ()) if isinstance(k, type) and issubclass(k, BaseModel)), None
        )
        if inner is not None:
            missing += [f"{name}.*.{key}" for key in inner.model_fields if not any(key in row for row in rows)]
    assert missing == []


def test_no_secret_stands_in_it() -> None:
    for line in TEXT.splitlines():
        if re.match(r"\w*(password|token|secret)\w*\s*=", line):
            assert re.match(r'\w+_file\s*=\s*""', line), line


def test_sections_are_merged_and_the_operators_feeds_replace_ours() -> None:
    feed = 'preset = "unc-lab-detail"\nfolder = "drop"\nevery = "2h"\ncadence_days = 1\n'
    own = f"[console]\nport = 9000\n[feeds.mine]\n{feed}"
    made = parse(own, "mine.toml", {})
    assert (made.console.port, made.console.bind) == (9000, "127.0.0.1")
    assert list(made.feeds) == ["mine"]
    assert made.feeds["mine"].every == timedelta(hours=2)


def test_the_environment_wins_for_the_store() -> None:
    url = "postgresql+psycopg://me:secret@db.example.org/watch"
    assert parse("", "x", {"SUPPLYWATCH_STORE_URL": url}).store.url == url


def test_a_configuration_cannot_be_changed_while_it_is_used() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load(None, {}).console.port = 1


THRESHOLD = """
[store]
url = "{url}"
[thresholds.mine]
method = "{method}"
substances = ["{substance}"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "review"
parameters = {{ {parameters} }}
cool_down_days = 30
expires_days = 30
longest_days = 180
update_hours = 24
review_hours = 12
"""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"substance": "xylazin"}, r"thresholds\.mine: 'xylazin' means no substance.*xylazine"),
        ({"substance": "class:nonsense"}, r"'class:nonsense' means no substance"),
    ],
)
def test_what_only_the_program_can_know_is_said_before_anything_is_written(
    tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    values = {"method": "watchlist", "substance": "xylazine", "parameters": "", "url": f"sqlite:///{tmp_path}/x.db"}
    app = open_app(parse(THRESHOLD.format(**{**values, **changed}), "mine.toml", {}), {}, durable=False)
    try:
        with pytest.raises(SeedError, match=said):
            seed(app, NOW)
    finally:
        app.close()


def test_missing_credentials_are_named(tmp_path: Path) -> None:
    url = f'[store]\nurl = "sqlite:///{tmp_path}/x.db"\n'
    sms = parse(url + '[sms]\nnotifier = "twilio"\nsender = "+15105550100"\n', "x", {})
    with pytest.raises(NotReadyError, match="SUPPLYWATCH_TWILIO_ACCOUNT_SID"):
        open_app(sms, {})
    mail = parse(url + '[email]\nnotifier = "smtp"\npassword_file = "/nowhere/password"\n', "x", {})
    with pytest.raises(NotReadyError, match=r"/nowhere/password .*cannot be read"):
        open_app(mail, {})
