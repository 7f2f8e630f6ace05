"""The handbooks name what there is: every setting, variable, command, benchmark and decision."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import typer.main

from alerts import shipped
from alerts.cli.main import program
from alerts.config import Configuration

ROOT = Path(__file__).resolve().parents[2]
DOCS = "\n".join(p.read_text(encoding="utf-8") for p in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))])
SOURCES = [p for folder in ("alerts", "detectors", "notifiers") for p in (ROOT / folder).rglob("*.py")]


def test_every_key_of_the_configuration_stands_in_the_shipped_file_with_a_comment() -> None:
    text = shipped.default_config().read_text(encoding="utf-8")
    table = tomllib.loads(text)
    for name, section in Configuration.model_fields.items():
        assert name in table or name in ("regions",), f"config.toml has no [{name}]"
        fields = getattr(section.annotation, "model_fields", None)
        if fields is None:
            continue
        for key in fields:
            assert key in table[name], f"config.toml does not show {name}.{key}"
    keys, explained = set(), set()
    for line, before in zip(text.splitlines(), ["", *text.splitlines()], strict=False):
        found = re.match(r"^([a-z_]+|\"?[0-9]+\"?) = ", line)
        if found:
            keys.add(found[1])
            if "#" in line or before.startswith("#"):
                explained.add(found[1])
    # A key that stands in several tables is explained where it comes first or where it is fullest.
    assert {k for k in keys - explained if not k.strip('"').isdigit()} == set()


def test_every_section_is_named_for_operators() -> None:
    operators = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    for section in Configuration.model_fields:
        assert f"`{section}`" in operators


def test_every_environment_variable_is_named() -> None:
    used = {v for p in SOURCES for v in re.findall(r"SUPPLYWATCH_[A-Z_]+[A-Z]", p.read_text(encoding="utf-8"))}
    assert used
    assert {v for v in used if v not in DOCS} == set()


def test_every_command_is_named_and_helps() -> None:
    commands = typer.main.get_command(program)
    for name, command in commands.commands.items():  # type: ignore[attr-defined]
        assert re.search(rf"`(supplywatch )?{name}\b", DOCS), f"no handbook names the command {name}"
        assert command.help, f"{name} has no help"
        for sub_name, sub in getattr(command, "commands", {}).items():
            assert sub.help, f"{name} {sub_name} has no help"


def test_every_bench_that_the_readme_shows_exists() -> None:
    for name in re.findall(r"`\./run bench ([a-z]+)`", DOCS):
        assert (ROOT / "bench" / f"bench_{name}.py").exists(), f"there is no benchmark {name}"


def test_links_between_handbooks_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(p.name[:4]) for p in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_lock_files_carry_names_versions_and_hashes_only() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        for line in lock.read_text(encoding="utf-8").splitlines():
            assert re.fullmatch(r"[a-z0-9.\-\[\],]+==[^ ]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
