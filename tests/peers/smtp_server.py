"""The SMTP peer's conversation: aiosmtpd, with delivery status notifications (RFC 3461) and mischief."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.peers.smtp_ledger import Mail
from tests.peers.smtp_mischief import AT_DATA, AT_RECIPIENT, AT_SENDER, REPLIES, MailMischief, MailOrder

if TYPE_CHECKING:
    from tests.peers.smtp_peer import SmtpPeer

_DSN = re.compile(r"\s+(?:(ENVID)=(\S+)|(?:RET|NOTIFY|ORCPT)=\S+)", re.IGNORECASE)
STALLS = (MailMischief.STALL_BEFORE, MailMischief.STALL_AFTER)


class Conversation(SMTP):
    """aiosmtpd knows no DSN parameters and would refuse them; they are taken out before it looks."""

    def __init__(self, peer: SmtpPeer, **options: Any) -> None:
        self.envelope_id = ""
        self._peer = peer
        super().__init__(Manners(peer), **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._peer.conversations.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._peer.conversations.discard(self)
        super().connection_lost(error)

    async def smtp_MAIL(self, arg: str | None) -> None:
        self.envelope_id = next((m[2] for m in _DSN.finditer(arg or "") if m[1]), "")
        await super().smtp_MAIL(_DSN.sub("", arg) if arg else arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        await super().smtp_RCPT(_DSN.sub("", arg) if arg else arg)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class Manners:
    """aiosmtpd's handler: what is said at each step."""

    def __init__(self, peer: SmtpPeer) -> None:
        self._peer = peer

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-DSN", responses[-1]] if self._peer.dsn else responses

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._peer.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        order = self._peer.orders.next(AT_SENDER, ())
        if order is not None:
            return _reply(order)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        order = self._peer.orders.next(AT_RECIPIENT, (address,))
        if order is not None:
            return await self._misbehave(server, order)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Conversation, session: Session, envelope: Envelope) -> str:
        order = self._peer.orders.next(AT_DATA, tuple(envelope.rcpt_tos))
        if order is not None and order.kind is MailMischief.REFUSE_DATA:
            return _reply(order)
        raw = envelope.original_content
        self._peer.ledger.take(
            Mail(
                sender=str(envelope.mail_from),
                recipients=tuple(str(to) for to in envelope.rcpt_tos),
                raw=raw if isinstance(raw, bytes) else b"",
                envelope_id=server.envelope_id,
                encrypted=session.ssl is not None or self._peer.implicit_tls,
                user=self._peer.user if session.authenticated else "",
            )
        )
        return await self._misbehave(server, order) if order is not None else "250 2.0.0 OK: taken"

    async def _misbehave(self, server: Conversation, order: MailOrder) -> str:
        if order.kind is MailMischief.SLOW or order.kind in STALLS:
            await asyncio.sleep(order.seconds)
        if order.kind is MailMischief.SLOW:
            return "250 2.0.0 OK: taken, at last"
        if order.kind is MailMischief.REFUSE_RECIPIENT:
            return _reply(order)
        server.hang_up()
        return "421 4.3.2 nobody hears this"


def authenticator(peer: SmtpPeer) -> Any:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given == LoginPassword(peer.user.encode(), peer.password.encode())
        # aiosmtpd itself answers 535 5.7.8 unless the result says that it has been answered.
        return AuthResult(success=right, handled=False)

    return authenticate


def _reply(order: MailOrder) -> str:
    return order.reply or REPLIES[order.kind]
