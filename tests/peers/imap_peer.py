"""A mail server that is read over IMAP: one mailbox, and misdeeds on demand.

By hand: `python -m tests.peers.imap_peer 1143 FOLDER` serves the .eml files of a folder to user `bounces`, password
`open sesame`, until it is ended.
"""

from __future__ import annotations

import re
import socketserver
import ssl
import sys
import threading
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

USER, PASSWORD = "bounces", "open sesame"


class ImapMischief(StrEnum):
    REFUSE_LOGIN = "refuse the login"
    STALL_GREETING = "say nothing at all"
    STALL_FETCH = "say nothing when a mail is asked for"
    DRIP_FETCH = "send a byte now and then for ever"
    DROP_FETCH = "hang up in the middle of a mail"
    DROP_BEFORE_MARK = "hang up when a mail is to be marked"
    NO_FOLDER = "know no such mailbox"
    NO_KEYWORDS = "keep no flags of our own"
    GARBAGE = "speak another language"


@dataclass
class Mail:
    """uid: its number for ever. flags: as the server keeps them. fetched: how often its text was given out."""

    uid: int
    raw: bytes
    flags: set[str] = field(default_factory=set)
    fetched: int = 0


class ImapPeer:
    """`with ImapPeer() as peer:` then `peer.port`. mails: what lies in the mailbox. mischief: what it does wrong."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.mails: list[Mail] = []
        self.mischief: set[ImapMischief] = set()
        self.commands: list[str] = []
        self.ending = threading.Event()
        peer = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    if tls is not None:
                        self.request.do_handshake()
                    _talk(peer, self)
                except (OSError, ValueError):
                    pass  # the other side has had enough

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

            def get_request(self) -> tuple[Any, Any]:
                plain, address = super().get_request()
                if tls is None:
                    return plain, address
                return tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a client that trusts no such certificate ends the connection

        self._server = Server(("127.0.0.1", port), Talk)
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> ImapPeer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    def put(self, raw: bytes) -> Mail:
        mail = Mail(len(self.mails) + 1, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        self.mails.append(mail)
        return mail


def _talk(peer: ImapPeer, talk: socketserver.StreamRequestHandler) -> None:
    def say(line: str) -> None:
        talk.wfile.write(line.encode() + b"\r\n")
        talk.wfile.flush()

    if ImapMischief.STALL_GREETING in peer.mischief:
        peer.ending.wait()
        return
    if ImapMischief.GARBAGE in peer.mischief:
        say("220 mail.example ESMTP")
        return
    say("* OK [CAPABILITY IMAP4rev1] peer at your service")
    while line := talk.rfile.readline().decode("utf-8", "replace").strip():
        tag, _, command = line.partition(" ")
        peer.commands.append(re.sub(r"^(LOGIN \S+).*", r"\1 …", command))
        word, _, rest = command.partition(" ")
        word = word.upper()
        if word == "CAPABILITY":
            say("* CAPABILITY IMAP4rev1")
        elif word == "LOGIN":
            if ImapMischief.REFUSE_LOGIN in peer.mischief or rest != f'{USER} "{PASSWORD}"':
                say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
                continue
        elif word in ("SELECT", "EXAMINE"):
            if ImapMischief.NO_FOLDER in peer.mischief:
                say(f"{tag} NO [NONEXISTENT] Unknown Mailbox")
                continue
            say(f"* {len(peer.mails)} EXISTS")
            say("* FLAGS (\\Seen \\Deleted)")
            own = "" if ImapMischief.NO_KEYWORDS in peer.mischief else " \\*"
            say(f"* OK [PERMANENTFLAGS (\\Seen \\Deleted{own})] Limited")
        elif word == "UID":
            if not _uid(peer, talk, say, rest):
                return
        elif word == "EXPUNGE":
            peer.mails = [m for m in peer.mails if "\\Deleted" not in m.flags]
        elif word == "LOGOUT":
            say("* BYE")
            say(f"{tag} OK bye")
            return
        say(f"{tag} OK done")


def _uid(peer: ImapPeer, talk: socketserver.StreamRequestHandler, say: Any, rest: str) -> bool:
    word, _, rest = rest.partition(" ")
    if word == "SEARCH":
        asked = rest.split()
        found = [m for m in peer.mails if "\\Deleted" not in m.flags]
        if "UNSEEN" in asked:
            found = [m for m in found if "\\Seen" not in m.flags]
        if "UNKEYWORD" in asked:
            found = [m for m in found if asked[asked.index("UNKEYWORD") + 1] not in m.flags]
        say("* SEARCH " + " ".join(str(m.uid) for m in found))
        return True
    number, _, rest = rest.partition(" ")
    mail = next((m for m in peer.mails if m.uid == int(number)), None)
    if mail is None:
        return True
    if word == "STORE":
        if ImapMischief.DROP_BEFORE_MARK in peer.mischief:
            return False
        mail.flags |= set(rest.partition("(")[2].rstrip(")").split())
        return True
    most = re.search(r"<0\.(\d+)>", rest)
    raw = mail.raw[: int(most[1])] if most else mail.raw
    if ImapMischief.STALL_FETCH in peer.mischief:
        peer.ending.wait()
        return False
    talk.wfile.write(f"* {mail.uid} FETCH (UID {mail.uid} BODY[]<0> {{{len(raw)}}}\r\n".encode())
    if ImapMischief.DROP_FETCH in peer.mischief:
        talk.wfile.write(raw[: len(raw) // 2])
        return False
    if ImapMischief.DRIP_FETCH in peer.mischief:
        for byte in raw:
            if peer.ending.wait(0.05):
                return False
            talk.wfile.write(bytes([byte]))
            talk.wfile.flush()
    else:
        talk.wfile.write(raw)
    talk.wfile.write(b")\r\n")
    talk.wfile.flush()
    mail.fetched += 1
    return True


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    with ImapPeer(port) as peer:
        for file in sorted(folder.glob("*.eml")):
            peer.put(file.read_bytes())
        print(f"IMAP on 127.0.0.1:{peer.port}, user {USER}, password {PASSWORD!r}: {len(peer.mails)} mails")
        threading.Event().wait()


if __name__ == "__main__":
    main()
