"""All parameters of all methods as a page of the handbook: `python -m detectors.described > docs/parameters.md`.

Made from the one description that also checks what staff set and draws the console's forms.
"""

from __future__ import annotations

from collections.abc import Iterable

from detectors.registry import BUILT_IN, Method, Parameter, methods
from detectors.signal import ParameterValue

HEAD = """# Parameters

What staff can set for each method, in a threshold's `parameters` and in the console's form for it. What is not set
keeps the default. Made from the methods' own descriptions (`python -m detectors.described`); a test holds it to them.
What the methods do with them stands in [methods](methods.md).
"""


def described(of: Iterable[Method]) -> str:
    """One section a method: name, default, unit, bounds or choices, and the sentence for staff."""
    parts = [HEAD]
    for method in of:
        rows = [
            f"| `{p.name}` | {_value(p.default)} | {p.unit or '–'} | {_bounds(p)} | {p.sentence} |"
            for p in method.parameters
        ]
        staff = " It is for staff and makes no alert." if method.for_staff else ""
        parts.append(
            f"\n## {method.name.capitalize()}\n\n{method.question}{staff}\n\n"
            "| parameter | default | unit | from … to, or one of | what it means |\n|---|---|---|---|---|\n"
            + "\n".join(rows)
            + "\n"
        )
    return "".join(parts)


def _value(value: ParameterValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:g}"


def _bounds(p: Parameter) -> str:
    if p.choices:
        return ", ".join(p.choices)
    if isinstance(p.default, bool):
        return "yes, no"
    if p.low is None or p.high is None:
        return "any"
    return f"{p.low:,g} … {p.high:,g}"


def main() -> None:
    print(described(methods()[name] for name in BUILT_IN), end="")


if __name__ == "__main__":
    main()
