"""A Twilio of our own: stateful, signs its callbacks, and misbehaves on demand.

In a test: `with TwilioPeer() as peer: …`; by hand: `python -m tests.peers.twilio_peer --port 4010`.
"""

from __future__ import annotations

import argparse
import signal
import threading
import time
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree import ElementTree

from notifiers.segments import count
from tests.peers.twilio_caller import Caller
from tests.peers.twilio_device import Answer, Device
from tests.peers.twilio_http import Server
from tests.peers.twilio_ledger import Ledger, Text
from tests.peers.twilio_mischief import Mischief, Order, Orders
from tests.peers.twilio_resource import VERSION
from tests.peers.twilio_rules import refusal

ACCOUNT_SID = "AC" + "5" * 32
AUTH_TOKEN = "peer-auth-token"
SERVICE_SID = "MG" + "5" * 32
NUMBER = "+15005550006"
# The words that Twilio itself acts on by default (English only).
STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})


class TwilioPeer:
    """account_sid, auth_token: what a client must know. ledger: a file that outlives it. inbound_url: our webhook.

    carrier_opt_out: Twilio's default opt-out handling, which acts on STOP by itself, before and beside our webhook.
    pages: how many pages of the list were asked for. faults: what went wrong inside the peer, or in an answer to it;
    empty when all is well.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        ledger: Path | None = None,
        inbound_url: str = "",
        numbers: Collection[str] = (NUMBER,),
        carrier_opt_out: bool = False,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.inbound_url = inbound_url
        self.numbers = tuple(numbers)
        self.orders = Orders()
        self.faults: list[str] = []
        self.pages = 0
        self.stopping = threading.Event()
        self._port = port
        self._ledger_path = ledger
        self._carrier_opt_out = carrier_opt_out
        self._devices: dict[str, Device] = {}
        self.ledger: Ledger
        self._server: Server
        self._caller: Caller
        self._thread: threading.Thread

    def start(self) -> Self:
        self.stopping.clear()
        self.ledger = Ledger(self._ledger_path)
        self._server = Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_address[1]
        self._caller = Caller(self.auth_token)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        self._caller.stop()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def messages(self) -> tuple[Text, ...]:
        """Texts that we have sent, in the order taken."""
        return tuple(text for text in self.ledger.texts() if text.direction == "outbound-api")

    def misbehave(
        self, kind: Mischief | str, times: int | None = 1, to: str = "", seconds: float = 30.0, code: int = 30003
    ) -> None:
        """Orders mischief for the next `times` requests (None: until `behave`), only those to `to` if given."""
        self.orders.add(Order(Mischief(kind), times, to, seconds, code))

    def behave(self) -> None:
        self.orders.clear()

    def device(self, number: str) -> Device:
        return self._devices.setdefault(number, Device(self, number))

    def opt_out(self, number: str) -> None:
        self.ledger.opt(number, True)

    def settle(self) -> None:
        """Returns when every callback due so far has been made."""
        self._caller.idle()

    def refusal(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        return refusal(form, self.numbers, self.ledger.opted_out)

    def take(self, form: Mapping[str, str], order: Order | None) -> Text:
        """Enters a text in the books and sets its callbacks going."""
        service = form.get("MessagingServiceSid", "")
        text = Text(
            sid=f"SM{uuid.uuid4().hex}",
            to=form["To"],
            body=form["Body"],
            state="accepted" if service else "queued",
            created=time.time(),
            sender=form.get("From") or self.numbers[0],
            service=service,
            callback=form.get("StatusCallback", ""),
            segments=count(form["Body"]).segments,
        )
        self.ledger.take(text)
        kind = order.kind if order else None
        if kind is Mischief.QUEUE:
            return text
        if kind is Mischief.CALLBACK_EARLY:
            self._advance(text, order)
        else:
            wait = order.seconds if order and kind is Mischief.CALLBACK_LATE else 0.0
            self._caller.later(lambda: self._advance(text, order), wait)
        return text

    def inbound(self, number: str, body: str) -> Answer:
        """A person's text, handed to our webhook; a TwiML <Message> in its answer becomes a text back."""
        text = Text(
            f"SM{uuid.uuid4().hex}", self.numbers[0], body, "received", time.time(), number, direction="inbound"
        )
        self.ledger.take(text)
        word = body.strip().upper()
        handled = ("STOP" if word in STOP else "START" if word in START else "") if self._carrier_opt_out else ""
        if handled:
            self.ledger.opt(number, handled == "STOP")
        form = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "SmsMessageSid": text.sid,
            "AccountSid": self.account_sid,
            "From": number,
            "To": text.to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": str(count(body).segments),
            "SmsStatus": "received",
            "ApiVersion": VERSION,
            **({"OptOutType": handled} if handled else {}),
        }
        response = self._caller.post(self.inbound_url, form) if self.inbound_url else None
        if response is None:
            return Answer(0, "")
        if response.is_success and "xml" in response.headers.get("Content-Type", "") and response.text.strip():
            for words in self._twiml(response.text):
                reply = Text(
                    f"SM{uuid.uuid4().hex}", number, words, "delivered", time.time(), text.to,
                    segments=count(words).segments, direction="outbound-reply",
                )  # fmt: skip
                self.ledger.take(reply)
        return Answer(response.status_code, response.text)

    def _twiml(self, document: str) -> list[str]:
        try:
            return ["".join(said.itertext()).strip() for said in ElementTree.fromstring(document).iter("Message")]
        except ElementTree.ParseError as wrong:
            self.faults.append(f"12100 the webhook's answer is no TwiML: {wrong}")
            return []

    def _advance(self, text: Text, order: Order | None) -> None:
        """Moves a text on, calling back at each state but the first, of which Twilio never tells."""
        kind = order.kind if order else None
        end, code = ("undelivered", order.code) if order and kind is Mischief.UNDELIVERED else ("delivered", None)
        calls = []
        for state in ("sent", end):
            self.ledger.move(text.sid, state, code if state == end else None)
            calls.append((state, code if state == end else None))
        if not text.callback or kind is Mischief.CALLBACK_NONE:
            return
        if kind is Mischief.CALLBACK_REVERSED:
            calls.reverse()
        if kind is Mischief.CALLBACK_TWICE:
            calls += calls
        if kind is Mischief.CALLBACK_PER_SEGMENT:
            calls = [call for call in calls for _ in range(text.segments)]
        for state, error in calls:
            form = {
                "MessageSid": text.sid,
                "SmsSid": text.sid,
                "MessageStatus": state,
                "SmsStatus": state,
                "AccountSid": self.account_sid,
                "ApiVersion": VERSION,
                "From": text.sender,
                "To": text.to,
                **({"ErrorCode": str(error)} if error else {}),
            }
            self._caller.post(text.callback, form)


def main() -> None:
    parser = argparse.ArgumentParser(description="A Twilio of our own, until Ctrl-C.")
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--ledger", type=Path, help="file of what was taken, one JSON object a line")
    parser.add_argument("--inbound-url", default="", help="our webhook for inbound texts")
    parser.add_argument("--carrier-opt-out", action="store_true", help="Twilio acts on STOP by itself")
    chosen = parser.parse_args()
    # Ctrl-C ends it, also where a shell started it in the background, with Ctrl-C switched off.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with TwilioPeer(
        port=chosen.port,
        ledger=chosen.ledger,
        inbound_url=chosen.inbound_url,
        carrier_opt_out=chosen.carrier_opt_out,
    ) as peer:
        print(f"{peer.url}  account {peer.account_sid}  token {peer.auth_token}  from {NUMBER}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
