"""What people saw, told on a public page without a name, and judged by a person."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import sqlalchemy as sa

from alerts.console.report import FORM_LASTS
from alerts.model.staff import Role
from alerts.store import inbound, reports
from tests.console.house import House

SEEN = {"what": "sold as xylazine, grey powder", "happened": "two people slept for hours", "where": "06029",
        "when": "2026-11-18"}  # fmt: skip


def form(client: httpx.Client, language: str = "en") -> dict[str, str]:
    html = client.get(f"/report?lang={language}").text
    found = re.search(r'name="mark" value="([0-9a-f]+)"', html)
    assert found is not None
    return {"mark": found[1], "lang": language}


def test_a_report_becomes_a_sample_and_waits_for_a_person(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        answer = client.post("/report", data={**form(client), **SEEN})
    assert answer.status_code == 200
    assert "A person will read it" in answer.text
    assert "set-cookie" not in answer.headers
    with house.app.store.read() as connection:
        (kept,) = reports.waiting(connection)
        sample = connection.execute(sa.text("select * from samples where feed = 'field-reports'")).one()
        columns = {c["name"] for c in sa.inspect(connection).get_columns("reports")}
    assert (kept.place, kept.substances, str(kept.seen_on), kept.way) == ("06029", ("xylazine",), "2026-11-18", "web")
    assert (sample.key, sample.kind, sample.place) == (kept.sample, "field report", "06029")
    assert not columns & {"at", "ip", "address", "phone", "contact", "client", "sender"}


def test_it_speaks_spanish(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        page = client.get("/report", headers={"accept-language": "es-MX,es;q=0.9"})
        assert '<html lang="es">' in page.text
        assert "¿Qué pasó?" in page.text
        answer = client.post("/report", data={**form(client, "es"), **SEEN})
    assert "Gracias" in answer.text


def test_what_cannot_be_taken_is_said_and_nothing_typed_is_lost(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        mark = form(client)
        empty = client.post("/report", data={**mark, "where": "06029"})
        assert (empty.status_code, "Please write what you saw" in empty.text) == (422, True)
        late = client.post("/report", data={**mark, **SEEN, "when": "1999-01-01"})
        assert (late.status_code, "two people slept for hours" in late.text) == (422, True)
    with house.app.store.read() as connection:
        assert not reports.waiting(connection)


def test_another_site_an_old_form_and_a_program_bring_nothing(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        mark = form(client)
        said = {**mark, **SEEN}
        assert client.post("/report", data=said, headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert client.post("/report", data={**said, "mark": "0" * 32}).status_code == 403
        assert client.post("/report", data={**said, "website": "http://spam.example"}).status_code == 200
        house.hour[0] += timedelta(hours=FORM_LASTS + 1)
        assert client.post("/report", data=said).status_code == 403
    with house.app.store.read() as connection:
        assert not reports.waiting(connection)


def test_one_visitor_may_send_five_an_hour(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        mark = form(client)
        codes = [client.post("/report", data={**mark, **SEEN}).status_code for _ in range(7)]
        assert codes == [200] * 5 + [429] * 2
        house.hour[0] += timedelta(hours=1)
        assert client.post("/report", data={**form(client), **SEEN}).status_code == 200


def test_staff_set_one_aside_and_its_sample_is_withdrawn(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        for _ in range(2):
            client.post("/report", data={**form(client), **SEEN})
    with house.signed_in() as client:
        assert "2 reports of what people saw" in client.get("/").text
        html = client.get("/reports").text
        assert "two people slept for hours" in html
        token = re.search(r'name="token" value="([^"]+)"', html)
        assert token is not None
        post = {"token": token[1]}
        assert client.post("/reports/1/aside", data={**post, "why": ""}).status_code == 409
        client.post("/reports/1/aside", data={**post, "why": "a joke"})
        client.post("/reports/2/believe", data=post)
        again = client.post("/reports/1/believe", data=post)
        assert (again.status_code, "before you" in again.text) == (409, True)
    with house.app.store.read() as connection:
        first, second = sorted(reports.judged(connection), key=lambda r: r.id)
        open_keys = set(connection.scalars(sa.text("select key from samples where feed = 'field-reports' and "
                                                   "known_until is null")))  # fmt: skip
    assert (str(first.verdict), first.words, str(second.verdict)) == ("set aside", "", "believed")
    assert open_keys == {second.sample}


def test_a_threshold_shows_its_precision_as_people_see_it(fresh_house: House) -> None:
    house = fresh_house
    with house.app.store.write() as connection:
        name = connection.scalar(sa.text("select name from thresholds order by name limit 1"))
        for n, said in enumerate("1112"):
            inbound.vote(connection, alert=1, version=1, threshold=name, voter=f"v{n}", answer=said,
                         day=house.clock().date())  # fmt: skip
    with house.signed_in() as client:
        html = " ".join(client.get(f"/thresholds/{name}").text.split())
        assert "<strong>75 %</strong>" in html
        assert "between 30 and 95 %" in html
        assert "75 % of 4 people" in client.get("/thresholds").text


def test_reviewers_do_not_read_reports(fresh_house: House) -> None:
    house = fresh_house
    with house.signed_in("Jo", Role.REVIEWER) as client:
        assert client.get("/reports").status_code == 403
