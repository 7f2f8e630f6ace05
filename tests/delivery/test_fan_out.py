"""Many readers, few texts: composed once, kept once, and each reader's own link in each reader's own mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from alerts.app import App
from alerts.flow.addressing.address import address
from alerts.flow.addressing.plan import plan, unsubscribe_url
from alerts.model.alert import Alert, AlertVersion
from alerts.model.letter import GAP, Letter
from alerts.store import outbox, partners
from alerts.store.erasure import erase_contact
from alerts.wording.shelf import Shelf
from bench.bench_fanout import an_alert, people
from tests.databases import SqliteFiles
from tests.delivery.ground import MORNING, Ground

MANY = 50


def ground(url: str) -> tuple[App, Alert, AlertVersion]:
    app = Ground(url, "http://127.0.0.1:9", 9).app()
    with app.store.write() as connection:
        people(connection, range(1, MANY + 1))
        alert, edition = an_alert(connection, MORNING)
    return app, alert, edition


def test_what_is_planned_is_what_waits_and_every_mail_has_its_readers_own_link(store_url: str) -> None:
    app, alert, edition = ground(store_url)
    with app.store.read() as connection:
        planned = {d.id: d for d in plan(app, connection, alert, edition, MORNING).deliveries}
    assert address(app, MORNING) == len(planned) == MANY + MANY // 2
    with app.store.read() as connection:
        waiting = {d.id: d for d in outbox.of_alert(connection, alert.id)}
        kept = connection.scalar(sa.text("select count(*) from letters"))
        rows = connection.scalar(sa.text("select count(*) from outbox where channel = 'email' and html <> ''"))
    assert waiting == planned
    mails = [d for d in waiting.values() if d.channel == "email"]
    assert rows == 0
    assert kept == len({d.letter for d in mails}) < len(mails)
    for mail in mails:
        link = unsubscribe_url(app, mail.contact, "email")
        assert link in mail.text
        assert link in mail.html
        assert GAP not in mail.text + mail.html
    app.close()


def test_the_approval_binds_to_the_words_the_addresses_and_the_links(store_url: str) -> None:
    app, alert, edition = ground(store_url)

    def seen(app: App, edition: AlertVersion = edition) -> str:
        with app.store.read() as connection:
            return plan(app, connection, alert, edition, MORNING).sha256

    before = seen(app)
    assert seen(app) == before
    assert seen(app, replace(edition, note={"en": "Come to the van."})) != before
    assert seen(replace(app, key=b"another key of the installation..")) != before
    with app.store.write() as connection:
        connection.execute(sa.text("update addresses set address = 'other@partner.example' where contact = 1 and "
                                   "channel = 'email'"))  # fmt: skip
    assert seen(app) != before
    app.close()


def test_a_template_that_does_more_with_the_link_than_print_it_is_composed_for_each(
    store_url: str, tmp_path: Path
) -> None:
    app, alert, edition = ground(store_url)
    for language in ("en", "es"):
        own = tmp_path / "email" / language / "first_sighting"
        own.mkdir(parents=True)
        for name in ("email/_alert/body.txt",):
            shipped = app.shelf.read(name)
            (tmp_path / "email" / "_alert").mkdir(exist_ok=True)
            (tmp_path / name).write_text(shipped + "\n{{ unsubscribe | length }}\n", encoding="utf-8")
    with_own = replace(app, shelf=Shelf((tmp_path, *app.shelf.folders)))
    with with_own.store.read() as connection:
        planned = plan(with_own, connection, alert, edition, MORNING)
        mails = [d for d in planned.deliveries if d.channel == "email"]
    assert not planned.letters
    for mail in mails:
        link = unsubscribe_url(app, mail.contact, "email")
        assert link in mail.text
        assert mail.text.rstrip().endswith(str(len(link)))
    app.close()


def test_a_template_that_is_edited_between_two_looks_is_composed_anew(store_url: str, tmp_path: Path) -> None:
    """What a plan composed is remembered, and never longer than its files stand."""
    app, alert, edition = ground(store_url)
    name = "sms/en/detected.txt"
    own = tmp_path / name
    own.parent.mkdir(parents=True)
    own.write_text(app.shelf.read(name), encoding="utf-8")
    with_own = replace(app, shelf=Shelf((tmp_path, *app.shelf.folders)))

    def seen(app: App = with_own, edition: AlertVersion = edition) -> set[str]:
        with app.store.read() as connection:
            return {d.text for d in plan(app, connection, alert, edition, MORNING).deliveries}

    before = seen()
    assert seen() == before == seen(app)
    own.write_text(app.shelf.read(name) + " Ask for Sam.", encoding="utf-8")
    after = seen()
    assert any("Ask for Sam." in text for text in after)
    assert seen(app) == before
    assert seen(edition=replace(edition, note={"en": "Come to the van."})) != after
    own.unlink()
    assert seen() == before
    app.close()


def test_who_is_erased_leaves_no_link_behind(store_url: str) -> None:
    app, alert, _ = ground(store_url)
    address(app, MORNING)
    with app.store.write() as connection:
        erase_contact(connection, 1)
        rows = [d for d in outbox.of_alert(connection, alert.id) if d.contact == 1]
        assert rows
        assert all(not d.own_link and not d.html and not d.letter for d in rows)
    app.close()


def test_contacts_come_in_batches_each_once_and_as_they_are(store_url: str) -> None:
    app, _, _ = ground(store_url)
    with app.store.write() as connection:
        partners.deactivate(connection, 7)
        everybody = partners.everybody(connection)
        for most in (1, 7, 1000):
            assert [c for batch in partners.in_batches(connection, most) for c in batch] == everybody
    app.close()


@given(st.text(max_size=60), st.text(max_size=60), st.text(min_size=1, max_size=30))
def test_the_same_letter_is_the_same_words(first: str, second: str, link: str) -> None:
    letter = Letter("s", first + GAP + second, GAP)
    assert letter.to(link) == ("s", first + link + second, link)
    moved = Letter("s", first + GAP, second + GAP)
    assert (moved.id == letter.id) == (moved == letter)


def test_a_night_asks_the_database_no_more_than_a_day(sqlite_files: SqliteFiles) -> None:
    """Most texts wait for the morning; only for who has several of them is anything merged."""
    asked = {"2026-11-20 03:00": 0, "2026-11-20 10:00": 0}
    for hour in asked:
        app, _, _ = ground(sqlite_files.empty())

        def count(*_: object, hour: str = hour) -> None:
            asked[hour] += 1

        sa.event.listen(app.store.engine, "before_cursor_execute", count)
        address(app, datetime.fromisoformat(hour + "-08:00"))
        app.close()
    night, day = asked.values()
    assert day <= night <= day + 2
