"""What anybody may open: sent-out alerts, the end of messages, the monitor's address, and the carrier's door."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from alerts.flow.addressing.plan import unsubscribe_url
from alerts.flow.reviewing.cancel import cancel
from alerts.model.delivery import DeliveryState
from alerts.model.staff import Person, Role
from alerts.store import outbox, partners, work
from tests.console.house import MORNING, House


def test_the_full_page_speaks_the_language_that_is_asked_for(house: House) -> None:
    with house.client() as client:
        english = client.get("/a/SW-2026-0001")
        spanish = client.get("/a/SW-2026-0001?lang=es")
        preferred = client.get("/a/SW-2026-0001", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
        odd = client.get("/a/SW-2026-0001?lang=xx")
    assert (english.headers["content-language"], spanish.headers["content-language"]) == ("en", "es")
    assert '<html lang="es">' in spanish.text
    assert "carfentanilo" in spanish.text.lower()
    assert preferred.text == spanish.text
    assert odd.text == english.text
    assert 'href="?lang=es"' in english.text


def test_its_policy_lets_in_its_own_style_and_nothing_else(house: House) -> None:
    answer = httpx.get(f"{house.url}/a/SW-2026-0001", trust_env=False)
    policy = answer.headers["content-security-policy"]
    styles = re.findall(r"(?s)<style[^>]*>(.*?)</style>", answer.text)
    assert len(styles) == 1
    assert base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode() in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script| style=|SAMPLEKEY|siteword", answer.text)


def test_what_was_not_sent_out_does_not_exist(house: House) -> None:
    with house.client() as client:
        held = client.get("/a/SW-2026-0002")
        never = client.get("/a/SW-2026-0999")
    assert (held.status_code, never.status_code) == (404, 404)
    assert held.text == never.text


def test_an_alert_that_is_over_says_so(fresh_house: House) -> None:
    cancel(fresh_house.app, "SW-2026-0001", Person(1, "Robin", Role.STAFF), "hushword", MORNING)
    with fresh_house.client() as client:
        english, spanish = client.get("/a/SW-2026-0001").text, client.get("/a/SW-2026-0001?lang=es").text
    assert "correct" in english.lower()
    assert "hushword" not in english
    assert 'class="mark"' in english
    assert english != spanish


def test_unsubscribing_takes_one_click_and_looking_takes_none(fresh_house: House) -> None:
    app = fresh_house.app
    path = httpx.URL(unsubscribe_url(app, 1, "email")).path
    with fresh_house.client() as client:
        assert "Stop these messages?" in client.get(path).text
        assert client.head(path).status_code == 405
        with app.store.read() as connection:
            assert partners.has_consent(connection, 1, "email")
        one_click = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert one_click.status_code == 200
        again = client.post(path)
        assert "You will get no more alert emails from Tamarack" in again.text
        assert client.post(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
        assert client.get("/unsubscribe/1-email-").status_code == 404
        spanish = httpx.URL(unsubscribe_url(app, 2, "sms")).path
        assert '<html lang="es">' in client.get(spanish).text
    with app.store.read() as connection:
        assert not partners.has_consent(connection, 1, "email")
        assert partners.has_consent(connection, 1, "sms")
        assert [c.given for c in partners.consent_log(connection, 1) if c.channel == "email"] == [True, False]


def test_the_monitor_is_told_whether_the_watch_goes_on(fresh_house: House) -> None:
    house = fresh_house
    with house.client() as client:
        well = client.get("/healthz")
        assert (well.status_code, well.json()["ok"], well.json()["feeds_in_trouble"]) == (200, True, 1)
        with house.app.store.write() as connection:
            work.ask_for(connection, work.WATCH, MORNING)
        house.hour[0] = MORNING + timedelta(seconds=60)
        assert client.get("/healthz").status_code == 200
        house.hour[0] = MORNING + timedelta(minutes=3)
        late = client.get("/healthz")
        assert late.status_code == 503
        assert late.json()["problems"] == ["the watch is overdue: new data waits and nobody looks at it"]
        assert "coroner" not in late.text
        database = str(house.app.store.engine.url.database)
        house.app.store.close()
        with open(database, "r+b") as file:
            file.write(b"this is no database any more")
        gone = client.get("/healthz")
        assert (gone.status_code, gone.json()["database"]) == (503, "unreachable")


def test_a_message_that_nobody_sends_is_told(fresh_house: House) -> None:
    house = fresh_house
    with house.app.store.write() as connection:
        one = outbox.of_alert(connection, 1)[0]
        outbox.move(connection, one, DeliveryState.FAILED)
        failed = outbox.get(connection, one.id)
        assert failed is not None
        outbox.move(connection, failed, DeliveryState.QUEUED, due_at=MORNING)
    house.hour[0] = MORNING + timedelta(minutes=11)
    said = httpx.get(f"{house.url}/healthz", trust_env=False)
    assert (said.status_code, said.json()["oldest_due_message_seconds"]) == (503, 660)


def _signed(
    house: House, path: str, form: dict[str, str], token: str = "new-token", public: str = ""
) -> httpx.Response:
    url = (public or house.url) + path
    signature = RequestValidator(token).compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return httpx.post(house.url + path, content=urlencode(form), headers=headers, trust_env=False)


def test_a_signed_receipt_moves_its_message_forward(twilio_house: House) -> None:
    house = twilio_house
    with house.app.store.read() as connection:
        sent = next(d for d in outbox.of_alert(connection, 1) if d.channel == "sms")
    path = f"/callbacks/twilio/status?delivery={sent.id}"
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": sent.address}
    assert _signed(house, path, form, "wrong-token").status_code == 403
    assert httpx.post(house.url + path, data=form, trust_env=False).status_code == 403
    with house.app.store.read() as connection:
        assert outbox.get(connection, sent.id).state is DeliveryState.ACCEPTED  # type: ignore[union-attr]
    for token in ("new-token", "old-token"):
        assert _signed(house, path, form, token).status_code == 204
    with house.app.store.read() as connection:
        assert outbox.get(connection, sent.id).state is DeliveryState.DELIVERED  # type: ignore[union-attr]
    with house.signed_in() as client:
        html = client.get(f"/messages/{sent.id}").text
    assert "<td>delivered</td>" in html
    assert _signed(house, "/callbacks/twilio/status?delivery=unknown", form).status_code == 204
    assert _signed(house, path, {"MessageSid": "SM1"}).status_code == 400
    assert _signed(house, path, {**form, "To": "1" * 70_000}).status_code == 413
    assert _signed(house, path, form).headers["x-content-type-options"] == "nosniff"
    assert httpx.get(house.url + path, trust_env=False).status_code == 405


def test_stop_is_obeyed_and_answered_once(twilio_house: House) -> None:
    form = {"MessageSid": "SM9", "From": "+14155550142", "To": "+15105550100", "Body": "STOP"}
    answer = _signed(twilio_house, "/callbacks/twilio/inbound", form)
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?><Response><Message>')
    assert "Tamarack" in answer.text
    with twilio_house.app.store.read() as connection:
        assert not partners.has_consent(connection, 1, "sms")
    assert _signed(twilio_house, "/callbacks/twilio/inbound", form).text.endswith("<Response></Response>")
    assert _signed(twilio_house, "/callbacks/twilio/inbound", form, "wrong").status_code == 403
    large = _signed(twilio_house, "/callbacks/twilio/inbound", {**form, "Body": "a" * 70_000})
    assert large.status_code == 413


def test_a_signature_is_over_our_public_address_whatever_a_header_says(twilio_house: House) -> None:
    """Who could choose the address could choose what is signed: only the configuration names it."""
    form = {"MessageSid": "SM77", "From": "+14155550142", "To": "+15105550100", "Body": "HELP"}
    path = "/callbacks/twilio/inbound"
    for url, code in ((twilio_house.url, 200), ("https://elsewhere.example", 403)):
        signature = RequestValidator("new-token").compute_signature(url + path, form)
        headers = {
            "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded",
            "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https", "Host": "elsewhere.example",
        }  # fmt: skip
        said = httpx.post(twilio_house.url + path, content=urlencode(form), headers=headers, trust_env=False)
        assert said.status_code == code, url


def test_without_the_carrier_its_door_does_not_exist(house: House) -> None:
    assert _signed(house, "/callbacks/twilio/status?delivery=x", {"MessageSid": "SM1"}).status_code == 404


@pytest.mark.parametrize("path", ["/a/../alerts", "/static/../desk.py", "/static/%2e%2e/desk.py", "/a/%00"])
def test_odd_paths_lead_nowhere(house: House, path: str) -> None:
    answer = httpx.get(httpx.URL(house.url).copy_with(raw_path=path.encode()), trust_env=False)
    assert answer.status_code in (401, 404)
