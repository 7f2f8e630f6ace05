"""RSS and Atom: prose with a date and a link; never a login page, never a bomb, never somebody else's county."""

from __future__ import annotations

from datetime import date

import pytest

from detectors.feeds import rss
from detectors.feeds.notices import NoticeSettings
from detectors.feeds.registry import READERS
from detectors.sample import BrokenDocument, Reading
from tests.peers.lab_peer import LOGIN_PAGE

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Health alerts</title>
<item><title>Medetomidine found in Pierce County</title><link>https://health.example.org/1</link><guid>a1</guid>
<pubDate>Mon, 04 Mar 2024 10:00:00 GMT</pubDate><description>&lt;p&gt;Found in &lt;b&gt;two&lt;/b&gt; samples.&lt;/p&gt;
&lt;script&gt;alert(1)&lt;/script&gt;</description></item>
<item><title>Flu season</title><link>javascript:alert(1)</link><pubDate>Tue, 05 Mar 2030 10:00:00 GMT</pubDate></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><id>urn:1</id><title>Xylazine</title>
<updated>2024-02-03T23:00:00Z</updated><link href="https://health.example.org/2"/>
<content type="html">&lt;p&gt;Longer than the summary&lt;/p&gt;</content><summary>short</summary></entry></feed>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>"""


ALL = NoticeSettings()


def read(text: str, settings: NoticeSettings = ALL, received: date = date(2024, 3, 6)) -> Reading:
    return rss.read(text.encode(), content_type="application/rss+xml", settings=settings, received=received)


def test_items_become_bulletins() -> None:
    got = read(RSS, NoticeSettings(state="WA", county="Pierce"))
    first, second = got.bulletins
    assert (first.key, first.title, first.link) == (
        "a1",
        "Medetomidine found in Pierce County",
        "https://health.example.org/1",
    )
    assert (first.published, first.text) == (date(2024, 3, 4), "Found in two samples.")
    assert (first.state, first.county) == ("WA", "Pierce")
    assert second.link == "", "only links of the web are shown"
    assert second.published == date(2024, 3, 6), "a date in the future is set back to the day it came"
    assert any("future" in note for note in got.notes)
    assert (got.rows, got.newest, got.whole) == (2, date(2024, 3, 6), False)


def test_atom() -> None:
    (bulletin,) = read(ATOM).bulletins
    assert (bulletin.key, bulletin.published, bulletin.text) == ("urn:1", date(2024, 2, 3), "Longer than the summary")


def test_national_news_is_never_placed() -> None:
    got = read(RSS, NoticeSettings(state="WA", county="Pierce", national=True))
    assert {(b.state, b.county) for b in got.bulletins} == {("", "")}


def test_only_what_names_the_words_looked_for() -> None:
    got = read(RSS, NoticeSettings(words=("medetomidine", "xylazine")))
    assert [b.key for b in got.bulletins] == ["a1"]
    assert got.rows == 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "nothing at all"),
        (LOGIN_PAGE, "a web page"),
        (b"<html><head><title>rss</title></head></html>", "a web page"),
        (b"<?xml version='1.0'?><note>hello</note>", "no RSS or Atom"),
        (b"title,link\n1,2\n", "sent text"),
        (b"/etc/passwd", "sent text"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "sent JSON"),
        (BOMB.encode(), "entities"),
        (BOMB.encode("utf-16"), "entities"),
    ],
)
def test_what_is_no_feed_is_broken(body: bytes, says: str) -> None:
    with pytest.raises(BrokenDocument, match=says):
        rss.read(body)


def test_a_valid_feed_without_items_is_empty_and_says_so() -> None:
    got = read('<rss version="2.0"><channel><title>HAN</title></channel></rss>')
    assert (got.bulletins, got.rows) == ((), 0)
    assert got.notes == ("The feed is valid and holds no items.",)


def test_a_cut_feed_loses_only_its_last_item() -> None:
    got = read(RSS[: RSS.index("Flu season") + 5])
    assert [b.key for b in got.bulletins] == ["a1"]
    assert "ends inside this item" in got.quarantined[0].reason


def test_the_registry_has_it() -> None:
    assert READERS["rss"].read is rss.read
