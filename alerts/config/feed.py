"""One feed of config.toml: a source known by its preset, or one that the operator describes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from alerts.config.columns import Columns, lacking
from alerts.config.mistakes import nearest, with_all
from alerts.config.section import Section, Span
from detectors.feeds.layout import Layout
from detectors.feeds.presets import Preset, presets
from detectors.feeds.registry import reader


class Feed(Section):
    enabled: bool = True
    preset: str = ""
    reader: Literal["", "table", "socrata", "ckan"] = ""
    columns: Columns | None = None
    url: str = Field(default="", pattern=r"^(https?://.+|)$")
    second_url: str = Field(default="", pattern=r"^(https?://.+|)$")
    folder: str = ""
    source: str = Field(default="", max_length=80)
    every: Span
    state: str = ""
    county: str = ""
    allow_private: bool = False
    robots: bool = False
    cadence_days: float = Field(gt=0, le=366)
    lag_days: int = Field(default=0, ge=0, le=3650)
    terms: str = Field(default="", max_length=400)
    attribution: str = Field(default="", max_length=200)
    where: str = Field(default="", max_length=2000)

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, make: ModelWrapValidatorHandler[Feed]) -> Feed:
        if not isinstance(value, dict):
            return make(value)
        known = presets().get(str(value.get("preset")))
        if known is not None:
            # What the operator leaves out is as the source's preset knows it.
            value = {"cadence_days": known.cadence_days, **value}
            if known.url and not value.get("url") and not value.get("folder"):
                value["url"] = known.url
        return with_all(value, make, _whole_feed(value, known))

    @property
    def known(self) -> Preset | None:
        """The source: its preset with the operator's own keys over it, or the one that the operator describes; None
        where the preset's name means nothing."""
        if not self.reader:
            found = presets().get(self.preset)
            if found is None or not isinstance(base := _layout(found.settings), Layout):
                return found
            settings = _with(found.settings, self.columns.layout(base) if self.columns else base, self.where)
            return replace(found, settings=settings)
        made = reader(self.reader).settings
        bare = made() if made is Layout else made("", "")
        layout = (self.columns or Columns()).layout(Layout())
        return Preset(
            name="", title=f"{reader(self.reader).title}, by the operator's own column map", reader=self.reader,
            settings=_with(bare, layout, self.where), terms=self.terms, attribution=self.attribution,
            cadence_days=max(1, round(self.cadence_days)), lag_days=self.lag_days, url=self.url,
            methods=layout.methods,
        )  # fmt: skip


def _layout(settings: Any) -> object:
    return settings if isinstance(settings, Layout) else getattr(settings, "layout", None)


def _with(settings: Any, layout: Layout, where: str) -> Any:
    if isinstance(settings, Layout):
        return layout
    more = {"where": where} if where and hasattr(settings, "where") else {}
    return replace(settings, layout=layout, **more)


def _whole_feed(value: dict[str, Any], known: Preset | None) -> Iterator[str]:
    """What is wrong with a feed as a whole, a sentence each."""
    columns, kind, url = value.get("columns"), value.get("reader"), str(value.get("url") or "")
    if value.get("enabled", True) and bool(url) == bool(value.get("folder")):
        yield "needs either `url` or `folder`, one of the two"
    if not value.get("preset") and not kind:
        yield 'needs `preset`, or for a table of your own `reader = "table"` and a column map (columns)'
    elif value.get("preset") and kind:
        yield "needs either `preset` or `reader`, one of the two"
    elif value.get("preset") and known is None:
        near = nearest(str(value["preset"]), presets())
        yield f"there is no preset '{value['preset']}'.{near} `supplywatch feeds presets` lists them"
    elif kind and not isinstance(columns, dict):
        yield "needs a column map: a table [feeds.NAME.columns] with `key`, a date and `substance`"
    elif kind:
        yield from (f"columns {sentence}" for sentence in lacking(columns or {}))
    elif known is not None and columns and not isinstance(_layout(known.settings), Layout):
        yield f"`columns` are for tables; the preset '{known.name}' reads none"
    if kind in ("socrata", "ckan") and url.startswith("http"):
        try:
            at = reader(kind).at
            assert at is not None
            at(reader(kind).settings("", ""), url)
        except ValueError as error:
            yield str(error)
