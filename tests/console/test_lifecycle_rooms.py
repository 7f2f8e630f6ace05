"""Silences, the roster, exercises, what is held back, and contacts one by one and by the list."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import openpyxl
import pytest

from alerts.flow.partners.enrol import enrol
from alerts.model.alert import VersionState
from alerts.model.partner import Consent
from alerts.store import alerts, duty, ledger_rows, outbox, partners, silences
from tests.console.house import MORNING, House, opened, post, token_of
from tests.console.lively import liven

KERN = {
    "partner": "Kern Outreach",
    "label": "van",
    "phone": "+16615550133",
    "email": "van@kern.example",
    "consent": "form",
}


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("lively"), furnished) as house:
        liven(house)
        yield house


def kinds(house: House) -> list[str]:
    with house.app.store.read() as connection:
        return [row.kind for row in ledger_rows.rows(connection)]


def test_a_silence_shows_its_end_its_reason_and_what_it_holds(lively: House) -> None:
    with lively.signed_in() as client:
        html = client.get("/silences").text
        today = client.get("/").text
    assert "hushword column" in html
    assert "Asked for by Ana" in html
    assert "2 held" in html
    assert re.search(r"Xylazine in Alameda County, CA <span class=\"quiet\">4 drug samples, novelty", html)
    assert "A silence holds" in today


def test_a_silence_needs_its_end_and_its_reason_and_ends_early(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        form = {"substances": "xylazine; class:nitazene", "places": "Kern County, CA", "until": "", "why": "kept words"}
        assert "without an end" in post(client, "/silences", "/silences", **form).text
        far = post(client, "/silences", "/silences", **{**form, "until": "2027-11-01T08:00"})
        assert far.status_code == 409
        assert "92 days at the most" in far.text
        assert "kept words" in far.text
        assert "no date and hour" in post(client, "/silences", "/silences", **{**form, "until": "soon"}).text
        nowhere = post(client, "/silences", "/silences", **{**form, "until": "2026-11-22T08:00", "places": "Oz, CA"})
        assert "&#39;Oz, CA&#39; is not a place" in nowhere.text
        silent = post(client, "/silences", "/silences", **{**form, "until": "2026-11-22T08:00", "why": " "})
        assert "Say why" in silent.text
        assert post(client, "/silences", "/silences", **{**form, "until": "2026-11-22T08:00"}).status_code == 303
        assert "Nothing has fired inside it so far." in client.get("/silences").text
        assert post(client, "/silences", "/silences/1/end").status_code == 303
        assert "no silence 1 in force" in post(client, "/silences", "/silences/1/end").text
    with fresh_house.app.store.read() as connection:
        (made,) = silences.everything(connection)
    assert (made.substances, made.places, made.ends_at) == (("xylazine", "class:nitazene"), ("06029",), MORNING)


def test_the_roster_is_set_passed_over_and_left(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        assert "Nobody is on the roster" in client.get("/duty").text
        bad = post(client, "/duty", "/duty", name="Ana", position="first", phone="12")
        assert "whole number from 1 to 99" in bad.text
        assert "not a phone number" in post(client, "/duty", "/duty", name="Ana", position="1", phone="12").text
        assert post(client, "/duty", "/duty", name="Ana", position="1", phone="+1 510 555 0101").status_code == 303
        html = client.get("/duty").text
        assert "asked first" in html
        assert "•••• 0101" in html
        assert "+15105550101" not in html
        with fresh_house.app.store.read() as connection:
            (one,) = duty.roster(connection)
        place = f"/duty/{one.person.id}"
        assert "must lie ahead" in post(client, "/duty", f"{place}/away", until="2026-11-19T08:00").text
        assert post(client, "/duty", f"{place}/away", until="2026-11-29T08:00").status_code == 303
        assert "Everybody is away" in client.get("/duty").text
        # Who is moved within the roster stays away.
        assert post(client, "/duty", "/duty", name="Ana", position="3").status_code == 303
        with fresh_house.app.store.read() as connection:
            assert duty.roster(connection)[0].away_until is not None
        assert post(client, "/duty", f"{place}/away").status_code == 303
        with fresh_house.app.store.read() as connection:
            assert duty.roster(connection)[0].away_until is None
        assert post(client, "/duty", f"{place}/off").status_code == 303
        assert "not on the roster" in post(client, "/duty", f"{place}/off").text
        assert client.post("/duty/999/off", data={"token": token_of(client.get("/duty").text)}).status_code == 404
    assert [k for k in kinds(fresh_house) if k.startswith("duty")] == [
        "duty.set", "duty.away", "duty.set", "duty.away", "duty.off",
    ]  # fmt: skip


def test_glass_is_broken_for_a_reason_and_somebody_else_looks_at_it(fresh_house: House) -> None:
    page = "/alerts/SW-2026-0002"
    with fresh_house.signed_in() as client:
        seen = re.search(r'name="plan" value="(\w{64})"', client.get(page).text)
        assert seen is not None
        assert "Say why it cannot wait" in post(client, page, f"{page}/break-glass", plan=seen[1], why=" ").text
        assert "changed since you looked" in post(client, page, f"{page}/break-glass", plan="0" * 64, why="w").text
        assert post(client, page, f"{page}/break-glass", plan=seen[1], why="alone tonight").status_code == 303
        assert (
            "went out on one person&#39;s word" in client.get("/").text or "one person's word" in client.get("/").text
        )
        assert "Somebody else must look at it." in client.get("/duty").text
        mine = post(client, "/duty", f"{page}/look-back/1", verdict="fine")
        assert mine.status_code == 409
        assert "somebody else must look" in mine.text
    with fresh_house.signed_in("Ana") as client:
        assert "Say what you found" in post(client, "/duty", f"{page}/look-back/1", verdict=" ").text
        assert post(client, "/duty", f"{page}/look-back/1", verdict="right to send").status_code == 303
        assert "looked at by Ana" in client.get("/duty").text
        assert "one person's word" not in client.get("/").text
    with fresh_house.app.store.read() as connection:
        version = alerts.versions(connection, 2)[-1]
        assert outbox.of_alert(connection, 2)
    assert (version.state, version.break_glass, version.looked_at_by) == (
        VersionState.ADDRESSED, "alone tonight", "Ana",
    )  # fmt: skip


def test_a_note_makes_its_writer_the_author_who_cannot_approve(fresh_house: House) -> None:
    page = "/alerts/SW-2026-0002"
    with fresh_house.signed_in() as client:
        assert "Write the note in one or more" in post(client, page, f"{page}/note").text
        form = {"note.en": "Sold as blue powder.", "note.es": "Se vende como polvo azul."}
        assert post(client, page, f"{page}/note", **form).status_code == 303
        html = client.get(page).text
        assert "You made this edition, so somebody else must approve it." in html
        assert "Approve and send" not in html
        assert "Sold as blue powder." in html


def test_an_exercise_is_run_and_scored(lively: House, fresh_house: House) -> None:
    with lively.signed_in() as client:
        listed = client.get("/drills").text
        assert "SW-2026-0003" in listed
        assert "0 of 1 reached" in listed
        html = client.get("/drills/SW-2026-0003").text
        assert "An exercise, made from SW-2026-0001. Run by Ana." in html
        assert "Quiet Hands, night desk" in html
        assert client.get("/drills/SW-2026-0001").status_code == 404, "that one is no exercise"
        assert "exercise" in client.get("/alerts").text
    with fresh_house.signed_in() as client:
        assert "Without any, an exercise reaches nobody." in client.get("/drills").text
        assert "no alert" in post(client, "/drills", "/drills", model="SW-1999-0001").text
        done = post(client, "/drills", "/drills", model="SW-2026-0001")
        assert done.headers["location"] == "/drills/SW-2026-0003"
        assert "so nothing was sent" in client.get("/drills/SW-2026-0003").text


def test_what_is_held_back_is_shown_with_whom_and_until_when(lively: House) -> None:
    with lively.signed_in() as client:
        html = client.get("/held-back").text
        assert "What is held back: 1 contact" in client.get("/partners").text
    assert "2 texts wait for 1 contact" in html
    assert "Quiet Hands, night desk" in html
    assert "SW-2026-0002: Xylazine in Alameda County, CA" in html
    assert "quiet hours" in html


def test_consent_proof_and_leaving_by_hand(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        page = "/partners/1"
        assert post(client, page, f"{page}/stop/sms", why="she called").status_code == 303
        assert "They want messages again" in client.get(page).text
        assert "Write down how" in post(client, page, f"{page}/start/sms", words="").text
        assert post(client, page, f"{page}/start/sms", words="yes, on the phone").status_code == 303
        html = client.get(page).text
        assert "yes, on the phone" in html
        assert "told Robin" in html
        assert "nothing to ask about" in post(client, page, f"{page}/prove").text
        assert "Say why they leave" in post(client, page, f"{page}/leave", why="").text
        assert post(client, page, f"{page}/leave", why="moved away").status_code == 303
        assert "They have left." in client.get(page).text
        assert post(client, page, f"{page}/start/sms", words="yes").status_code == 409
        assert "type “erase”" in post(client, page, f"{page}/erase", sure="perhaps").text
        assert post(client, page, f"{page}/erase", sure="erase").status_code == 303
        assert "zephyrine" not in client.get("/partners").text
        assert "This person was erased." in client.get(page).text
        token = token_of(client.get("/partners/2").text)
        assert client.post("/partners/99/erase", data={"token": token, "sure": "erase"}).status_code == 404
    assert {"contact.left", "contact.erased"} <= set(kinds(fresh_house))


def test_an_address_is_proven_by_a_code_that_was_read_out(fresh_house: House) -> None:
    made = enrol(fresh_house.app, KERN, "list", MORNING)
    page = f"/partners/{made.id}"
    with fresh_house.signed_in() as client:
        html = client.get(page).text
        assert "not proven" in html
        assert "Asked; the answer is taken until" in html
        assert "not reachable" in client.get("/partners").text
        assert post(client, page, f"{page}/prove").status_code == 303
        with fresh_house.app.store.read() as connection:
            texts = [d.text for d in outbox.of_contact(connection, made.id) if d.channel == "sms"]
        codes = [re.search(r"\b\d{6}\b", text) for text in texts]
        assert "wrong, too old" in post(client, page, f"{page}/code/sms", code="000000").text
        done = [post(client, page, f"{page}/code/sms", code=c[0]).status_code for c in codes if c]
        assert 303 in done
    with fresh_house.app.store.read() as connection:
        found = partners.get(connection, made.id)
        log = partners.consent_log(connection, made.id)
    assert found is not None
    assert [(a.channel, a.verified) for a in found.addresses] == [("sms", True), ("email", False)]
    assert log[-1].how == "verified"


def upload(client: httpx.Client, name: str, body: bytes) -> httpx.Response:
    token = token_of(client.get("/partners/import").text)
    return client.post("/partners/import", data={"token": token}, files={"file": (name, body)})


LIST = (
    "partner,label,phone,email,places,weekly,verified,consent\n"
    'Kern Outreach,van,661-555-0133,,"Kern County, CA",,yes,form\n'
    "Kern Outreach,desk,,desk@kern.example,Oz,0,yes,form\n"
    "Another House,double,415-555-0142,,CA,,yes,form\n"
)


def test_every_row_s_fate_is_shown_before_anything_is_stored(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        shown = upload(client, "people.csv", LIST.encode())
        assert shown.status_code == 200
        assert "1 of 3 rows would be taken." in shown.text
        assert "&#39;Oz&#39; is not a place" in shown.text
        assert "weekly must be a whole number" in shown.text
        assert "The address belongs to a contact of" in shown.text
        with fresh_house.app.store.read() as connection:
            assert len(partners.everybody(connection)) == 3, "a preview stores nothing"
        table = re.search(r'name="table" value="([^"]*)"', shown.text)
        assert table is not None
        text = table[1].replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'")
        done = client.post(
            "/partners/import/write", data={"token": token_of(shown.text), "name": "people.csv", "table": text},
            files={"none": ("", b"")},
        )  # fmt: skip
        assert "1 contact is stored, 2 rows were not taken." in done.text
        again = upload(client, "people.csv", LIST.encode())
        assert "0 of 3 rows would be taken." in again.text
        assert "is so already" in again.text
    with fresh_house.app.store.read() as connection:
        made = partners.everybody(connection)[-1]
        log = partners.consent_log(connection, made.id)
    assert (made.label, made.places) == ("van", ("06029",))
    assert log[0].how == "import of people.csv by Robin"
    assert "contacts.imported" in kinds(fresh_house)


def test_a_list_changes_who_we_know_and_never_their_consent(fresh_house: House) -> None:
    with fresh_house.app.store.write() as connection:
        known = next(c for c in partners.everybody(connection) if any(a.channel == "sms" for a in c.addresses))
        phone = next(a.address for a in known.addresses if a.channel == "sms")
        partners.add_consent(connection, Consent(known.id, "sms", False, "text", "STOP", fresh_house.hour[0]))
        before = partners.consent_log(connection, known.id)
    rows = f'partner,phone,language,places,quiet_from,consent\n,{phone},es,"Kern County, CA",23:00,they agreed again\n'
    with fresh_house.signed_in() as client:
        shown = upload(client, "changes.csv", rows.encode())
        assert "1 would change somebody we know; consent stays as it is." in shown.text
        assert "language from “en” to “es”" in shown.text
        with fresh_house.app.store.read() as connection:
            assert partners.get(connection, known.id) is not None
            assert partners.everybody(connection)[0].language == "en", "a preview stores nothing"
        done = client.post(
            "/partners/import/write", data={"token": token_of(shown.text), "name": "changes.csv", "table": rows},
            files={"none": ("", b"")},
        )  # fmt: skip
        assert "1 changed, 0 rows were not taken." in done.text
    with fresh_house.app.store.read() as connection:
        now = partners.get(connection, known.id)
        assert now is not None
        assert (now.language, now.places, now.quiet_from.hour, now.label) == ("es", ("06029",), 23, known.label)
        assert partners.consent_log(connection, known.id) == before
        assert not partners.has_consent(connection, known.id, "sms")


def test_a_workbook_comes_in_and_what_is_none_is_told(fresh_house: House) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["partner", "phone", "consent"])
    sheet.append(["Norte", "510-555-0113", "form"])
    body = io.BytesIO()
    book.save(body)
    with fresh_house.signed_in() as client:
        assert "1 of 1 rows would be taken." in upload(client, "people.XLSX", body.getvalue()).text
        for name, content, said in (
            ("people.xlsx", b"PK\x03\x04 no workbook", "damaged"),
            ("people.csv", "partner,förnamn\n".encode("latin-1"), "cannot be read"),
            ("people.csv", b"name,phone\nx,y\n", "the header must be of"),
            ("people.csv", b"partner,phone\n", "has a header and no rows"),
            ("people.csv", b"partner\n" + b"x\n" * 501, "a page takes 500"),
            ("people.csv", b"", "Choose a file first"),
        ):
            answer = upload(client, name, content)
            assert answer.status_code == 409, name
            assert said in answer.text
        large = upload(client, "people.csv", b"x" * (2 * 1024 * 1024 + 1))
        assert large.status_code == 413
        assert "supplywatch partners import" in large.text


def test_a_list_from_another_site_is_refused(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        for data in ({"token": "0" * 64}, {}):
            answer = client.post("/partners/import", data=data, files={"file": ("a.csv", LIST.encode())})
            assert answer.status_code == 403
        token = token_of(client.get("/partners/import").text)
        foreign = client.post(
            "/partners/import", data={"token": token}, files={"file": ("a.csv", LIST.encode())},
            headers={"sec-fetch-site": "cross-site"},
        )  # fmt: skip
        assert foreign.status_code == 403
        assert client.post("/partners/import", content=b"rubbish").status_code == 400
    with fresh_house.client() as stranger:
        assert stranger.post("/partners/import", files={"file": ("a.csv", b"x")}).status_code == 401


def test_the_whole_list_goes_out_and_comes_in_again_and_the_record_says_who_took_it(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        assert client.get("/contacts.csv").status_code == 405
        page = "/partners/3"
        assert post(client, page, f"{page}/start/email", words="=HYPERLINK(1)").status_code == 303
        out = post(client, "/partners", "/contacts.csv")
        assert "attachment" in out.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(out.content.decode("utf-8-sig"))))
        assert [r["label"] for r in rows] == ["zephyrine van", "quillback", "night shift"]
        assert rows[0]["standing"] == "sms: ok; email: ok"
        shown = upload(client, "back.csv", out.content)
        assert shown.status_code == 200, "the columns of an export are those of an import"
        assert shown.text.count("is so already") == 3
    assert "contacts.exported" in kinds(fresh_house)


def test_who_left_long_ago_is_erased_by_the_daily_bell(fresh_house: House) -> None:
    from alerts.flow.upkeep.tidy import tidy

    with fresh_house.signed_in() as client:
        assert post(client, "/partners/2", "/partners/2/leave", why="moved").status_code == 303
    keeps = timedelta(days=fresh_house.app.configuration.privacy.contact_days)
    tidy(fresh_house.app, MORNING + keeps)
    with fresh_house.app.store.read() as connection:
        found = partners.get(connection, 2)
        assert found is not None
        assert found.addresses
    tidy(fresh_house.app, MORNING + keeps + timedelta(days=1))
    with fresh_house.app.store.read() as connection:
        gone, stays = partners.get(connection, 2), partners.get(connection, 1)
    assert gone is not None
    assert (gone.addresses, gone.label) == ((), "erased")
    assert stays is not None
    assert stays.addresses
