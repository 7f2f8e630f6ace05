"""Counties, states and regions of the United States by their FIPS codes (ANSI INCITS 31 and 38)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from detectors.words.folding import fold

NATION = "US"
REGION = "region:"

# How a county is called besides "County", longest first, so that "city and borough" is not cut at "borough".
_KIND = re.compile(
    r"[ ,]+(city and borough|planning region|census area|municipality|municipio|borough|district|parish|county|island|"
    r"city|co)\.?$"
)
_LEADING = re.compile(r"^(?:the |el )?(?:(county|city|parish|condado|parroquia|ciudad) (?:of|de)(?: la)? |condado )")
_SAINT = re.compile(r"\b(?:st|ste|sta)\b\.?(?=[ ])")
# Names in daily use for counties that are called otherwise: (state, usual name) → county.
_USUAL = {
    ("NY", "manhattan"): "New York County",
    ("NY", "brooklyn"): "Kings County",
    ("NY", "statenisland"): "Richmond County",
    ("NY", "thebronx"): "Bronx County",
    ("FL", "dade"): "Miami-Dade County",
    ("SD", "shannon"): "Oglala Lakota County",
    ("AK", "wadehampton"): "Kusilvak Census Area",
    ("DC", "washington"): "District of Columbia",
    ("DC", "washingtondc"): "District of Columbia",
}
_UNSTATED = frozenset({"unknown", "unk", "na", "notstated", "notreported", "other", "outofstate", "desconocido"})
_NATION_NAMES = frozenset(
    {"us", "usa", "unitedstates", "unitedstatesofamerica", "estadosunidos", "eeuu", "nationwide", "national"}
)


@dataclass(frozen=True, slots=True)
class Region:
    """A named set of counties. code: "region:…". name: by language. members: county FIPS codes."""

    code: str
    name: Mapping[str, str] = field(hash=False)
    members: tuple[str, ...] = ()


class Gazetteer:
    """Every state and county, and the regions made of them. Immutable in use."""

    def __init__(self, states: Iterable[tuple[str, str, str, str]], counties: Iterable[tuple[str, str, str]]) -> None:
        """states: (FIPS, postal code, English name, Spanish name). counties: (FIPS, name, postal code of the state)."""
        self._states = {fips: (code, en, es) for fips, code, en, es in states}
        self._state_of = {
            _plain(word): fips for fips, (code, en, es) in self._states.items() for word in (code, en, es, fips)
        }
        self._postal = {code: fips for fips, (code, _, _) in self._states.items()}
        self._counties: dict[str, tuple[str, str]] = {}
        self._full: dict[tuple[str, str], str] = {}
        self._bare: dict[tuple[str, str], str] = {}
        for fips, name, state in counties:
            self._counties[fips] = (name, state)
            self._full[fips[:2], _plain(name)] = fips
            bare = (fips[:2], _plain(_without_kind(name)[0]))
            # Where a city and a county share a name (Baltimore, Richmond), the bare name means the county.
            if bare not in self._bare or not name.endswith(" city"):
                self._bare[bare] = fips
        for (state, usual), name in _USUAL.items():
            self._bare.setdefault((self._postal[state], usual), self._full[self._postal[state], _plain(name)])
        self._regions: dict[str, Region] = {}
        self._region_names: dict[tuple[str, str], str] = {}
        self._resolved: dict[tuple[str, str], str | None] = {}

    @classmethod
    def load(cls, regions: Mapping[str, Mapping[str, object]] | None = None) -> Gazetteer:
        """The shipped tables. `regions` adds the operator's own as in regions.toml, {id: {name, state, counties}}.

        Without any it is the same gazetteer each time. Raises ValueError, naming the region and the county, when a
        county of a region is not known.
        """
        return cls._made(regions) if regions else _shipped()

    @classmethod
    def _made(cls, regions: Mapping[str, Mapping[str, object]]) -> Gazetteer:
        folder = resources.files("detectors.words")
        states = [(fips, code, en, es) for fips, code, en, es in _rows(folder.joinpath("states.tsv"))]
        counties = [(fips, county, state) for fips, county, state in _rows(folder.joinpath("counties.tsv"))]
        gazetteer = cls(states, counties)
        shipped = tomllib.loads(folder.joinpath("regions.toml").read_text(encoding="utf-8"))
        for identity, row in {**shipped, **regions}.items():
            gazetteer._add_region(identity, row)
        return gazetteer

    def _add_region(self, identity: str, row: Mapping[str, object]) -> None:
        state, counties, name = str(row.get("state", "")), row.get("counties", ()), row.get("name", identity)
        if not isinstance(counties, list | tuple) or not counties:
            raise ValueError(f"Region '{identity}' has no counties. Give it counties = [\"…\"].")
        members = []
        for county in counties:
            code = self.resolve(state, str(county))
            if code is None or len(code) != 5:
                raise ValueError(f"Region '{identity}': '{county}' is not a county of '{state}'. Check its spelling.")
            members.append(code)
        names = dict(name) if isinstance(name, Mapping) else {"en": str(name), "es": str(name)}
        for words in names.values():
            self._region_names[members[0][:2], _plain(words)] = REGION + identity
        self._regions[REGION + identity] = Region(REGION + identity, names, tuple(sorted(members)))

    def resolve(self, state: str, county: str = "") -> str | None:
        """The code of a place as a source prints it: "US", two digits for a state, five for a county, "region:…".

        `county` may carry its state ("PA | ALLEGHENY", "Kern County, CA") or be a FIPS code. A county that says
        "unknown" is its state. None when it is not known: a county without a state never resolves, because 31 states
        have a Washington County.
        """
        key = (state, county)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(state, county)
        return self._resolved[key]

    def _resolve(self, state: str, county: str) -> str | None:
        if county in self._regions:
            return county
        fips = self._state_of.get(_plain(state)) if state.strip() else None
        if not county.strip() or _plain(county) in _UNSTATED:
            return NATION if fips is None and _plain(state) in _NATION_NAMES else fips
        digits = county.strip().removesuffix(".0")
        if digits.isdigit():
            whole = digits.zfill(5) if len(digits) > 3 else (fips or "") + digits.zfill(3)
            return whole if whole in self._counties and (fips is None or whole.startswith(fips)) else None
        own, _, rest = county.partition("|")
        if rest and (carried := self._state_of.get(_plain(own))):
            return self._county(carried, rest) if fips in {None, carried} else None
        left, _, right = county.rpartition(",")
        if left and (carried := self._state_of.get(_plain(right))):
            return self._county(carried, left) if fips in {None, carried} else None
        if fips is None:
            return None
        if (region := self._region_names.get((fips, _plain(county)))) is not None:
            return region
        # "Ct" in a county column is the state said twice; New York and Washington, D.C. are counties as well.
        return self._county(fips, county) or (fips if self._state_of.get(_plain(county)) == fips else None)

    def _county(self, fips: str, county: str) -> str | None:
        text = " ".join(fold(county).text.split())
        leading = _LEADING.match(text)
        kind = ""
        if leading:
            kind = "city" if leading.group(1) in {"city", "ciudad"} else "county"
            text = text[leading.end() :]
        if found := self._full.get((fips, _plain(text))):
            return found
        if kind == "city" and (found := self._full.get((fips, _plain(text + " city")))):
            return found
        bare, _ = _without_kind(text)
        return self._bare.get((fips, _plain(bare))) or self._bare.get((fips, _plain(text)))

    def name(self, code: str, language: str = "en") -> str:
        """What people read: "Alameda County, CA", "condado de Alameda, CA"; the code itself when it is not known."""
        if code == NATION:
            return "Estados Unidos" if language == "es" else "United States"
        if code in self._states:
            return self._states[code][2 if language == "es" else 1]
        if code in self._regions:
            names = self._regions[code].name
            return names.get(language) or names.get("en") or code
        if code not in self._counties:
            return code
        name, state = self._counties[code]
        if state == "DC":
            return self._states["11"][2 if language == "es" else 1]
        if language == "es" and name.endswith(" County"):
            name = "condado de " + name.removesuffix(" County")
        return f"{name}, {state}"

    def parents(self, code: str) -> tuple[str, ...]:
        """Every place that holds this one, nearest first: its regions, its state, the nation."""
        if code == NATION or (code not in self._states and code not in self._counties and code not in self._regions):
            return ()
        if code in self._states:
            return (NATION,)
        if code in self._regions:
            states = {member[:2] for member in self._regions[code].members}
            return (*states, NATION) if len(states) == 1 else (NATION,)
        return (*(r.code for r in self._regions.values() if code in r.members), code[:2], NATION)

    def members(self, code: str) -> tuple[str, ...]:
        """County codes of a region or a state; the county itself; every county of the nation."""
        if code in self._regions:
            return self._regions[code].members
        if code in self._counties:
            return (code,)
        return tuple(fips for fips in self._counties if code == NATION or (len(code) == 2 and fips.startswith(code)))

    def regions(self) -> tuple[Region, ...]:
        """The regions, shipped ones first."""
        return tuple(self._regions.values())

    def states(self) -> Mapping[str, str]:
        """FIPS code → English name of each state and territory."""
        return {fips: en for fips, (_, en, _) in self._states.items()}

    def __contains__(self, code: object) -> bool:
        return code == NATION or code in self._states or code in self._counties or code in self._regions


@cache
def _shipped() -> Gazetteer:
    return Gazetteer._made({})


def _rows(table: Traversable) -> list[list[str]]:
    return [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]


def _plain(text: str) -> str:
    """Letters and digits only, without accents; St. and Ste. written out."""
    return re.sub(r"[^a-z0-9]", "", _SAINT.sub("saint", fold(text).text.strip()))


def _without_kind(name: str) -> tuple[str, str]:
    folded = fold(name).text.strip()
    found = _KIND.search(folded)
    return (folded[: found.start()], found.group(1)) if found else (folded, "")
