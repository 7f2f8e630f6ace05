"""The wired whole: configuration, memory, names, methods, words and carriers, handed to every verb."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from alerts import __version__, shipped
from alerts.config import Configuration
from alerts.config.error_codes import known_codes
from alerts.record.checkpoint import seed_of
from alerts.store import settings
from alerts.store.engine import Store, open_store
from alerts.store.evidence import Believed
from alerts.store.migrate import migrate
from alerts.store.names import Names
from alerts.wording.shelf import Shelf
from detectors.feeds.http import FeedClient
from detectors.registry import Method, methods
from detectors.words.lexicon import Lexicon
from detectors.words.places import Gazetteer
from notifiers.chat import Chat, MissingPackageError
from notifiers.email import SmtpEmail
from notifiers.file import FileFolder
from notifiers.mailbox import Mailbox
from notifiers.message import Notifier, Scope
from notifiers.smtp_connection import Server
from notifiers.smtp_security import Security
from notifiers.standard_webhooks import key
from notifiers.twilio import TwilioSms
from notifiers.webhook import Webhook


@dataclass(frozen=True)
class App:
    """Everything a verb needs besides `now`. key: this installation's own secret, for links that only we can make.

    mailbox: where mail that comes back is read over IMAP. checkpoint_seed: signs the record's checkpoints.
    names: the shipped dictionary with what staff added. believed: the evidence as believed now, kept in memory between
    detections.
    """

    configuration: Configuration
    store: Store
    names: Names
    gazetteer: Gazetteer
    methods: Mapping[str, Method]
    shelf: Shelf
    notifiers: Mapping[str, Notifier]
    key: bytes
    client: FeedClient
    mailbox: Mailbox | None = None
    checkpoint_seed: bytes = bytes(32)
    believed: Believed = field(default_factory=Believed)

    @property
    def lexicon(self) -> Lexicon:
        """The dictionary as of the last look at staff's additions."""
        return self.names.lexicon

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to feeds: who we are, and whom to write to when we are a burden."""
        return f"Supplywatch/{__version__} (+{self.configuration.programme.contact})"

    def close(self) -> None:
        self.client.close()
        for notifier in self.notifiers.values():
            close = getattr(notifier, "close", None)
            if close is not None:
                close()
        self.store.close()


class NotReadyError(Exception):
    """Something that the operator must supply is missing; the text says what and where to put it."""


def open_app(
    configuration: Configuration, environment: Mapping[str, str] | None = None, *, durable: bool = True
) -> App:
    """Open the store (and bring it to today's shape) and wire the rest. Raises NotReadyError or WordingError."""
    environment = os.environ if environment is None else environment
    notifiers = _notifiers(configuration, environment)
    mailbox = mailbox_of(configuration, environment)
    own_seed = _checkpoint_seed(configuration, environment)
    folder = configuration.templates.folder
    shelf = Shelf.of(shipped.templates(), Path(folder) if folder else None)
    store = open_store(configuration.store.url, durable=durable)
    migrate(store)
    with store.write() as connection:
        key = settings.secret(connection, "installation")
        seed = settings.secret(connection, "checkpoint key")
        names = Names.opened(connection)
    return App(
        configuration=configuration,
        store=store,
        names=names,
        gazetteer=Gazetteer.load(),
        methods=methods(),
        shelf=shelf,
        notifiers=notifiers,
        key=key,
        client=FeedClient(),
        mailbox=mailbox,
        checkpoint_seed=own_seed or seed,
    )


def twilio_tokens(configuration: Configuration, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The auth tokens that signatures of callbacks may bear: the present one, and the one before during a rotation."""
    sms = configuration.sms
    found = (
        _secret(sms.auth_token_file, "SUPPLYWATCH_TWILIO_AUTH_TOKEN", environment),
        _secret(sms.auth_token_old_file, "SUPPLYWATCH_TWILIO_AUTH_TOKEN_OLD", environment),
    )
    return tuple(token for token in found if token)


def bounce_keys(configuration: Configuration, environment: Mapping[str, str]) -> tuple[bytes, ...]:
    """The keys that mail which comes back may be signed with; none when nothing is taken that way."""
    secret = _secret(configuration.email.bounces_secret_file, "SUPPLYWATCH_BOUNCES_SECRET", environment)
    try:
        return (key(secret),) if secret else ()
    except ValueError as error:
        raise NotReadyError(f"email.bounces_secret_file cannot be used: {error}.") from None


def mailbox_of(configuration: Configuration, environment: Mapping[str, str]) -> Mailbox | None:
    """The mailbox that mail comes back to; None when none is named. Raises NotReadyError without its login."""
    rules = configuration.mailbox
    if not rules.host:
        return None
    user = rules.user or environment.get("SUPPLYWATCH_MAILBOX_USER", "")
    password = _secret(rules.password_file, "SUPPLYWATCH_MAILBOX_PASSWORD", environment)
    if not user or not password:
        raise NotReadyError(
            f"mailbox.host is {rules.host}, but its login is missing. Set mailbox.user and password_file, or the "
            "variables SUPPLYWATCH_MAILBOX_USER and SUPPLYWATCH_MAILBOX_PASSWORD."
        )
    return Mailbox(
        host=rules.host, port=rules.port, security=SECURITY[rules.security], user=user, password=password,
        folder=rules.folder, delete=rules.after == "delete", timeout=rules.timeout_seconds,
    )  # fmt: skip


def _checkpoint_seed(configuration: Configuration, environment: Mapping[str, str]) -> bytes | None:
    """The key of the operator's own for checkpoints; None when it is the installation's."""
    text = _secret(configuration.checkpoints.key_file, "SUPPLYWATCH_CHECKPOINT_KEY", environment)
    try:
        return seed_of(text) if text else None
    except ValueError as error:
        raise NotReadyError(f"The key of [checkpoints] cannot be used: {error}.") from None


def _notifiers(configuration: Configuration, environment: Mapping[str, str]) -> dict[str, Notifier]:
    made = {"sms": _sms(configuration, environment), "email": _email(configuration, environment)}
    chat, webhook = _chat(configuration), _webhook(configuration, environment)
    return made | ({"chat": chat} if chat else {}) | ({"webhook": webhook} if webhook else {})


def _sms(configuration: Configuration, environment: Mapping[str, str]) -> Notifier:
    sms = configuration.sms
    if sms.notifier == "file":
        return FileFolder(Path(sms.folder))
    sid = sms.account_sid or environment.get("SUPPLYWATCH_TWILIO_ACCOUNT_SID", "")
    tokens = twilio_tokens(configuration, environment)
    if not sid or not tokens:
        raise NotReadyError(
            'sms.notifier is "twilio", but its credentials are missing. Set sms.account_sid and auth_token_file, or '
            "the variables SUPPLYWATCH_TWILIO_ACCOUNT_SID and SUPPLYWATCH_TWILIO_AUTH_TOKEN."
        )
    return TwilioSms(
        sid, tokens[0], messaging_service_sid=sms.messaging_service, sender=sms.sender, timeout=sms.timeout_seconds,
        base_url=sms.base_url, codes=known_codes(configuration),
        default=Scope(configuration.delivery.default_code),
    )  # fmt: skip


def _email(configuration: Configuration, environment: Mapping[str, str]) -> Notifier:
    email = configuration.email
    if email.notifier == "file":
        return FileFolder(Path(email.folder))
    server = Server(
        host=email.host, port=email.port, security=SECURITY[email.security], timeout=email.timeout_seconds,
        username=email.user or environment.get("SUPPLYWATCH_SMTP_USER", ""),
        password=_secret(email.password_file, "SUPPLYWATCH_SMTP_PASSWORD", environment),
    )  # fmt: skip
    return SmtpEmail(server, sender=email.sender, now=lambda: datetime.now(UTC))


def _chat(configuration: Configuration) -> Notifier | None:
    file = configuration.chat.rooms_file
    if not file:
        return None
    try:
        rooms = tomllib.loads(_secret(file, "", {}))
    except tomllib.TOMLDecodeError as error:
        # Its own words show the line, and the line holds a secret.
        at = re.search(r"\(at [^)]*\)$", str(error))
        raise NotReadyError(
            f'chat.rooms_file {file} is no TOML {at[0] if at else ""}. A line is: night-van = "slack://…"'
        ) from None
    wrong = [name for name, url in rooms.items() if not isinstance(url, str)]
    if wrong:
        raise NotReadyError(f"chat.rooms_file {file}: the room '{wrong[0]}' must be an address in quotes.")
    try:
        return Chat(rooms)
    except (MissingPackageError, ValueError) as error:
        raise NotReadyError(f"chat.rooms_file: {error}") from None


def _webhook(configuration: Configuration, environment: Mapping[str, str]) -> Notifier | None:
    rules = configuration.webhook
    secret = _secret(rules.secret_file, "SUPPLYWATCH_WEBHOOK_SECRET", environment)
    if not secret:
        return None
    before = _secret(rules.secret_old_file, "SUPPLYWATCH_WEBHOOK_SECRET_OLD", environment)
    try:
        return Webhook(secret, now=lambda: datetime.now(UTC), timeout=rules.timeout_seconds, before=before)
    except ValueError as error:
        raise NotReadyError(f"The secret of [webhook] cannot be used: {error}.") from None


SECURITY = {"starttls": Security.STARTTLS, "tls": Security.SSL, "none": Security.NONE}


def _secret(file: str, variable: str, environment: Mapping[str, str]) -> str:
    if not file:
        return environment.get(variable, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NotReadyError(
            f"The file {file} with a secret cannot be read: {error.strerror}. Mend its path or rights."
        ) from None
