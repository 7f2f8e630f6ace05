"""Callbacks: genuine or not, what they say, and which way states move."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from notifiers.message import Message, Scope
from notifiers.twilio import TwilioSms
from notifiers.twilio_callbacks import callback_url, parse_inbound, parse_status
from notifiers.twilio_codes import CODES, scope_of
from notifiers.twilio_signature import genuine
from notifiers.twilio_states import ORDER, forward
from tests.peers.twilio_caller import signature
from tests.peers.twilio_mischief import Mischief
from tests.peers.twilio_peer import ACCOUNT_SID, AUTH_TOKEN, NUMBER, TwilioPeer

TO = "+15105550123"


class Webhook:
    """Our side of the callbacks: keeps each request as it came."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, bytes, str]] = []
        self.answer = b""
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                webhook.requests.append((self.path, body, self.headers.get("X-Twilio-Signature", "")))
                self.send_response(200)
                self.send_header("Content-Type", "application/xml")
                self.send_header("Content-Length", str(len(webhook.answer)))
                self.end_headers()
                self.wfile.write(webhook.answer)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.stop()


@pytest.fixture
def peer(webhook: Webhook) -> Iterator[TwilioPeer]:
    with TwilioPeer(inbound_url=f"{webhook.url}/inbound") as peer:
        yield peer


def send(peer: TwilioPeer, webhook: Webhook, text: str = "found") -> None:
    with TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=peer.url) as sms:
        sms.send(Message("d-7", TO, text, status_callback=f"{webhook.url}/status?v=2"))
    peer.settle()


def states(webhook: Webhook) -> list[str]:
    return [parse_status(path, body).state for path, body, _ in webhook.requests]


def test_callbacks_are_genuine_and_bear_our_delivery_id(peer: TwilioPeer, webhook: Webhook) -> None:
    send(peer, webhook)
    assert states(webhook) == ["sent", "delivered"]
    for path, body, signed in webhook.requests:
        assert path == "/status?v=2&delivery=d-7"
        assert genuine(webhook.url + path, body, signed, [AUTH_TOKEN])
        callback = parse_status(path, body)
        assert (callback.delivery_id, callback.sid, callback.to) == ("d-7", peer.messages[0].sid, TO)


def test_a_forged_or_altered_callback_is_not_genuine(peer: TwilioPeer, webhook: Webhook) -> None:
    send(peer, webhook)
    path, body, given = webhook.requests[0]
    url = webhook.url + path
    assert not genuine(url, body, given, ["another token"])
    assert not genuine(url, body.replace(b"sent", b"delivered"), given, [AUTH_TOKEN])
    assert not genuine(url.replace("d-7", "d-8"), body, given, [AUTH_TOKEN])
    assert not genuine(url, body + b"&Extra=1", given, [AUTH_TOKEN])
    assert not genuine(url, b"\xff\xfe", given, [AUTH_TOKEN])
    for missing in (None, ""):
        assert not genuine(url, body, missing, [AUTH_TOKEN])
    assert not genuine(url, body, given, [])
    assert not genuine(url, body, signature(url, {}, ""), [""]), "an unset token must not open the door"


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
FORMS = st.dictionaries(TEXTS, st.lists(TEXTS, min_size=1, max_size=3), max_size=6)


@given(FORMS, st.sampled_from(["", ":443", ":8443"]), st.integers(0, 19))
def test_what_twilios_own_library_signs_is_genuine_and_nothing_beside_it(
    form: dict[str, list[str]], port: str, spoilt: int
) -> None:
    class Form(dict[str, list[str]]):
        def getlist(self, name: str) -> list[str]:
            return self[name]

    url = f"https://alerts.example.org{port}/callbacks/twilio/status?delivery=d-7"
    body = urlencode([(name, value) for name, values in form.items() for value in values]).encode()
    signed = RequestValidator(AUTH_TOKEN).compute_signature(url, Form(form))
    assert genuine(url, body, signed, [AUTH_TOKEN])
    assert genuine(url.replace(":443", ""), body, signed, [AUTH_TOKEN]), "the usual port may be named or not"
    other = "A" if signed[spoilt] != "A" else "B"
    assert not genuine(url, body, signed[:spoilt] + other + signed[spoilt + 1 :], [AUTH_TOKEN])
    assert not genuine(url + "8", body, signed, [AUTH_TOKEN])


def test_both_tokens_hold_during_a_rotation(peer: TwilioPeer, webhook: Webhook) -> None:
    send(peer, webhook)
    path, body, given = webhook.requests[0]
    assert genuine(webhook.url + path, body, given, ["the new one", AUTH_TOKEN])


def test_the_public_url_is_what_is_signed() -> None:
    form = {"MessageSid": "SM1", "Body": "Señor & Söhne", "Empty": ""}
    public = "https://alerts.example.org/twilio/status?delivery=d-7"
    given = signature(public, form, AUTH_TOKEN)
    body = urlencode(form).encode()
    assert genuine(public, body, given, [AUTH_TOKEN])
    assert not genuine("http://10.0.0.4:8000/twilio/status?delivery=d-7", body, given, [AUTH_TOKEN])


def test_twilios_own_example() -> None:
    """The worked example of Twilio's security page."""
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309"}
    form["To"] = "+18005551212"
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature(url, form, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert genuine(url, urlencode(form).encode(), "RSOYDt4T1cUTdK1PDd93/VVr8B8=", ["12345"])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Mischief.CALLBACK_TWICE, ["sent", "delivered", "sent", "delivered"]),
        (Mischief.CALLBACK_EARLY, ["sent", "delivered"]),
        (Mischief.CALLBACK_REVERSED, ["delivered", "sent"]),
        (Mischief.CALLBACK_NONE, []),
        (Mischief.CALLBACK_PER_SEGMENT, ["sent", "sent", "delivered", "delivered"]),
        (Mischief.UNDELIVERED, ["sent", "undelivered"]),
    ],
)
def test_whatever_order_callbacks_come_in_the_state_ends_right(
    peer: TwilioPeer, webhook: Webhook, kind: Mischief, expected: list[str]
) -> None:
    peer.misbehave(kind, code=30005)
    send(peer, webhook, "x" * 200)
    assert states(webhook) == expected
    state = "queued"
    for reported in states(webhook):
        state = reported if forward(state, reported) else state
    if expected:
        assert state == ("undelivered" if kind is Mischief.UNDELIVERED else "delivered")
    if kind is Mischief.UNDELIVERED:
        last = parse_status(*webhook.requests[-1][:2])
        assert last.code == 30005
        assert scope_of(last.code) is Scope.RECIPIENT


def test_late_callbacks_come_late(peer: TwilioPeer, webhook: Webhook) -> None:
    peer.misbehave(Mischief.CALLBACK_LATE, seconds=0.1)
    send(peer, webhook)
    assert states(webhook) == ["sent", "delivered"]


def test_states_move_forward_only() -> None:
    for current, reported in itertools.product(ORDER, ORDER):
        assert not (forward(current, reported) and forward(reported, current))
    assert forward("", "queued")
    assert forward("undelivered", "delivered")
    assert not forward("delivered", "undelivered")
    assert not forward("sent", "sent")
    assert not forward("sent", "a state of the future")


def test_a_callback_url_holds_one_delivery_id_and_keeps_its_query() -> None:
    assert callback_url("https://a.example/s", "d-1") == "https://a.example/s?delivery=d-1"
    assert callback_url("https://a.example/s?x=&delivery=d-0#f", "d-1") == "https://a.example/s?x=&delivery=d-1#f"


def test_a_person_writes_and_is_answered(peer: TwilioPeer, webhook: Webhook) -> None:
    webhook.answer = b"<Response><Message>No recibira mas avisos.</Message></Response>"
    send(peer, webhook)
    answer = peer.device(TO).expect_sms("found").then_reply("ALTO & ñ")
    assert answer.status == 200
    path, body, given = webhook.requests[-1]
    assert genuine(webhook.url + path, body, given, [AUTH_TOKEN])
    inbound = parse_inbound(body)
    assert (inbound.sender, inbound.to, inbound.text, inbound.opt_out) == (TO, NUMBER, "ALTO & ñ", "")
    peer.device(TO).expect_sms("No recibira")
    peer.device(TO).expect_no_sms(within=0.05)


def test_where_twilio_handles_stop_itself_it_says_so_and_blocks(webhook: Webhook) -> None:
    with (
        TwilioPeer(inbound_url=f"{webhook.url}/inbound", carrier_opt_out=True) as peer,
        TwilioSms(ACCOUNT_SID, AUTH_TOKEN, sender=NUMBER, base_url=peer.url) as sms,
    ):
        peer.device(TO).reply("Stop")
        assert parse_inbound(webhook.requests[-1][1]).opt_out == "STOP"
        with pytest.raises(Exception, match="21610"):
            sms.send(Message("d-8", TO, "again"))
        peer.device(TO).reply("START")
        sms.send(Message("d-9", TO, "again"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "MessageSid is missing"),
        (b"MessageSid=SM1", "MessageStatus is missing"),
        (b"MessageSid=SM1&MessageStatus=sent&ErrorCode=x", "ErrorCode is 'x'"),
        (b"\xff", "no urlencoded form"),
        (b"&".join(b"a%d=1" % n for n in range(500)), "no urlencoded form"),
    ],
)
def test_what_is_no_callback_is_refused_by_name(body: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_status("/status", body)
    if b"MessageStatus" not in body:
        with pytest.raises(ValueError, match=words if "Status" not in words else "From is missing"):
            parse_inbound(body)


def test_no_error_is_no_code() -> None:
    assert parse_status("/s", b"MessageSid=SM1&MessageStatus=sent&ErrorCode=0").code is None
    assert parse_status("/s", b"SmsSid=SM1&SmsStatus=Sent").state == "sent"


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_5xx_is_ambiguous_whatever_its_code(code: int) -> None:
    assert scope_of(code, 400) is CODES[code]
    assert scope_of(code, 503) is Scope.AMBIGUOUS
