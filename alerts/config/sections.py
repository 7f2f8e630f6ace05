"""The shape of config.toml: one frozen model a section. The keys are explained in config.toml itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ModelWrapValidatorHandler, field_validator, model_validator

from alerts.config.feed import Feed
from alerts.config.mistakes import with_all
from alerts.config.section import ClockTime, Section
from alerts.config.threshold import LevelRow, ThresholdSeed
from alerts.model.time_zones import time_zones


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
        if value not in time_zones():
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


class MailboxRules(Section):
    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password_file: str = ""
    folder: str = Field(default="INBOX", min_length=1, max_length=200)
    after: Literal["mark", "delete"] = "mark"
    minutes: int = Field(default=5, ge=1, le=1440)
    timeout_seconds: float = Field(default=20, gt=0, le=600)
    alarm_minutes: int = Field(default=60, ge=1, le=10080)

    @model_validator(mode="after")
    def _no_open_login(self) -> MailboxRules:
        if self.host and self.security == "none" and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError('security "none" is only for a server on this machine; use "tls" or "starttls"')
        return self


class Chat(Section):
    rooms_file: str = ""


class Webhook(Section):
    secret_file: str = ""
    secret_old_file: str = ""
    timeout_seconds: float = Field(default=15, gt=0, le=120)


class Checkpoints(Section):
    folder: str = ""
    mail_to: tuple[str, ...] = ()
    key_file: str = ""


class Review(Section):
    next_minutes: int = Field(ge=1, le=10080)
    again_hours: int = Field(ge=1, le=168)
    broken_polls: int = Field(ge=1, le=1000)
    look_back_hours: int = Field(default=24, ge=1, le=720)


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


class Configuration(Section):
    programme: Programme
    store: Store
    console: Console
    clock: Clock
    privacy: Privacy
    delivery: DeliveryRules
    sms: Sms
    email: Email
    mailbox: MailboxRules = MailboxRules()
    chat: Chat = Chat()
    webhook: Webhook = Webhook()
    checkpoints: Checkpoints = Checkpoints()
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

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, value: Any, make: ModelWrapValidatorHandler[Configuration]) -> Configuration:
        return with_all(value, make, _lists_exist(value) if isinstance(value, dict) else ())


def _lists_exist(value: dict[str, Any]) -> Iterator[str]:
    """A sentence for each list that a threshold or a level names and that is not there."""
    lists, own = value.get("lists"), ("thresholds", "levels")
    known = list(lists) if isinstance(lists, dict) else []
    for where, entries in ((w, value.get(w)) for w in own):
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            substances = entry.get("substances") if isinstance(entry, dict) else ()
            for wanted in substances if isinstance(substances, list | tuple) else ():
                if isinstance(wanted, str) and wanted.startswith("list:") and wanted[5:] not in known:
                    yield f"{where}.{name} names '{wanted}', but the lists are: {', '.join(known) or 'none'}"
