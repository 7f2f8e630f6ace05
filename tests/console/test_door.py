"""The door: links that work once, sessions that end, forms that nobody else can fill in."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from fastapi import Request

from alerts.console.door import make_link
from alerts.console.routes import build
from alerts.model.staff import Role
from tests.console.house import MORNING, House, post, token_of


@pytest.fixture(autouse=True)
def _morning(house: House) -> None:
    house.hour[0] = MORNING


def test_looking_at_a_link_does_not_use_it_up_and_using_it_does(house: House) -> None:
    path = httpx.URL(house.link("Ash", Role.STAFF)).path
    with house.client() as preview:
        assert preview.get(path).status_code == 200
        assert preview.head(path).status_code == 405
        assert preview.get("/").status_code == 401
    with house.client() as client:
        token = token_of(client.get(path).text)
        answer = client.post(path, data={"token": token})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert client.get("/").status_code == 200
    with house.client() as late:
        again = late.post(path, data={"token": token_of(late.get(path).text)})
        assert again.status_code == 403
        assert "does not work any more" in again.text
        assert late.get("/").status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: House) -> None:
    path = httpx.URL(house.link("Ash", Role.STAFF)).path
    with house.client() as client:
        cookies = client.post(path, data={"token": token_of(client.get(path).text)}).headers.get_list("set-cookie")
    session = next(c for c in cookies if c.startswith("supplywatch="))
    assert "HttpOnly" in session
    assert "samesite=lax" in session.lower()


def test_a_link_grows_old(house: House) -> None:
    path = httpx.URL(house.link("Ash", Role.STAFF)).path
    with house.client() as client:
        token = token_of(client.get(path).text)
        house.hour[0] = MORNING + timedelta(minutes=15, seconds=1)
        assert client.post(path, data={"token": token}).status_code == 403


def test_a_session_ends_by_itself(house: House) -> None:
    with house.signed_in("Ash") as client:
        house.hour[0] = MORNING + timedelta(hours=11, minutes=59)
        assert client.get("/").status_code == 200
        house.hour[0] = MORNING + timedelta(hours=12, seconds=1)
        assert client.get("/").status_code == 401


def test_signing_out_ends_the_session_itself_not_only_the_cookie(house: House) -> None:
    with house.signed_in("Ash") as client:
        kept = dict(client.cookies)
        assert "signed out" in post(client, "/", "/out").text
        assert client.get("/").status_code == 401
    with house.client() as thief:
        thief.cookies.update(kept)
        assert thief.get("/").status_code == 401


def test_a_stranger_cannot_sign_somebody_in_under_another_name(house: House) -> None:
    path = httpx.URL(house.link("Ash", Role.STAFF)).path
    with house.client() as attacker, house.client() as victim:
        token = token_of(attacker.get(path).text)
        assert victim.post(path, data={"token": token}).status_code == 403
        assert victim.get("/").status_code == 401


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_without_its_token_changes_nothing(house: House, token: str) -> None:
    with house.signed_in("Ash") as client:
        for action in ("/out", "/alerts/SW-2026-0002/reject", "/thresholds/new-here", "/partners/1/addresses"):
            assert client.post(action, data={"token": token, "why": "x"}).status_code == 403
        assert client.get("/").status_code == 200


def test_a_form_from_another_site_or_another_session_changes_nothing(house: House) -> None:
    with house.signed_in("Ash") as client, house.signed_in("Kim") as other:
        mine = token_of(client.get("/").text)
        foreign = client.post("/out", data={"token": mine}, headers={"Sec-Fetch-Site": "cross-site"})
        assert foreign.status_code == 403
        assert other.post("/out", data={"token": mine}).status_code == 403
        assert other.get("/").status_code == 200


def test_one_person_has_one_role(house: House) -> None:
    house.link("Lee", Role.REVIEWER)
    with pytest.raises(ValueError, match="Lee is already known as 'public safety'"):
        make_link(house.app, "Lee", Role.STAFF, house.clock())


def test_every_answer_bears_the_headers(house: House) -> None:
    with house.signed_in("Ash") as client:
        answers = [client.get(p) for p in ("/", "/log", "/nothing-here", "/healthz", "/alerts/")]
        style = client.get("/static/console.css")
        answers.append(client.post("/"))
        answers.append(httpx.get(f"{house.url}/alerts", trust_env=False))
    assert style.headers["cache-control"] == "public, max-age=86400"
    for answer in answers:
        assert "script-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_what_is_posted_is_bounded(house: House) -> None:
    with house.signed_in("Ash") as client:
        assert client.post("/out", content=b"a" * (64 * 1024 + 1)).status_code == 413
        assert client.post("/out", content=b"\xff\xfe=1").status_code == 400


@pytest.mark.parametrize(("trusted", "seen"), [((), ("http", "10.0.0.9")), (("10.0.0.9",), ("https", "203.0.113.7"))])
def test_forwarded_headers_are_believed_only_from_proxies_that_the_configuration_names(
    house: House, trusted: tuple[str, ...], seen: tuple[str, str]
) -> None:
    console = house.app.configuration.console.model_copy(update={"trusted_proxies": trusted})
    configuration = house.app.configuration.model_copy(update={"console": console})
    roof = build(replace(house.app, configuration=configuration), house.clock, {})

    @roof.get("/probe")
    def probe(request: Request) -> list[str | None]:
        return [request.url.scheme, request.client.host if request.client else None]

    async def ask() -> list[str]:
        transport = httpx.ASGITransport(roof, client=("10.0.0.9", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://console.example") as client:
            forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
            said: list[str] = (await client.get("/probe", headers=forwarded)).json()
            return said

    assert tuple(asyncio.run(ask())) == seen


def test_a_path_in_front_is_kept_in_every_link(house: House) -> None:
    programme = house.app.configuration.programme.model_copy(update={"public_url": "https://county.example/watch"})
    configuration = house.app.configuration.model_copy(update={"programme": programme})
    app = replace(house.app, configuration=configuration)
    link = make_link(app, "Pat", Role.STAFF, house.clock())
    assert link.startswith("https://county.example/watch/door/")

    async def ask() -> tuple[str, str, str]:
        transport = httpx.ASGITransport(build(app, house.clock, {}))
        async with httpx.AsyncClient(transport=transport, base_url="https://county.example") as client:
            door = await client.get(link)
            entered = await client.post(link, data={"token": token_of(door.text)})
            page = await client.get(entered.headers["location"])
            return entered.headers["location"], ";".join(entered.headers.get_list("set-cookie")), page.text

    location, cookies, html = asyncio.run(ask())
    assert location == "/watch/"
    assert "__Host-supplywatch=" in cookies
    assert "Secure" in cookies
    assert set(re.findall(r'(?:href|src|action)="(/[^/"]*)', html)) == {"/watch"}
