"""Chat rooms by Apprise, against a chat system on loopback; the secrets in a room's address are never told."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notifiers.chat import Chat
from notifiers.message import DeliveryError, Message, Scope

SECRET = "t0ken-of-the-room"
WORDS = Message(delivery_id="chat1", to="night-van", subject="Act now: carfentanil", text="Found in Alameda. Naloxone.")


class ChatSystem:
    """Takes what Apprise posts to a room of its own kind (json://), and answers with `status`; 0 hangs up."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                system.posts.append((self.path, body))
                if system.status:
                    self.send_response(system.status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Silence."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.room = f"json://127.0.0.1:{self._server.server_address[1]}/{SECRET}?cto=2&rto=2"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def system() -> Iterator[ChatSystem]:
    running = ChatSystem()
    yield running
    running.stop()


def test_a_message_is_posted_word_for_word(system: ChatSystem) -> None:
    receipt = Chat({"night-van": system.room}).send(WORDS)
    assert (receipt.provider, receipt.provider_id, receipt.state) == ("chat", "chat1", "posted")
    ((path, body),) = system.posts
    assert path == f"/{SECRET}"
    assert (body["title"], body["message"]) == (WORDS.subject, WORDS.text)


@pytest.mark.parametrize(
    ("status", "scope", "permanent"),
    [
        (404, Scope.RECIPIENT, True),
        (410, Scope.RECIPIENT, True),
        (403, Scope.MESSAGE, True),
        (429, Scope.TEMPORARY, False),
        (500, Scope.AMBIGUOUS, False),
        (0, Scope.AMBIGUOUS, False),
    ],
)
def test_a_refusal_is_classed_and_tells_no_secret(
    system: ChatSystem, caplog: pytest.LogCaptureFixture, status: int, scope: Scope, permanent: bool
) -> None:
    system.status = status
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryError) as refused:
        Chat({"night-van": system.room}).send(WORDS)
    assert (refused.value.scope, refused.value.permanent) == (scope, permanent)
    assert "night-van" in refused.value.detail
    # urllib3 is not ours to silence at its most talkative level; our server's log begins at INFO.
    told = [r.getMessage() for r in caplog.records if not (r.name.startswith("urllib3") and r.levelno < logging.INFO)]
    assert SECRET not in " ".join([str(refused.value), repr(refused.value), *told])
    assert refused.value.__cause__ is None


def test_nobody_answers_and_no_secret_is_told() -> None:
    chat = Chat({"night-van": f"json://127.0.0.1:9/{SECRET}?cto=1"})
    with pytest.raises(DeliveryError) as refused:
        chat.send(WORDS)
    assert refused.value.scope is Scope.AMBIGUOUS
    assert SECRET not in str(refused.value)


def test_a_message_that_was_taken_back_is_not_posted(system: ChatSystem) -> None:
    taken_back = Message(delivery_id="chat1", to="night-van", text="x", may_go=lambda: False)
    with pytest.raises(DeliveryError, match="withdrawn"):
        Chat({"night-van": system.room}).send(taken_back)
    assert system.posts == []


def test_a_room_that_is_not_in_the_file() -> None:
    with pytest.raises(DeliveryError, match="no chat room 'night-van'") as refused:
        Chat({}).send(WORDS)
    assert refused.value.scope is Scope.RECIPIENT


def test_an_address_that_apprise_cannot_read_is_named_by_its_room() -> None:
    with pytest.raises(ValueError, match="'night-van'") as wrong:
        Chat({"night-van": f"no-such-service://{SECRET}"})
    assert SECRET not in str(wrong.value)


def test_without_the_package_a_sentence_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['apprise'] = None\n"
        "from notifiers.chat import Chat, MissingPackageError\n"
        "try: Chat({})\n"
        "except MissingPackageError as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip().endswith('Install it with: pip install "supplywatch[chat]"')
