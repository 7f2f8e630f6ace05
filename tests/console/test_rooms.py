"""The rooms as staff see them: everything that is linked opens, and decisions do what they say."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa

from alerts.flow.addressing.plan import plan
from alerts.flow.upkeep.checkpoint import checkpoint
from alerts.model.alert import VersionState
from alerts.model.delivery import DeliveryState
from alerts.store import alerts, carriers, outbox, partners, tables, thresholds
from tests.console.house import MORNING, House, post, token_of


def crawl(client: httpx.Client, start: str) -> dict[str, httpx.Response]:
    """Every page that can be reached by links and frames, with its answer."""
    seen: dict[str, httpx.Response] = {}
    todo = [start]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen[path] = answer = client.get(path)
        if "html" in answer.headers["content-type"]:
            found = re.findall(r'(?:href|src|action)="(/[^"#]*)', answer.text)
            todo += [p.replace("&amp;", "&") for p in found if p not in seen]
    return seen


POSTS = (
    r"/(out|approve|break-glass|note|reject|cancel|addresses|channels|(stop|start|code)/\w+|prove|leave|erase|end|away|off"
    r"|look-back/\d+|import/write|names/add|names/resolve|contacts\.csv)$"
)
"""Addresses that forms send to, and that have no page of their own."""


def test_everything_that_is_linked_opens(house: House) -> None:
    with house.signed_in() as client:
        pages = crawl(client, "/")
    posts_only = {path for path in pages if re.search(POSTS, path)}
    assert {p: a.status_code for p, a in pages.items() if p not in posts_only and a.status_code != 200} == {}
    assert all(pages[p].status_code == 405 for p in posts_only)
    rooms = {"/", "/alerts", "/messages", "/thresholds", "/partners", "/feeds", "/names", "/log"}
    rooms |= {"/silences", "/drills", "/duty", "/held-back", "/partners/import"}
    assert rooms <= pages.keys()
    assert {"/alerts/SW-2026-0001", "/thresholds/new-here", "/feeds/lab-results", "/partners/1"} <= pages.keys()


def test_no_page_of_ours_asks_another_host_for_anything_or_brings_script_or_style_along(house: House) -> None:
    with house.signed_in() as client:
        pages = crawl(client, "/")
    own = [a.text for p, a in pages.items() if 'class="top"' in a.text]
    assert len(own) > 15
    for html in own:
        assert not re.search(r'(?:src|action)="(?!/)', html)
        assert not re.search(r"<script|<style| style=| on\w+=", html)
        assert re.findall(r'<link [^>]*href="([^"]+)"', html)[1:] == re.findall(
            r'href="(/static/console\.css\?\w+)"', html
        )


def test_today_says_what_waits_and_where_nothing_comes_from(house: House) -> None:
    with house.signed_in() as client:
        html = client.get("/").text
        live = client.get("/?live=1").text
    assert "Xylazine in Alameda County, CA" in html
    assert "Decide in 1 day" in html
    assert "No new data since 2026-07-01. This does not mean that nothing is in the supply." in html
    assert "1 name is not recognised" in html
    assert 'http-equiv="refresh"' not in html
    assert '<meta http-equiv="refresh" content="5">' in live


def test_the_alert_shows_its_numbers_with_denominator_lag_and_baseline(house: House) -> None:
    with house.signed_in() as client:
        html = client.get("/alerts/SW-2026-0002").text
    assert re.search(r"<dt>Found in</dt><dd>4 of \d+ tested</dd>", html)
    assert re.search(r"<dt>Compared with</dt><dd>.*2025 to .*2026: 0 of \d+ tested</dd>", html)
    assert "<dt>Would also have signalled at</dt><dd>3 or more</dd>" in html
    assert re.search(r"<dt>Usual delay of a result</dt><dd>\d+ days after collection</dd>", html)
    assert html.count("<svg") == 2 * html.count("<figure>") > 0


def test_an_approver_sees_every_text_and_approves_exactly_those(fresh_house: House) -> None:
    house = fresh_house
    with house.signed_in() as client:
        html = client.get("/alerts/SW-2026-0002").text
        assert "Text message, English" in html
        assert "Text message, Spanish" in html
        assert "Xilacina" in html
        for path in re.findall(r'src="(/alerts/SW-2026-0002/[^"]+)"', html):
            frame = client.get(path)
            assert frame.status_code == 200
            assert frame.headers["x-frame-options"] == "SAMEORIGIN"
            assert "sandbox" in frame.headers["content-security-policy"]
        seen = re.search(r'name="plan" value="(\w{64})"', html)
        assert seen is not None
        with house.app.store.write() as connection:
            partners.deactivate(connection, 2)
        stale = post(client, "/alerts/SW-2026-0002", "/alerts/SW-2026-0002/approve", plan=seen[1])
        assert stale.status_code == 409
        assert "changed since you looked" in stale.text
        now_seen = re.search(r'name="plan" value="(\w{64})"', stale.text)
        assert now_seen is not None
        done = post(client, "/alerts/SW-2026-0002", "/alerts/SW-2026-0002/approve", plan=now_seen[1])
        assert done.status_code == 303
    with house.app.store.read() as connection:
        version = alerts.versions(connection, 2)[-1]
        sent = outbox.of_alert(connection, 2)
    assert (version.state, version.approved_by, version.texts_sha256) == (VersionState.ADDRESSED, "Robin", now_seen[1])
    assert {d.contact for d in sent} == {1, 3}
    assert {d.state for d in sent} == {DeliveryState.QUEUED}


def test_a_rejection_needs_its_reason_and_ends_the_alert(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        page = "/alerts/SW-2026-0002"
        assert "Say why" in post(client, page, f"{page}/reject", why=" ").text
        assert post(client, page, f"{page}/reject", why="a mistake of the lab").status_code == 303
        html = client.get(page).text
        assert "ended: rejected at review" in html.lower()
        assert "a mistake of the lab" in html
        again = post(client, page, f"{page}/approve", plan="0" * 64)
        assert again.status_code == 409
        assert "does not wait for a review" in again.text


def test_cancelling_tells_exactly_those_who_were_told(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        page = "/alerts/SW-2026-0001"
        odd = post(client, page, f"{page}/cancel", why="w", because="boredom")
        assert "not a reason that receivers can be told" in odd.text
        assert (
            post(client, page, f"{page}/cancel", why="the lab withdrew it", because="lab_withdrew").status_code == 303
        )
        html = client.get(page).text
        assert "cancelled: the lab withdrew it" in html
        assert "End this alert" not in html
    with fresh_house.app.store.read() as connection:
        rows = outbox.of_alert(connection, 1)
    assert {(d.contact, d.channel) for d in rows if d.version == 2} == {
        (d.contact, d.channel) for d in rows if d.version == 1
    }


def test_an_overdue_review_says_so(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        fresh_house.hour[0] = MORNING + timedelta(hours=11)
        assert "Overdue" not in client.get("/").text
    fresh_house.hour[0] = MORNING + timedelta(hours=25)
    with fresh_house.signed_in() as client:
        assert "Overdue: should have been decided 1 hour ago" in client.get("/").text


def _form(html: str) -> dict[str, object]:
    """A threshold's form as the browser would send it unchanged."""
    form = html[html.index('class="card form"') : html.index("</form>", html.index('class="card form"'))]
    data: dict[str, object] = {}
    kinds: list[str] = []
    for name, value in re.findall(
        r'<input [^>]*?name="([^"]+)" (?:type="number" required [^>]*?)?value="([^"]*)"', form
    ):
        data[name] = value
    for box in re.findall(r'<input type="checkbox"[^>]*>', form):
        name, value = re.findall(r'name="([^"]+)" value="([^"]+)"', box)[0]
        checked = "checked" in box
        if name == "kinds":
            kinds += [value] if checked else []
        elif checked:
            data[name] = value
        else:
            data.pop(name, None)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', form, re.S):
        data[name] = re.findall(r'value="([^"]+)" selected', options)[0]
    data["substances"] = re.findall(r'name="substances"[^>]*>([^<]*)<', form)[0]
    return data | {"kinds": kinds}


def test_a_threshold_is_set_with_a_reason_and_keeps_its_editions(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        page = "/thresholds/new-here"
        form = _form(client.get(page).text)
        assert form["parameter.findings"] == "3"
        unchanged = client.post(page, data={**form, "why": "nothing"})
        assert unchanged.status_code == 409
        assert "Nothing would change" in unchanged.text
        without = client.post(page, data={**form, "parameter.findings": "5"})
        assert without.status_code == 409
        assert "Say why" in without.text
        wrong = client.post(page, data={**form, "parameter.findings": "many", "expires_days": "", "why": "kept words"})
        assert "must be a number, not “many”" in wrong.text
        assert "“Ends after” must be a whole number of days" in wrong.text
        assert "kept words" in wrong.text
        bounds = client.post(page, data={**form, "parameter.findings": "5000", "why": "w"})
        assert "must be from 1 to 100 samples" in bounds.text
        strange = client.post(page, data={**form, "kinds": ["drug", "hearsay"], "why": "w"})
        assert "“hearsay” is no kind of evidence" in strange.text
        unknown = client.post(page, data={**form, "substances": "xylazin", "why": "w"})
        assert "means no substance" in unknown.text
        done = client.post(
            page, data={**form, "parameter.findings": "5", "level": "act_now", "why": "too many <b>alerts</b>"}
        )
        assert done.status_code == 303
        html = client.get(page).text
        assert "too many &lt;b&gt;alerts&lt;/b&gt;" in html
        assert "<b>findings</b> <del>3</del>" in html
        assert re.search(r"<strong>Edition 2</strong> <span class=\"quiet\">Robin", html)
        stale = client.post(page, data={**form, "parameter.findings": "6", "why": "late"})
        assert "Somebody made edition 2 while you were writing" in stale.text
    with fresh_house.app.store.read() as connection:
        editions = thresholds.editions(connection, "new-here")
    assert [(e.version, e.parameters["findings"], e.by) for e in editions] == [(2, 5, "Robin"), (1, 3, "config.toml")]


def test_a_change_is_tried_on_the_past_before_it_is_made(fresh_house: House) -> None:
    """Stricter, then with a curve and with what happened: figures for each setting, and nothing is set or sent."""
    with fresh_house.signed_in() as client:
        page = "/thresholds/new-here"
        form = _form(client.get(page).text) | {"do": "try", "months": "12"}
        tried = client.post(page, data={**form, "parameter.findings": "9"})
        assert tried.status_code == 200
        said = tried.text[tried.text.index("What it would have done") :]
        assert "as it is" in said
        assert "with the change" in said
        assert 'value="9"' in said, "the form still holds what was tried"
        assert "Edition 2" not in tried.text
        events = 'xylazine,"Alameda County, CA",' + str(fresh_house.clock().date())
        curve = client.post(page, data={**form, "curve": "findings", "values": "2, 4", "events": events})
        assert "findings 2" in curve.text
        assert "findings 4" in curve.text
        assert "False, a state and month" in curve.text
        assert re.search(r"[01] of 1</td>", curve.text)
        for wrong, words in (
            ({"values": "1,2,3,4,5,6,7"}, "at most 6 values"),
            ({"values": "many"}, "must be numbers"),
            ({"events": "xylazine,Atlantis,2025-01-01"}, "not a known place"),
            ({"substances": "xylazin"}, "means no substance"),
            ({"parameter.findings": "5000"}, "must be from 1 to 100"),
        ):
            refused = client.post(page, data={**form, "curve": "findings", **wrong})
            assert refused.status_code == 409
            assert words in refused.text
    with fresh_house.app.store.read() as connection:
        assert [e.version for e in thresholds.editions(connection, "new-here")] == [1]


def test_addresses_are_covered_until_somebody_asks_and_asking_is_recorded(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        for page in ("/partners", "/partners/1", "/messages"):
            assert "+14155550142" not in client.get(page).text
        assert "•••• 0142" in client.get("/partners/1").text
        opened = post(client, "/partners/1", "/partners/1/addresses")
        assert "+14155550142" in opened.text
        assert "contact.read" in client.get("/log").text


def test_staff_can_take_back_consent_for_somebody_who_said_so(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        refused = post(client, "/partners/1", "/partners/1/stop/sms", why="")
        assert refused.status_code == 409
        assert post(client, "/partners/1", "/partners/1/stop/sms", why="she called").status_code == 303
        assert "she called" in client.get("/partners/1").text
        assert client.post("/partners/1/stop/fax", data={"token": token_of(client.get("/").text)}).status_code == 404
    with fresh_house.app.store.read() as connection:
        assert not partners.has_consent(connection, 1, "sms")
        assert partners.has_consent(connection, 1, "email")


def test_a_feed_shows_what_was_set_aside_and_what_nobody_knows(house: House) -> None:
    with house.signed_in() as client:
        html = client.get("/feeds/lab-results").text
        assert "31feb2026" in html
        assert "Ask the lab." in html
        assert "xylaxxine siteword" in client.get("/names").text
        assert client.get("/feeds/nothing").status_code == 404


def test_a_feed_shows_how_long_its_results_take_and_since_when_they_are_incomplete(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        assert "not complete yet" not in client.get("/feeds/coroner").text
        with fresh_house.app.store.write() as connection:
            taken = {"lag_tenth": 8, "lag_median": 20, "lag_ninety": 38}
            connection.execute(sa.update(tables.feeds).where(tables.feeds.c.name == "coroner").values(taken))
        html = client.get("/feeds/coroner").text
    since = MORNING.date() - timedelta(days=38)
    assert re.search(r"Half of them.*?20 days", html, re.DOTALL)
    assert re.search(rf"since .*{since.day}.* is not complete yet", html)
    assert "with columns of your own" in html


def test_the_interface_for_programs_is_described_to_staff_only(house: House) -> None:
    with house.client() as stranger:
        for path in ("/api/alerts", "/api/docs", "/api/openapi.json", "/docs", "/openapi.json", "/redoc"):
            assert stranger.get(path).status_code in (401, 404)
    with house.signed_in() as client:
        found = client.get("/api/alerts?state=open").json()
        assert [a["number"] for a in found] == ["SW-2026-0002", "SW-2026-0001"]
        whole = client.get("/api/alerts/SW-2026-0001").json()
        assert whole["editions"][0]["places"][0]["name"] == "San Francisco County, CA"
        paths = client.get("/api/openapi.json").json()["paths"]
        assert set(paths) == {"/api/alerts", "/api/alerts/{number}"}
        assert client.get("/api/alerts?state=odd").status_code == 400
        assert client.get("/api/alerts/SW-1").status_code == 404


def test_templates_of_the_operator_stand_in_front(tmp_path: Path) -> None:
    from alerts.wording.environment import render
    from alerts.wording.shelf import Shelf
    from tests.wording.shelf import TEMPLATES

    own = tmp_path / "console"
    own.mkdir()
    (own / "notice.html").write_text("{{ title }}, ours", encoding="utf-8")
    assert render(Shelf.of(TEMPLATES, tmp_path), "console/notice.html", {"title": "A page"}) == "A page, ours"


def test_a_message_that_did_not_arrive_finds_somebody_who_cares(fresh_house: House) -> None:
    app = fresh_house.app
    with app.store.write() as connection:
        one = outbox.of_alert(connection, 1)[0]
        outbox.move(connection, one, DeliveryState.FAILED, problem="30005 unknown handset")
    with fresh_house.signed_in() as client:
        assert "1 message did not arrive" in client.get("/").text
        page = f"/messages/{one.id}"
        assert "Nobody looks after it yet" in client.get(page).text
        assert post(client, page, f"{page}/care", do="care").status_code == 303
        assert "Robin looks after it" in client.get(page).text
        assert "1 message did not arrive" in client.get("/").text
        failed = client.get("/messages?state=failed").text
        assert ("30005 unknown handset" in failed, "Robin" in failed) == (True, True)
        assert post(client, page, f"{page}/care", do="retry").status_code == 303
        assert "did not arrive" not in client.get("/").text
        assert "sent again by Robin" in client.get(page).text
        with app.store.write() as connection:
            again = outbox.get(connection, one.id)
            assert again is not None
            outbox.move(connection, again, DeliveryState.FAILED, problem="30005 unknown handset")
        assert post(client, page, f"{page}/care", do="dismiss", why=" ").status_code == 409
        assert post(client, page, f"{page}/care", do="dismiss", why="told by phone").status_code == 303
        assert "Robin closed this" in client.get(page).text
        assert "did not arrive" not in client.get("/").text
        log = client.get("/log").text
        assert all(kind in log for kind in ("message.cared_for", "message.retried", "message.dismissed"))
        other = outbox_of(fresh_house)[1]
        assert client.post(f"/messages/{other}/care", data={"token": token_of(client.get("/").text)}).status_code == 409


def outbox_of(house: House) -> list[str]:
    with house.app.store.read() as connection:
        return [d.id for d in outbox.of_alert(connection, 1)]


def test_what_the_linter_says_stands_before_the_approver(house: House) -> None:
    with house.app.store.read() as connection:
        alert = alerts.by_number(connection, "SW-2026-0002")
        assert alert is not None
        found = plan(house.app, connection, alert, alerts.versions(connection, alert.id)[-1], house.clock()).findings
    with house.signed_in() as client:
        html = client.get("/alerts/SW-2026-0002").text
    assert html.count("Look at this.") + html.count("Cannot go out like this.") == len(found)


def test_a_carrier_that_refuses_us_stands_on_the_front_page(fresh_house: House) -> None:
    with fresh_house.app.store.write() as connection:
        carriers.open_circuit(
            connection, "sms", now=MORNING, until=MORNING + timedelta(minutes=15), code="20003", detail="wrong token"
        )
    with fresh_house.signed_in() as client:
        html = client.get("/").text
    assert "Text message: the carrier refuses our account" in html
    assert "20003 wrong token" in html


def test_the_first_page_says_when_nobody_would_be_told(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        before = client.get("/").text
        assert "Text message: no carrier is set up in config.toml" in before
        assert "There are no partners yet" not in before
        with fresh_house.app.store.write() as connection:
            for contact in partners.everybody(connection):
                partners.deactivate(connection, contact.id)
        assert "There are no partners yet" in client.get("/").text


def test_a_checkpoint_is_offered_once_there_is_one(fresh_house: House) -> None:
    with fresh_house.signed_in() as client:
        assert "checkpoint.note" not in client.get("/log").text
        assert "first signed checkpoint is made at the daily look" in client.get("/log").text
        checkpoint(fresh_house.app, MORNING)
        assert "checkpoint.note" in client.get("/log").text
        assert client.get("/log/checkpoint.note").status_code == 200
