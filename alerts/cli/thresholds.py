"""`supplywatch thresholds`: what matters, and changing it with a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from alerts.cli.opening import ConfigOption, Failure, JsonOption, opened, operator, say
from alerts.clock.now import now
from alerts.flow.thresholds.set_threshold import set_threshold
from alerts.model.threshold import Threshold
from alerts.store import thresholds
from alerts.store.json_nouns import to_json
from detectors.registry import completed

group = typer.Typer(no_args_is_help=True, help="Thresholds: which method, on what, where, how urgent, who looks first.")


@group.command()
def show(
    name: Annotated[str | None, typer.Argument(help="One threshold with all its editions; without it, all.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show thresholds as they are now, or one with every edition it ever had."""
    with opened(config) as app:
        with app.store.read() as connection:
            found = thresholds.current(connection) if name is None else thresholds.editions(connection, name)
        if name is not None and not found:
            raise Failure(f"There is no threshold '{name}'. `supplywatch thresholds show` lists them.")
        lines: list[str] = []
        for t in found:
            lines += _lines(t, completed(app.methods[t.method], t.parameters))
        say([to_json(t) for t in found], as_json=as_json, words="\n".join(lines))


@group.command("set")
def set_one(
    name: Annotated[str, typer.Argument(help="The threshold's name.")],
    changes: Annotated[list[str], typer.Argument(help="FIELD=VALUE, or parameters.NAME=VALUE.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it stays with this edition.")],
    config: ConfigOption = None,
) -> None:
    """Make the next edition of a threshold.

    Example: supplywatch thresholds set new-here parameters.findings=2 release=automatic --why "two labs agree"
    """
    wanted = parsed_changes(changes)
    with opened(config) as app:
        try:
            edition = set_threshold(app, name, wanted, operator(app), why, now())
        except ValueError as error:
            raise Failure(str(error)) from None
        typer.echo(f"{name} is now edition {edition.version}. The detectors look again at once.")


def parsed_changes(changes: Sequence[str]) -> dict[str, Any]:
    """FIELD=VALUE and parameters.NAME=VALUE as `set_threshold` takes them. Raises Failure."""
    wanted: dict[str, Any] = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals:
            raise Failure(f"'{change}' is not FIELD=VALUE.")
        field, _, parameter = key.partition(".")
        if parameter:
            wanted.setdefault(field, {})[parameter] = _value(value)
        else:
            wanted[key] = _value(value)
    for key in ("substances", "kinds"):
        if isinstance(wanted.get(key), str):
            wanted[key] = [part.strip() for part in wanted[key].split(",")]
    return wanted


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _lines(t: Threshold, parameters: dict[str, Any]) -> list[str]:
    on = "" if t.enabled else "  (switched off)"
    substances, kinds = ", ".join(t.substances), ", ".join(t.kinds)
    ends = f"ends after {t.expires_days} d (at most {t.longest_days} d)"
    return [
        f"{t.name}, edition {t.version}{on}: {t.method} on {substances} by {t.scope} in {kinds}",
        f"    {t.level}, release {t.release}; quiet {t.cool_down_days} d after an end, {ends}",
        f"    at most one update in {t.update_hours} h, review within {t.review_hours} h",
        "    " + ", ".join(f"{k}={v}" for k, v in parameters.items()),
        f"    by {t.by}" + (f" on {t.at:%Y-%m-%d}" if t.at else "") + f": {t.why}",
    ]
