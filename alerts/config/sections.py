"""The shape of config.toml: one frozen model a section. The keys are explained in config.toml itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    field_validator,
    model_validator,
)

from alerts.config.columns import Columns, lacking
from alerts.config.mistakes import with_all
from detectors.feeds.layout import Layout
from detectors.feeds.presets import Preset, presets
from detectors.feeds.registry import reader

_SPAN = re.compile(r"^(\d+)\s*(s|m|h|d)$")
_UNIT = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _span(value: object) -> object:
    if isinstance(value, str):
        found = _SPAN.match(value.strip())
        if not found or int(found[1]) == 0:
            raise ValueError("must be a number and a unit, like 30s, 15m, 6h or 1d")
        return timedelta(**{_UNIT[found[2]]: int(found[1])})
    return value


def _clock_time(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError("must be a time of day like 08:00 or 21:30")
        return time.fromisoformat(value)
    return value


Span = Annotated[timedelta, BeforeValidator(_span)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Programme(Section):
    name: str = Field(min_length=1, max_length=60)
    contact: str = Field(min_length=3)
    state: str = Field(pattern=r"^([A-Z]{2}|\d{2})$")
    languages: tuple[str, ...] = Field(min_length=1)
    time_zone: str
    public_url: str = Field(pattern=r"^https?://[^/]+(/.*)?$")
    simulated: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("must be a time zone of the IANA list, like America/New_York")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Store(Section):
    url: str = Field(pattern=r"^(sqlite|postgresql\+psycopg)://")


class Console(Section):
    bind: str
    port: int = Field(ge=0, le=65535)
    trusted_proxies: tuple[str, ...] = ()
    sign_in_minutes: int = Field(ge=1, le=1440)
    session_hours: int = Field(ge=1, le=168)


class Clock(Section):
    deliver_seconds: float = Field(ge=0.1, le=3600)
    detect_seconds: float = Field(ge=0.1, le=3600)
    daily_at: ClockTime
    lease_seconds: float = Field(ge=1, le=3600)


class Privacy(Section):
    smallest_count: int = Field(ge=2, le=100)
    smallest_population: int = Field(ge=0)
    archive_days: int = Field(ge=1)
    contact_days: int = Field(ge=1)


ScopeName = Literal["recipient", "message", "account", "temporary", "hours"]
"""Whom an error code is about. "ambiguous" is no code's meaning: it is what no answer at all means."""


class DeliveryRules(Section):
    quiet_from: ClockTime
    quiet_to: ClockTime
    attempts: int = Field(ge=1, le=50)
    backoff_seconds: float = Field(gt=0)
    backoff_most_seconds: float = Field(gt=0)
    settle_seconds: float = Field(ge=0)
    valid_hours: int = Field(ge=1, le=720)
    parallel: int = Field(default=4, ge=1, le=32)
    circuit_minutes: float = Field(default=15, gt=0, le=1440)
    unknown_answers_a_day: int = Field(default=1, ge=0, le=10)
    texts_a_day: int = Field(default=30, ge=1, le=1000)
    fallback_minutes: float = Field(default=15, gt=0, le=1440)
    fallback_levels: tuple[Literal["act_now", "advisory", "info"], ...] = ("act_now",)
    web_reports: bool = True
    web_reports_a_day: int = Field(default=50, ge=1, le=10_000)
    inbound_days: int = Field(default=30, ge=1, le=3650)
    join: bool = False
    default_code: ScopeName = "temporary"
    codes: dict[str, ScopeName] = {}

    @field_validator("codes")
    @classmethod
    def _plain_codes(cls, value: dict[str, str]) -> dict[str, str]:
        for code in value:
            if not re.fullmatch(r"\d{5}", code):
                raise ValueError(f"'{code}' is no Twilio error code: five digits, like 21610")
        return value


class Sms(Section):
    notifier: Literal["twilio", "file"]
    folder: str
    account_sid: str = ""
    auth_token_file: str = ""
    auth_token_old_file: str = ""
    sender: str = Field(default="", pattern=r"^(\+\d{6,15}|\d{5,6}|)$")
    messaging_service: str = Field(default="", pattern=r"^(MG\w+|)$")
    base_url: str = ""
    timeout_seconds: float = Field(gt=0, le=120)
    segments_most: int = Field(ge=1, le=10)
    segments_per_second: float = Field(default=1, ge=0, le=10000)
    strip_accents: bool
    price_per_segment: float = Field(default=0, ge=0, le=100)
    currency: str = Field(default="USD", min_length=1, max_length=5)

    @model_validator(mode="after")
    def _has_a_sender(self) -> Sms:
        if self.notifier == "twilio" and not (self.sender or self.messaging_service):
            raise ValueError('needs `sender` or `messaging_service` when notifier is "twilio"')
        return self


class Email(Section):
    notifier: Literal["smtp", "file"]
    folder: str
    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password_file: str = ""
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    timeout_seconds: float = Field(gt=0, le=600)
    mails_per_second: float = Field(default=0, ge=0, le=10000)
    bounces_folder: str = ""
    bounces_secret_file: str = ""

    @model_validator(mode="after")
    def _no_open_mail(self) -> Email:
        if self.notifier == "smtp" and self.security == "none" and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError('security "none" is only for a server on this machine; use "starttls" or "tls"')
        return self


class Chat(Section):
    rooms_file: str = ""


class Webhook(Section):
    secret_file: str = ""
    secret_old_file: str = ""
    timeout_seconds: float = Field(default=15, gt=0, le=120)


class Review(Section):
    next_minutes: int = Field(ge=1, le=10080)
    again_hours: int = Field(ge=1, le=168)
    broken_polls: int = Field(ge=1, le=1000)


class Fatigue(Section):
    act_now: int = Field(ge=0, le=1000)
    advisory: int = Field(ge=0, le=1000)
    info: int = Field(ge=0, le=1000)


class Partners(Section):
    verify: bool
    code_minutes: int = Field(ge=1, le=10080)
    digest_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    digest_at: ClockTime


class Templates(Section):
    folder: str = ""


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


class ThresholdSeed(Section):
    method: str
    substances: tuple[str, ...] = Field(min_length=1)
    scope: Literal["county", "state"]
    kinds: tuple[Literal["drug", "death", "seizure", "biological", "field report", "notice"], ...] = Field(min_length=1)
    level: Literal["act_now", "advisory", "info"]
    release: Literal["automatic", "review"]
    parameters: dict[str, float | int | str | bool] = {}
    cool_down_days: int = Field(ge=0, le=3650)
    expires_days: int = Field(ge=1, le=3650)
    longest_days: int = Field(ge=1, le=3650)
    update_hours: int = Field(ge=0, le=8760)
    review_hours: int = Field(ge=1, le=8760)
    by_evidence: bool = True
    enabled: bool = True


class LevelRow(Section):
    substances: tuple[str, ...] = ()
    kinds: tuple[Literal["drug", "death", "seizure", "biological", "field report", "notice"], ...] = ()
    confidence: tuple[Literal["lab-confirmed", "screening", "field report", "bulletin"], ...] = ()
    methods: tuple[str, ...] = ()
    findings: int = Field(default=1, ge=1, le=100000)
    places: int = Field(default=1, ge=1, le=10000)
    false_discovery: float = Field(default=1.0, gt=0, le=1)
    grounds: int = Field(default=1, ge=1, le=10)
    sources: int = Field(default=1, ge=1, le=100)
    traces_only: bool = False
    level: Literal["act_now", "advisory", "info"]
    release: Literal["automatic", "review"]


class Configuration(Section):
    programme: Programme
    store: Store
    console: Console
    clock: Clock
    privacy: Privacy
    delivery: DeliveryRules
    sms: Sms
    email: Email
    chat: Chat = Chat()
    webhook: Webhook = Webhook()
    review: Review
    fatigue: Fatigue
    partners: Partners
    templates: Templates = Templates()
    feeds: dict[str, Feed] = {}
    lists: dict[str, tuple[str, ...]] = {}
    thresholds: dict[str, ThresholdSeed] = {}
    levels: dict[str, LevelRow] = {}

    @field_validator("feeds", "lists", "thresholds", "levels")
    @classmethod
    def _plain_names(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
                raise ValueError(f"the name '{name}' must be small letters, digits and hyphens, 40 at the most")
        return value

    @model_validator(mode="after")
    def _lists_exist(self) -> Configuration:
        named = [(f"thresholds.{name}", seed.substances) for name, seed in self.thresholds.items()]
        for name, substances in [*named, *((f"levels.{name}", row.substances) for name, row in self.levels.items())]:
            for wanted in substances:
                if wanted.startswith("list:") and wanted[5:] not in self.lists:
                    known = ", ".join(self.lists) or "none"
                    raise ValueError(f"{name} names '{wanted}', but the lists are: {known}")
        return self
