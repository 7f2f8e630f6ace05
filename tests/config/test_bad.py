"""A folder of bad configurations, each named for its rule; its first line is what the operator reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.config.load import ConfigurationError, load, parse

FOLDER = Path(__file__).parent / "bad"
FILES = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=[f.stem for f in FILES])
def test_each_mistake_is_said_in_the_operators_words(file: Path) -> None:
    first = file.read_bytes().split(b"\n", 1)[0].decode()
    with pytest.raises(ConfigurationError) as caught:
        load(file, {})
    (said,) = caught.value.mistakes
    assert said.replace(str(FOLDER) + "/", "") == f"{file.name}: {first.removeprefix('# ')}"


def test_all_mistakes_are_said_at_once() -> None:
    text = '[console]\nport = 70000\nbnd = "x"\n[sms]\nnotifier = "pigeon"\n[email]\nport = "smtp"\n'
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "mine.toml", {})
    assert caught.value.mistakes == [
        "mine.toml: console.port: must be at most 65535, not 70000.",
        "mine.toml: console.bnd: there is no such key. Did you mean 'bind'?",
        "mine.toml: sms.notifier: must be 'twilio' or 'file', not 'pigeon'.",
        "mine.toml: email.port: must be a whole number, not 'smtp'.",
    ]
    assert str(caught.value).count("\n") == 3


def test_what_one_key_and_what_several_together_show_is_said_in_one_report() -> None:
    text = (
        '[console]\nport = 70000\n[feeds.lab]\npreset = "unc-lab-detial"\nurl = "https://x.example/r"\nevery = "soon"\n'
        '[thresholds.mine]\nmethod = "watchlst"\nsubstances = ["list:sedatives"]\nscope = "town"\n'
    )
    with pytest.raises(ConfigurationError) as caught:
        parse(text, "mine.toml", {})
    for part in ("70000", "'unc-lab-detial'", "every", "'watchlst'", "'list:sedatives'", "'town'", "review_hours"):
        assert part in str(caught.value), part


def test_a_file_that_is_not_there_is_said_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no such file\. Name another with --config"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path, {})
