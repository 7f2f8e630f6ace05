"""The outbox is the only way out: nothing else in the program calls a carrier."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CARRIERS = {"TwilioSms", "SmtpEmail", "FileFolder", "Webhook", "Chat"}
MAKES = {"alerts/app.py"}
"""Where carriers' modules are made into notifiers."""
SENDS = {"alerts/flow/delivery/call.py"}
ASKS = {"alerts/flow/delivery/reconcile.py"}
NAMES = {"alerts/cli/check.py", "alerts/cli/serve.py", "alerts/app.py", "alerts/console/today.py"}
"""Where a notifier is looked at without being told to do anything: its name is printed, it is closed."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "alerts").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_only_the_app_makes_carriers() -> None:
    makers = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and {a.name for a in node.names} & CARRIERS
    }
    assert makers == MAKES


def test_only_the_worker_sends_and_only_reconciliation_asks() -> None:
    senders, askers, handlers = set(), set(), set()
    for name, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr == "send":
                senders.add(name)
            if isinstance(node, ast.Attribute) and node.attr == "find" and name.startswith("alerts/flow/"):
                askers.add(name)
            # Holding one of the notifiers, whether it is then called here or handed on.
            if isinstance(node, ast.Subscript) and _is_notifiers(node.value):
                handlers.add(name)
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("values", "items", "get")
                and _is_notifiers(node.value)
            ):
                handlers.add(name)
    assert senders == SENDS
    assert askers >= ASKS
    assert handlers - NAMES - {"alerts/flow/delivery/fall_back.py"} == SENDS | ASKS


def test_no_other_library_reaches_a_carrier() -> None:
    """Nor does anybody speak SMTP, or HTTP with a carrier, past them."""
    beside = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        for module in _imported(node)
        if module.partition(".")[0] in {"smtplib", "twilio", "apprise", "requests", "aiosmtpd"}
    }
    # The demonstration runs a mail server of its own, to be written to.
    assert {b for b in beside if not b.startswith("alerts/cli/demo")} == set()


_TAKES = ("values", "items", "get")


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [a.name for a in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _is_notifiers(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "notifiers"
