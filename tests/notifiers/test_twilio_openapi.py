"""The client and the peer, judged by Twilio's own OpenAPI document. Runs where node and the two npm packages are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from notifiers.message import DeliveryError, Message
from notifiers.twilio import TwilioSms
from notifiers.twilio_transport import TwilioTransport
from tests.peers.prism import Prism, absent, violations
from tests.peers.twilio_mischief import Mischief
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, SERVICE_SID, TwilioPeer

pytestmark = pytest.mark.skipif(bool(absent()), reason=absent() or "all is there")
TO = "+15105550123"


@pytest.fixture(scope="module")
def peer() -> Iterator[TwilioPeer]:
    with TwilioPeer() as peer:
        yield peer


@pytest.fixture(scope="module")
def judge(peer: TwilioPeer) -> Iterator[Prism]:
    with Prism(peer.url) as prism:
        yield prism


def test_every_request_and_answer_conforms(peer: TwilioPeer, judge: Prism) -> None:
    judged: list[str] = []
    wrong: list[str] = []

    class Heard(TwilioTransport):
        def request(self, method: str, *arguments: Any, **options: Any) -> Any:
            answer = super().request(method, *arguments, **options)
            judged.append(f"{method.upper()} {answer.status_code}")
            wrong.extend(f"{judged[-1]}: {violation}" for violation in violations(answer.headers))
            return answer

    for sender, service in ((NUMBER, ""), ("", SERVICE_SID)):
        with TwilioSms(
            ACCOUNT_SID, AUTH_TOKEN, sender=sender, messaging_service_sid=service, base_url=judge.url
        ) as sms:
            sms._client.http_client = Heard(10.0, judge.url, sms._remember)
            for number in range(3):
                sms.send(Message("d-1", TO, f"ñ € {number}", status_callback="https://alerts.example/status"))
            peer.misbehave(Mischief.QUEUE)
            sms.send(Message("d-2", TO, "waits"))
            peer.misbehave(Mischief.UNDELIVERED)
            sms.send(Message("d-3", TO, "does not arrive"))
            peer.settle()
            peer.inbound(TO, "ALTO")
            found = sms.find(Message("d-2", TO, "waits"), datetime(2000, 1, 1, tzinfo=UTC))
            assert found is not None
            for message in sms._client.messages.list(to=TO, page_size=2):
                message.fetch()
            assert sms._client.messages.list(from_=TO)
            assert sms._client.messages.list(date_sent_after=datetime(2020, 1, 1, tzinfo=UTC))
            for kind in (Mischief.TOO_MANY, Mischief.ERROR_AFTER, Mischief.REFUSE):
                peer.misbehave(kind)
                with pytest.raises(DeliveryError):
                    sms.send(Message("d-4", TO, "refused"))
    assert {"POST 201", "GET 200", "POST 429", "POST 500", "POST 400"} <= set(judged)
    assert len(judged) > 30
    assert wrong == []


def test_the_judge_is_awake(judge: Prism) -> None:
    """A judge that never objects proves nothing."""
    path = f"{judge.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    with httpx.Client(auth=(ACCOUNT_SID, AUTH_TOKEN), trust_env=False) as client:
        assert violations(client.get(path, params={"PageSize": "0"}).headers)
        assert not violations(client.get(path, params={"PageSize": "1"}).headers)
