"""Staff teach the dictionary in the browser; what nobody could name is found and counted."""

from __future__ import annotations

from datetime import date

from alerts.model.staff import Role
from alerts.store import evidence, ledger_rows, side_evidence
from detectors.sample import Finding, Sample, SampleKind
from tests.console.house import MORNING, House, post

STRANGE = "novelphyne HCl"


def strange_result(house: House) -> None:
    """A laboratory prints a name that no dictionary has."""
    found = Sample(
        "N1", SampleKind.DRUG, (Finding(STRANGE),), "CA", "Alameda", place="06001", collected=date(2026, 11, 9)
    )
    with house.app.store.write() as connection:
        evidence.store(
            connection, "lab-results", [found], now=MORNING, document=2, whole=False, known_on=lambda _: MORNING.date()
        )
        side_evidence.count_unrecognised(connection, "lab-results", "name", {STRANGE: (1, "")}, now=MORNING)


def kinds(house: House) -> list[str]:
    with house.app.store.read() as connection:
        return [row.kind for row in ledger_rows.rows(connection)]


def test_a_new_substance_is_added_and_what_waited_for_it_is_named(fresh_house: House) -> None:
    strange_result(fresh_house)
    with fresh_house.signed_in() as client:
        html = client.get("/names").text
        assert STRANGE in html
        assert "new this week" in html
        form = {
            "substance": "novelphyne", "category": "orphine", "english": "novelphyne", "spanish": "novelfina",
            "parent": "", "spellings": STRANGE, "why": "bulletin of the state laboratory",
        }  # fmt: skip
        answer = post(client, "/names", "/names/add", **form)
        assert answer.status_code == 303
        told = client.get(answer.headers["location"]).text
    assert "1 stored sample is named now" in told
    assert "bulletin of the state laboratory" in told
    assert f'<th scope="row" class="mono wrap">{STRANGE}</th>' not in told, "it is struck off the list"
    assert "name.added" in kinds(fresh_house)
    assert fresh_house.app.lexicon.name("novelphyne").substances == ("novelphyne",)


def test_a_spelling_is_added_to_a_known_substance_from_the_list(fresh_house: House) -> None:
    strange_result(fresh_house)
    with fresh_house.signed_in() as client:
        filled = client.get("/names", params={"text": STRANGE, "means": "xylazine"}).text
        assert f'value="{STRANGE}"' in filled
        answer = post(client, "/names", "/names/resolve", text=STRANGE, means="xylazine", why="the chemist called")
        assert answer.status_code == 303
    assert fresh_house.app.lexicon.name(STRANGE).substances == ("xylazine",)


def test_mistakes_are_said_and_what_was_written_is_kept(fresh_house: House) -> None:
    strange_result(fresh_house)
    before = kinds(fresh_house)
    with fresh_house.signed_in() as client:
        nobody = post(client, "/names", "/names/resolve", text=STRANGE, means="nothing-of-that", why="x")
        assert nobody.status_code == 409
        assert "no “nothing-of-that”" in nobody.text
        assert f'value="{STRANGE}"' in nobody.text
        silent = post(client, "/names", "/names/resolve", text=STRANGE, means="xylazine", why=" ")
        assert "A reason is needed" in silent.text
        known = post(client, "/names", "/names/add", substance="xylazine", english="x", category="orphine", why="y")
        assert "is known already" in known.text
        classless = post(client, "/names", "/names/add", substance="novelphyne", english="n", category="", why="y")
        assert "there is no class" in classless.text.lower()
    assert kinds(fresh_house) == before, "nothing was written"


def test_a_reviewer_teaches_nothing(fresh_house: House) -> None:
    with fresh_house.signed_in("Vera", Role.REVIEWER) as client:
        assert client.get("/names").status_code in (403, 404)
