"""What a public-safety reviewer can reach: the redacted log, and nothing else, whatever they try."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from alerts.console.routes import ROOMS
from alerts.flow.partners.revoke import revoke
from alerts.flow.reviewing.cancel import cancel
from alerts.model.staff import Person, Role
from alerts.record.redact import redacted_rows
from alerts.record.verify import rows_of_export, verify
from alerts.store import ledger_rows
from alerts.store.engine import Store
from tests.console.house import MARKERS, MORNING, House, opened, post
from tests.console.lively import liven
from tests.console.test_rooms import crawl

PUBLIC = (
    "/door/{link}",
    "/a/{number}",
    "/unsubscribe/{link}",
    "/verify/{link}",
    "/unsubscribe/{link}/why",
    "/healthz",
    "/report",
)
"""Open to anybody, with links that only their receivers have or with what was sent out anyway."""
THEIRS = ("/log", "/log/export.json", "/log/checkpoint.note", "/out")
FILLED = {
    "number": "SW-2026-0001", "name": "new-here", "delivery": "x", "channel": "page", "language": "en", "link": "x",
    "sha256": "x", "version": "1", "verdict": "believe",
}  # fmt: skip


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[House]:
    """A house in which everything that leaves a trace has happened, with marker words in all that people wrote."""
    with opened(tmp_path_factory.mktemp("lived-in"), furnished) as house:
        robin = Person(1, "Robin", Role.STAFF)
        with house.signed_in("Robin") as client:
            post(client, "/partners/1", "/partners/1/addresses")
        liven(house)
        with house.app.store.write() as connection:
            revoke(connection, 1, "sms", "text", "hushword STOP", MORNING)
        cancel(house.app, "SW-2026-0001", robin, "hushword of the lab", MORNING)
        yield house


def paths() -> list[tuple[str, str]]:
    """(method, path) of every route there is, filled in."""
    found = []
    for room in ROOMS:
        for route in room.router.routes:
            path = re.sub(r"\{(\w+)\}", lambda m: FILLED[m[1]], route.path)
            if re.search(r"^/(partners|duty|silences|reports)/", path):
                path = path.replace("SW-2026-0001", "1").replace("/page", "/sms")
            found += [(method, path, route.path) for method in sorted(route.methods - {"HEAD"})]
    assert len(found) > 30
    return [(m, p) for m, p, raw in found if raw not in PUBLIC and not raw.startswith("/callbacks/")]


def test_every_other_room_is_closed_in_plain_words(lived_in: House) -> None:
    with lived_in.signed_in("Officer", Role.REVIEWER) as client:
        token = re.findall(r'name="token" value="(\w+)"', client.get("/log").text)[0]
        tried = 0
        for method, path in paths():
            if path in THEIRS:
                continue
            answer = client.request(method, path, data={"token": token, "why": "w"} if method == "POST" else None)
            assert answer.status_code == 403, (method, path, answer.status_code)
            said = answer.json()["detail"] if path.startswith("/api/") else answer.text
            assert "reviewers read the log and nothing else" in said
            tried += 1
        assert tried > 20


def test_a_stranger_reaches_nothing_at_all(lived_in: House) -> None:
    with lived_in.client() as client:
        for method, path in paths():
            assert client.request(method, path).status_code == 401, (method, path)


def test_no_marker_reaches_anything_that_a_reviewer_can_open(lived_in: House) -> None:
    with lived_in.signed_in("Officer", Role.REVIEWER) as client:
        pages = crawl(client, "/log") | crawl(client, "/log?whole=1") | crawl(client, "/")
        answers = [*pages.values(), *(client.get(p) for m, p in paths() if m == "GET")]
    opened = {p for p, a in pages.items() if a.status_code == 200 and not p.startswith("/static/")}
    assert opened == {"/log", "/log?whole=1", "/log/export.json"}
    for answer in answers:
        for marker in MARKERS:
            assert marker not in answer.text, (marker, answer.url)
    # The words would be found if they were there: staff's own log has them.
    with lived_in.signed_in("Robin") as client:
        staff = client.get("/log?whole=1").text
    assert {"hushword", "SAMPLEKEY", "06001", "Robin"} <= {
        w for w in ("hushword", "SAMPLEKEY", "06001", "Robin") if w in staff
    }


def test_a_reviewer_sees_that_there_were_silences_exercises_and_duties_and_nobody_s_name(lived_in: House) -> None:
    with lived_in.signed_in("Officer", Role.REVIEWER) as client:
        export = client.get("/log/export.json").json()
        html = client.get("/log?whole=1").text
    shown: dict[str, dict[str, object]] = {}
    for entry in export["entries"]:
        shown[entry["kind"]] = {name: json.loads(opened["value"]) for name, opened in entry["opened"].items()}
    assert shown["silence.begun"] == {
        "week": "2026-W47", "role": "staff", "substances": ["xylazine", "class:nitazene"], "regions": ["06"],
        "until_week": "2026-W48",
    }  # fmt: skip
    begun = shown["drill.begun"]
    assert (begun["model"], begun["substance"], begun["region"]) == ("SW-2026-0001", "carfentanil", "06")
    assert shown["duty.set"] == shown["duty.away"] == {"week": "2026-W47"}
    assert shown["alert.approved"]["break_glass"] is True
    # The subject of an entry is part of its hash, so it goes out with every copy: it must name nobody.
    subjects = {entry["subject"] for entry in export["entries"]}
    named = {s for s in subjects if not re.fullmatch(r"SW-\d{4}-\d{4}|silence \d+|duty|partners|[a-z-]+", s)}
    assert named == set()
    for name in ("Ana", "Ben", "Robin"):
        assert not re.search(rf"\b{name}\b", html)
        assert not re.search(rf"\b{name}\b", json.dumps(export))


def test_no_small_count_reaches_a_reviewer(lived_in: House) -> None:
    with lived_in.signed_in("Officer", Role.REVIEWER) as client:
        export = client.get("/log/export.json").json()
    shown = {
        (entry["kind"], name): json.loads(opened["value"])
        for entry in export["entries"]
        for name, opened in entry["opened"].items()
    }
    numbers = {key for key, value in shown.items() if isinstance(value, int) and not isinstance(value, bool)}
    assert {name for _, name in numbers} == {"version", "threshold_version"}
    assert shown["alert.addressed", "audience_about"] == "fewer than 10"
    assert "by" not in {name for _, name in shown}


def test_the_reviewer_can_prove_it_offline_and_sees_when_it_was_altered(lived_in: House, tmp_path: Path) -> None:
    with lived_in.signed_in("Officer", Role.REVIEWER) as client:
        html = client.get("/log").text
        download = client.get("/log/export.json")
    assert "attachment" in download.headers["content-disposition"]
    rows = rows_of_export(download.text)
    verdict = verify(rows)
    assert verdict.problems == ()
    assert verdict.head in html
    assert f"{verdict.entries} entries, none altered, none missing" in html
    altered = download.text.replace("first sighting", "above threshold", 1)
    assert altered != download.text
    assert "was altered" in " ".join(verify(rows_of_export(altered)).problems)


def test_the_room_itself_says_when_the_record_is_broken(fresh_house: House) -> None:
    _tamper(fresh_house.app.store)
    with fresh_house.signed_in("Officer", Role.REVIEWER) as client:
        html = client.get("/log").text
    assert "The record does not hold together" in html
    assert "was altered after it was recorded" in html


def _tamper(store: Store) -> None:
    """Change one word of the record behind the program's back, as somebody with the database file could."""
    import sqlite3

    with store.read() as connection:
        assert ledger_rows.head(connection)[0] > 0
        assert verify(redacted_rows(connection)).problems == ()
    raw = sqlite3.connect(str(store.engine.url.database))
    triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    assert triggers
    for (name,) in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("UPDATE ledger_fields SET value = '\"info\"' WHERE field = 'level'")
    raw.commit()
    raw.close()


def test_the_answer_to_a_stranger_is_the_same_for_what_exists_and_what_does_not(lived_in: House) -> None:
    with httpx.Client(base_url=lived_in.url, trust_env=False) as client:
        assert client.get("/alerts/SW-2026-0001").text == client.get("/alerts/SW-2026-9999").text
        assert client.get("/partners/1").text == client.get("/partners/99").text
