"""A guest who trusts nobody: where a feed may lead us, how much it may make us take, and what it may make us tell."""

from __future__ import annotations

import io
import logging
import socket
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from alerts.app import open_app
from alerts.config.load import parse
from alerts.flow.collection.collect import collect
from alerts.flow.thresholds.seed import seed
from alerts.store.columns import metadata
from detectors.feeds import rss, table
from detectors.feeds.http import FeedClient, Fetched, FetchFailed, FetchLimits, FetchRefused, NotFetched, fetch
from detectors.feeds.layout import Layout
from detectors.sample import BrokenDocument
from tests.databases import SqliteFiles
from tests.evidence.programme import at
from tests.peers import lab_peer
from tests.peers.lab_peer import Laboratory, Misbehaviour, Published, _Handler

NOW = at("2025-03-03 09:00")
SHORT = FetchLimits(connect=1, read=1, total=4)
CSV = b"sampleid,substance\n1,fentanyl\n"
NEWS = b"""<rss version="2.0"><channel><title>n</title><item><title>Xylazine was found</title><guid>1</guid>
<pubDate>Mon, 03 Mar 2025 08:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.fixture
def client() -> Iterator[FeedClient]:
    with FeedClient() as client:
        yield client


@pytest.fixture
def lab() -> Iterator[Laboratory]:
    with Laboratory() as lab:
        lab.publish(CSV, "/r.csv")
        yield lab


def get(client: FeedClient, url: str, **more: Any) -> Any:
    return fetch(url, client=client, now=NOW, user_agent="Supplywatch/0 (tests)", limits=SHORT, **more)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.8.8.8", "localhost", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254",
        "100.100.100.200", "0.0.0.0", "[::1]", "[::]", "[fd00:ec2::254]", "[fe80::1]", "[::ffff:127.0.0.1]",
        "[::ffff:169.254.169.254]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "2130706433",
        "0x7f000001", "127.1", "0", "0x7f.1",
    ],
)  # fmt: skip
def test_no_address_of_the_own_network_however_it_is_written(lab: Laboratory, client: FeedClient, host: str) -> None:
    with pytest.raises(FetchRefused, match="not an address of the public internet"):
        get(client, f"http://{host}:{lab.port}/r.csv")
    assert lab.asked == []


@pytest.mark.parametrize("host", ["0177.0.0.1", "0300.0250.0.1", "127.0.0.1%00.example.org", "①②⑦.⓪.⓪.①"])
def test_an_address_that_is_written_to_deceive(lab: Laboratory, client: FeedClient, host: str) -> None:
    with pytest.raises(NotFetched, match=r"not a URL|not an address of the public internet|does not resolve"):
        get(client, f"http://{host}:{lab.port}/r.csv")
    assert lab.asked == []


def test_the_operator_may_allow_it_for_a_feed(lab: Laboratory, client: FeedClient) -> None:
    assert isinstance(get(client, lab.url("/r.csv"), allow_private=True), Fetched)


def test_what_one_feed_may_reach_stays_closed_to_another_that_comes_after_it(
    lab: Laboratory, client: FeedClient
) -> None:
    """The first leaves its connection open for half a minute; nobody would look at the address again."""
    get(client, lab.url("/r.csv"), allow_private=True)
    with pytest.raises(FetchRefused, match="not an address of the public internet"):
        get(client, lab.url("/r.csv"))
    assert len(lab.asked) == 1


class Names:
    """The operating system's name look-up, with some answers of our own, each given once and the last for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **answers: list[list[str]]) -> None:
        self.asked: list[str] = []
        self._answers = {f"{name}.example": answer for name, answer in answers.items()}
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.look_up)

    def look_up(self, host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        answers = self._answers.get(host)
        if answers is None:
            return self._real(host, port, *rest, **more)
        self.asked.append(host)
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in now for entry in self._real(address, port, *rest, **more)]


def test_a_name_that_leads_to_a_private_address(
    lab: Laboratory, client: FeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch, inside=[["127.0.0.1"]], both=[["192.0.2.1", "127.0.0.1"]], newer=[["::1"]])
    for name in ("inside", "both", "newer"):
        with pytest.raises(FetchRefused, match=f"{name}.example leads to .* not an address of the public internet"):
            get(client, f"http://{name}.example:{lab.port}/r.csv")
    assert lab.asked == []


def test_a_name_that_changes_between_the_look_and_the_call_gains_nothing(
    lab: Laboratory, client: FeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(monkeypatch, rebound=[["192.88.99.9"], ["127.0.0.1"]])
    with pytest.raises(NotFetched):
        get(client, f"http://rebound.example:{lab.port}/r.csv")
    assert lab.asked == []
    assert names.asked == ["rebound.example"], "it is looked up once: the address that was looked at is the one called"
    Names(monkeypatch, rebound=[["127.0.0.1"], ["127.0.0.2"]])
    assert isinstance(get(client, f"http://rebound.example:{lab.port}/r.csv", allow_private=True), Fetched)


def test_each_hop_of_a_redirect_is_looked_at(
    lab: Laboratory, client: FeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is allowed by standing for a public address; the second, to the own network, is not."""
    monkeypatch.setattr("detectors.feeds.transport.public", lambda address: address == "127.0.0.1")
    with Laboratory(host="127.0.0.2") as inside:
        inside.publish(CSV, "/r.csv")
        for target in (inside.url("/r.csv"), "http://169.254.169.254/latest/meta-data/", "http://[::1]/"):
            lab.misbehave("/r.csv", lab_peer.redirect(target))
            with pytest.raises(FetchRefused, match="not an address of the public internet"):
                get(client, lab.url("/r.csv"))
        assert inside.asked == []
    assert len(lab.asked) == 3


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://example.org/x", "data:,x"])
def test_a_redirect_to_what_is_no_web_address(lab: Laboratory, client: FeedClient, target: str) -> None:
    lab.misbehave("/r.csv", lab_peer.redirect(target))
    with pytest.raises(NotFetched, match=r"not a web address|not a URL|no address"):
        get(client, lab.url("/r.csv"), allow_private=True)
    assert len(lab.asked) == 1


def packed(encoding: str, body: bytes) -> Misbehaviour:
    """A body under a content encoding."""

    def answer(handler: _Handler, document: Published | None) -> int:
        return handler.reply(200, body, "text/csv", {"Content-Encoding": encoding})

    return answer


def nothing(wbits: int, size: int) -> bytes:
    """Many bytes of nothing in few."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    block = bytes(1_000_000)
    return b"".join([*(packer.compress(block) for _ in range(size // len(block))), packer.flush()])


@pytest.mark.parametrize(
    ("encoding", "body", "says"),
    [
        ("gzip", nothing(31, 400_000_000), "larger than 40 MB"),
        ("gzip", nothing(31, 1_000_000) + nothing(31, 400_000_000), "did not end where its packed body ends"),
        ("deflate", nothing(15, 50_000_000), "packed in a way we did not ask for"),
        ("br", b"\xce\xb1\xcf\x00", "packed in a way we did not ask for"),
        ("gzip, gzip", nothing(31, 1_000_000), "packed in a way we did not ask for"),
        ("zstd", b"(\xb5/\xfd", "packed in a way we did not ask for"),
    ],
    ids=["gzip", "gzip after gzip", "deflate", "brotli", "gzip in gzip", "zstd"],
)
def test_packed_bombs(lab: Laboratory, client: FeedClient, encoding: str, body: bytes, says: str) -> None:
    lab.misbehave("/r.csv", packed(encoding, body))
    tracemalloc.start()
    try:
        with pytest.raises(FetchFailed, match=says):
            get(client, lab.url("/r.csv"), allow_private=True)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 130_000_000, "no more than the cap and what it takes to unpack up to it"


def test_only_packings_that_are_unpacked_in_steps_are_asked_for(lab: Laboratory, client: FeedClient) -> None:
    get(client, lab.url("/r.csv"), allow_private=True)
    assert lab.asked[0].headers["Accept-Encoding"] == "gzip"


def test_forty_megabytes_are_the_most_and_the_rest_is_not_waited_for(lab: Laboratory, client: FeedClient) -> None:
    lab.misbehave("/r.csv", lab_peer.huge(1 << 40))
    with pytest.raises(FetchFailed, match="larger than 40 MB"):
        fetch(
            lab.url("/r.csv"), client=client, now=NOW, user_agent="t", allow_private=True,
            limits=FetchLimits(connect=1, read=5, total=60),
        )  # fmt: skip


LAUGHS = (
    '<?xml version="1.0"{coding}?><!DOCTYPE rss [<!ENTITY a "{ten}">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + ']><rss version="2.0"><channel><title>t</title><item><title>&i;</title></item></channel></rss>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{to}">]><rss version="2.0"><channel><item>'
    "<title>&x;</title></item></channel></rss>"
)
OUTSIDE_DTD = OUTSIDE.replace(' [<!ENTITY x SYSTEM "{to}">]', ' SYSTEM "{to}"').replace("&x;", "x")


@pytest.mark.parametrize("coding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-7"])
def test_a_billion_laughs(coding: str) -> None:
    body = LAUGHS.format(coding=f' encoding="{coding}"', ten="lol" * 10).encode(coding)
    started = time.monotonic()
    tracemalloc.start()
    try:
        reading = rss.read(body)
        assert sum(len(b.title + b.text) for b in reading.bulletins) < 10_000
    except BrokenDocument:
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 20_000_000
    assert time.monotonic() - started < 5


def test_entities_from_outside_are_not_fetched(lab: Laboratory, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush-hush")
    for to in (lab.url("/r.csv"), secret.as_uri(), str(secret)):
        for document in (OUTSIDE, OUTSIDE_DTD):
            try:
                told = repr(rss.read(document.format(to=to).encode()))
            except BrokenDocument as broken:
                told = str(broken)
            assert "hush" not in told
    assert lab.asked == []


def workbook(**parts: bytes) -> bytes:
    """A workbook with some of its parts put in the place of Excel's."""
    book = openpyxl.Workbook()
    book.active.append(["sampleid", "substance", "date"])  # type: ignore[union-attr]
    book.active.append(["1", "fentanyl", "2025-03-01"])  # type: ignore[union-attr]
    plain, changed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    named = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    replaced = {named[name]: body for name, body in parts.items()}
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, replaced.pop(name, before.read(name)))
        for name, body in replaced.items():
            after.writestr(name, body)
    return changed.getvalue()


COLUMNS = Layout(key=("sampleid",), substance=("substance",), tested=("date",))
STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'


def test_a_plain_workbook_is_read() -> None:
    assert len(table.read(workbook(), settings=COLUMNS).samples) == 1
    long = b"<?xml version='1.0'?><!-- " + b"x" * 9000 + b" -->" + STRINGS % b"a"
    assert table.read(workbook(strings=long), settings=COLUMNS).rows >= 0


@pytest.mark.parametrize(
    "prolog",
    [
        b"", b"<!-- " + b"x" * 9000 + b" -->", b"<?x " + b"y" * 9000 + b"?>\n", b" " * 9000,
        b"<!-- " + b"x" * 200_000 + b" -->",
    ],
    ids=["at once", "after a comment", "after an instruction", "after blanks", "far behind"],
)  # fmt: skip
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_workbook_that_declares_entities_wherever(prolog: bytes, coding: str) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    if prolog.startswith(b" "):
        doctype = doctype + prolog
        prolog = b""
    text = b'<?xml version="1.0"?>' + prolog + doctype + STRINGS % b"&b;"
    if coding == "utf-16":
        text = text.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")
    with pytest.raises(BrokenDocument, match="entities"):
        table.read(workbook(strings=text), settings=COLUMNS)


def test_a_workbook_that_unpacks_to_gigabytes() -> None:
    started = time.monotonic()
    with pytest.raises(BrokenDocument, match="too large when unpacked"):
        table.read(workbook(sheet=b"<x>" + b" " * 450_000_000), settings=COLUMNS)
    assert time.monotonic() - started < 30


SECRETS = ("pa55word", "t0ken-in-query", "AKIA-cred", "s1gnature", "h0use-key", "u5er")


@pytest.mark.parametrize(
    "how",
    [
        None, lab_peer.busy(500, ""), lab_peer.refuses("supplywatch"), lab_peer.redirect(), lab_peer.login_page(),
        lab_peer.broken_off(), lab_peer.busy(404, ""), lab_peer.stall(), packed("br", b"x"),
        lab_peer.redirect("/other?token=t0ken-in-query"),
    ],
    ids=["well", "500", "403", "circle", "sign-in", "broken off", "404", "stalled", "brotli", "redirect"],
)  # fmt: skip
def test_no_credential_in_logs_health_ledger_or_archive(
    sqlite_files: SqliteFiles, caplog: pytest.LogCaptureFixture, how: Misbehaviour | None
) -> None:
    """Whatever happens, and at the most talkative level: all tables of the database and each line of the log."""
    caplog.set_level(logging.DEBUG)
    with Laboratory() as site:
        site.publish(NEWS, "/news", "application/rss+xml")
        if how is not None:
            site.misbehave("/news", how)
        query = "?app_token=t0ken-in-query&X-Amz-Credential=AKIA-cred&sig=s1gnature&apikey=h0use-key&page=1"
        url = site.url("/news" + query).replace("http://", "http://u5er:pa55word@")
        text = f"""[store]\nurl = "{sqlite_files.migrated()}"\n[feeds.news]\npreset = "health-department-rss"
url = "{url}"\nevery = "1h"\nallow_private = true\n"""
        app = open_app(parse(text, "test", {}), {}, durable=False)
        try:
            seed(app, at("2025-01-01 00:00"))
            outcomes = collect(app, NOW, force=True)
            with app.store.read() as connection:
                rows = [
                    cell if isinstance(cell, bytes) else repr(cell).encode()
                    for one in metadata.sorted_tables
                    for row in connection.execute(sa.select(one))
                    for cell in row
                ]
        finally:
            app.close()
    assert site.asked, "it was asked, with its credentials"
    assert "t0ken-in-query" in site.asked[0].path
    assert site.asked[0].headers["Authorization"].startswith("Basic ")
    told = "\n".join([r.getMessage() for r in caplog.records] + [repr(o) for o in outcomes])
    kept = b"\n".join(rows)
    for secret in SECRETS:
        assert secret not in told
        assert secret.encode() not in kept
