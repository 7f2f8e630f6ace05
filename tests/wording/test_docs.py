"""docs/words.md names every folder, kind, variable, profile and rule, and its example works."""

from __future__ import annotations

import re
from pathlib import Path

from alerts.wording.action import PROFILES, Action, action
from alerts.wording.compose import compose
from alerts.wording.content import AlertContent
from alerts.wording.kinds import KINDS
from alerts.wording.rules import RULES
from alerts.wording.samples import every, samples
from alerts.wording.shelf import Shelf
from alerts.wording.variables import variables
from alerts.wording.words import words
from tests.wording.shelf import SHELF, TEMPLATES

PAGE = (Path(__file__).parents[2] / "docs" / "words.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", PAGE)) | {name.partition("(")[0] for name in re.findall(r"`([^`\n]+)`", PAGE)}


def test_every_variable_is_named() -> None:
    spoken = words(SHELF, "en")
    names = {"lead", "paragraphs", "subject"}
    for kind, _label, content in every():
        advice = action(content.profile, "en", SHELF) if isinstance(content, AlertContent) else None
        names |= set(variables(content, kind, spoken, advice))
    assert names - NAMED == set()


def test_every_kind_is_named_with_its_layers_and_segments() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([a-z ]+) \| (\d?) ?\|$", PAGE, re.MULTILINE)
    told = {name: (tuple(layers.split()), int(segments or 0)) for name, layers, segments in rows}
    assert told == {kind.name: (kind.channels, kind.segments) for kind in KINDS.values()}


def test_every_rule_is_named_with_its_severity() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (error|warning) \|", PAGE, re.MULTILINE))
    assert rows == {rule.name: str(rule.severity) for rule in RULES}


def test_every_profile_and_key_is_named() -> None:
    keys = set(Action.__dataclass_fields__) - {"profile", "language", "sources"}
    assert (set(PROFILES) | keys) - NAMED == set()


def test_every_folder_is_named() -> None:
    folders = {path.name for path in TEMPLATES.iterdir() if path.is_dir() and path.name != "console"}
    assert {folder for folder in folders if f"`{folder}/" not in PAGE} == set()


def test_the_example_works(tmp_path: Path) -> None:
    example = re.search(r"```jinja\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    own = tmp_path / "sms" / "en" / "stop_confirmation.txt"
    own.parent.mkdir(parents=True)
    own.write_text(example[1], encoding="utf-8")
    content = samples("stop_confirmation")["plain"]
    shelf = Shelf.of(TEMPLATES, tmp_path)
    text = compose(content, kind="stop_confirmation", channel="sms", language="en", shelf=shelf).text
    assert text.startswith("Northside Outreach: you are off the list.")
