"""Quantities as laboratories print them, brought to one unit per kind of measure."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What each printed unit is in the unit that is kept: shares of mass in mg/g, fluids in ng/mL, masses in mg.
_UNITS: dict[str, tuple[float, str]] = {
    "%": (10.0, "mg/g"),
    "percent": (10.0, "mg/g"),
    "mg/g": (1.0, "mg/g"),
    "ug/mg": (1.0, "mg/g"),
    "g/kg": (1.0, "mg/g"),
    "ug/g": (0.001, "mg/g"),
    "mg/kg": (0.001, "mg/g"),
    "ppm": (0.001, "mg/g"),
    "ng/ml": (1.0, "ng/mL"),
    "ug/l": (1.0, "ng/mL"),
    "mcg/l": (1.0, "ng/mL"),
    "ng/dl": (0.01, "ng/mL"),
    "pg/ml": (0.001, "ng/mL"),
    "ug/ml": (1000.0, "ng/mL"),
    "mcg/ml": (1000.0, "ng/mL"),
    "mg/l": (1000.0, "ng/mL"),
    "mg/dl": (10_000.0, "ng/mL"),
    "g": (1000.0, "mg"),
    "mg": (1.0, "mg"),
    "ug": (0.001, "mg"),
    "mcg": (0.001, "mg"),
    "ng": (0.000001, "mg"),
}
_QUANTITY = re.compile(
    r"^\s*(?P<bound><=|>=|<|>|≤|≥|~|about |approx\.? )?\s*"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
    r"(?:\s*(?:±|\+/-)\s*\d+(?:\.\d+)?)?\s*(?P<unit>%|[a-zA-Zµμ]+(?:\s*/\s*[a-zA-Zµμ]+)?)?"
    r"(?:\s*(?:w/w|by weight|by mass))?\s*$"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount. value in `unit`: "mg/g" (share of mass), "ng/mL" (fluids), "mg", or the printed unit if it is unknown.

    bound: "", "<" or ">" when the laboratory gives only a limit.
    """

    value: float
    unit: str
    bound: str = ""


def parse_quantity(text: str, unit: str = "") -> Quantity | None:
    """The quantity in a cell ("12.5 %", "<0.1 ng/mL", "1,250"); None when it is not one.

    unit: what the column's header says, for cells that give only a number.
    """
    found = _QUANTITY.match(text)
    if not found:
        return None
    number = found["number"]
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number):
        number = number.replace(",", "")
    value = float(number.replace(",", "."))
    printed = re.sub(r"\s", "", (found["unit"] or unit).replace("µ", "u").replace("μ", "u"))
    factor, kept = _UNITS.get(printed.lower(), (1.0, printed))
    bound = {"<=": "<", "≤": "<", ">=": ">", "≥": ">", "<": "<", ">": ">"}.get((found["bound"] or "").strip(), "")
    return Quantity(value * factor, kept, bound)
