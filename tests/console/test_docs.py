"""The handbook of the console names what there is."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

from alerts.console import page as page_module
from alerts.console.health import DAILY_LOOK, MESSAGES_MAY_WAIT, WATCH_MAY_WAIT
from alerts.model.staff import ROOMS as ROOMS_OF_ROLES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "console.md").read_text(encoding="utf-8")


def test_it_names_every_variable_that_all_pages_are_given() -> None:
    tree = ast.parse(inspect.getsource(page_module))
    dicts = [d for d in ast.walk(tree) if isinstance(d, ast.Dict)]
    keys = {str(k.value) for d in dicts for k in d.keys if isinstance(k, ast.Constant)}
    assert {"base", "say", "token"} <= keys
    assert {k for k in keys if f"`{k}`" not in TEXT} == set()


def test_it_names_every_room_and_the_limits_of_the_monitor() -> None:
    for room in set().union(*ROOMS_OF_ROLES.values()):
        assert re.search(rf"\b{room}\b", TEXT, re.I)
    assert f"over {WATCH_MAY_WAIT.seconds // 60} minutes" in TEXT
    assert f"over {MESSAGES_MAY_WAIT.seconds // 60} minutes" in " ".join(TEXT.split())
    assert f"over {DAILY_LOOK.total_seconds() / 3600:g} hours" in " ".join(TEXT.split())
