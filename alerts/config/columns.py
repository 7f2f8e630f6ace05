"""The operator's own column map: which header of a table means what. Mistakes are told all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ModelWrapValidatorHandler, model_validator

from alerts.config.mistakes import with_all
from detectors.feeds.columns import same
from detectors.feeds.layout import Layout, Pseudo
from detectors.sample import SampleKind


def _headers(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and value and all(isinstance(v, str) and v.strip() for v in value):
        return tuple(value)
    raise ValueError("must be a column's header in quotes, or a list of them")


Headers = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_headers)]
Kind = Literal["drug", "death", "seizure", "biological", "field report"]
NEEDED: Mapping[str, tuple[str, ...]] = {
    "names no sample id: give `key`, or `key_parts` where several columns make it": ("key", "key_parts"),
    "names no date: give `collected`, `tested` or `published`": ("collected", "tested", "published"),
    "names nothing that was found: give `substance`, `wide`, `flags` or `text`": ("substance", "wide", "flags", "text"),
}
CONTENT = ("substance", "wide", "flags", "text")
ELSEWHERE = (
    "collected", "tested", "published", "state", "county", "sold_as", "result", "method", "abundance", "quantity",
    "unit", "status",
)  # fmt: skip


class Columns(BaseModel):
    """As detectors/feeds/layout.py describes each key. Given beside a preset it changes the keys it has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "drug"
    key: Headers = ()
    key_parts: Headers = ()
    collected: Headers = ()
    tested: Headers = ()
    published: Headers = ()
    date_type: Headers = ()
    date_roles: dict[str, Literal["collected", "tested", "published"]] = {}
    state: Headers = ()
    county: Headers = ()
    default_state: str = ""
    default_county: str = ""
    sold_as: Headers = ()
    substance: Headers = ()
    wide: Headers = ()
    flags: dict[str, str] = {}
    text: Headers = ()
    result: Headers = ()
    method: Headers = ()
    abundance: Headers = ()
    primary: Headers = ()
    quantity: Headers = ()
    unit: Headers = ()
    status: Headers = ()
    methods: Headers = ()
    null: Headers = ()
    separators: str = ";"
    pseudo: dict[
        str, Literal["nothing found", "something without a name", "not tested yet", "could not be tested"]
    ] = {}
    yes: Headers = ()
    no: Headers = ()
    trace: Headers = ()
    day_first: bool = False
    strict_columns: bool = True
    delimiter: str = Field(default="", max_length=1)
    sheet: str = ""

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, make: ModelWrapValidatorHandler[Columns]) -> Columns:
        return with_all(value, make, _clashes(value) if isinstance(value, dict) else ())

    def layout(self, before: Layout) -> Layout:
        """The map over another one: keys that were given win, words are added to those known."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "kind" in given:
            given["kind"] = SampleKind(self.kind)
        if "pseudo" in given:
            own = {word.casefold(): Pseudo(meaning) for word, meaning in self.pseudo.items()}
            given["pseudo"] = {**before.pseudo, **own}
        for name in ("yes", "no", "trace"):
            if name in given:
                given[name] = getattr(before, name) | {word.casefold() for word in given[name]}
        return replace(before, **given)


def lacking(columns: Mapping[str, object]) -> Iterator[str]:
    """What a map that stands alone must have and has not, a sentence each."""
    for sentence, keys in NEEDED.items():
        if not any(columns.get(key) for key in keys):
            yield sentence


def _clashes(columns: Mapping[str, object]) -> Iterator[str]:
    """Headers that are said to be two things at once."""
    seen: dict[str, str] = {}
    for key in (*CONTENT, *ELSEWHERE):
        value = columns.get(key)
        for header in [value] if isinstance(value, str) else list(value) if isinstance(value, list | dict) else []:
            if isinstance(header, str) and seen.setdefault(same(header), key) != key and seen[same(header)] in CONTENT:
                yield f"'{header}' stands for both `{seen[same(header)]}` and `{key}`"
    if columns.get("date_type") and not columns.get("date_roles"):
        yield "`date_type` needs `date_roles`: what each of its words means"
