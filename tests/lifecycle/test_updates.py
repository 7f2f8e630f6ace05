"""A list about people we know changes what they want, and never whether they agreed."""

from __future__ import annotations

import pytest

from alerts.flow.partners.contact_table import contact_table
from alerts.flow.partners.enrol import enrol
from alerts.flow.partners.export_contacts import export_contacts
from alerts.flow.partners.import_contacts import fates, import_contacts
from alerts.flow.partners.leave import leave
from alerts.model.partner import Consent, Contact
from alerts.store import partners
from tests.flow.timeline import COUNTER, DESK, VAN, Diary


@pytest.fixture
def van(diary: Diary) -> Contact:
    diary.at("2025-09-08 09:00")
    return enrol(diary.app, {**VAN.row, "email": DESK.email, "verified": "yes"}, "form", diary.now)


def test_filled_cells_change_and_empty_ones_do_not(diary: Diary, van: Contact) -> None:
    row = {"partner": "", "phone": VAN.phone, "language": "es", "least": "act_now", "weekly": "2", "label": ""}
    with diary.app.store.read() as connection:
        (shown,) = fates(diary.app, connection, [(2, row)])
    assert shown.known
    assert ("weekly", "", "2") in shown.changes
    assert ("language", "en", "es") in shown.changes
    assert {column for column, _, _ in shown.changes} == {"language", "least", "weekly"}
    (done,) = import_contacts(diary.app, [(2, row)], "import", diary.now)
    assert done.changes == shown.changes
    with diary.app.store.read() as connection:
        now = partners.get(connection, van.id)
    assert now is not None
    assert (now.language, str(now.least), now.weekly) == ("es", "act_now", 2)
    assert (now.label, now.addresses, now.partner) == (van.label, van.addresses, van.partner)
    (again,) = import_contacts(diary.app, [(2, row)], "import", diary.now)
    assert (again.known, again.changes) == (True, ())


def test_consent_is_neither_made_nor_proven_by_a_list(diary: Diary, van: Contact) -> None:
    with diary.app.store.write() as connection:
        partners.add_consent(connection, Consent(van.id, "sms", False, "text", "STOP", diary.now))
    row = {"phone": VAN.phone, "partner": VAN.row["partner"], "verified": "yes", "consent": "yes", "language": "es"}
    with diary.app.store.read() as connection:
        before = partners.consent_log(connection, van.id)
    import_contacts(diary.app, [(2, row)], "import", diary.now)
    with diary.app.store.read() as connection:
        assert partners.consent_log(connection, van.id) == before
        assert not partners.has_consent(connection, van.id, "sms")
    diary.at("10:00").lab_reports("xylazine").expect_nothing(VAN)


def test_what_a_list_may_not_do_is_said(diary: Diary, van: Contact) -> None:
    enrol(diary.app, {**COUNTER.row, "verified": "yes"}, "form", diary.now)
    leaver = enrol(diary.app, {**VAN.row, "phone": "+15105550177", "email": "", "verified": "yes"}, "form", diary.now)
    leave(diary.app, leaver.id, "Ana", "moved", diary.now)
    rows = [
        (2, {"phone": VAN.phone, "email": "new@van.example", "language": "es"}),
        (3, {"phone": VAN.phone, "partner": "Somebody else"}),
        (4, {"phone": "+15105550177", "language": "es"}),
        (5, {"email": DESK.email, "language": "xx"}),
    ]
    said = import_contacts(diary.app, rows, "import", diary.now)
    assert all(f.contact is None for f in said)
    assert "needs consent of its own" in said[0].mistakes[0]
    assert "not of Somebody else" in said[1].mistakes[0]
    assert "has left" in said[2].mistakes[0]
    assert "There are no words in 'xx'" in said[3].mistakes[0]
    with diary.app.store.read() as connection:
        assert partners.get(connection, van.id) == van


def test_a_list_that_went_out_changes_nothing_when_it_comes_back(diary: Diary, van: Contact) -> None:
    enrol(diary.app, {**COUNTER.row, "verified": "yes", "label": "=1+1"}, "form", diary.now)
    with diary.app.store.read() as connection:
        text = export_contacts(connection)
        rows = contact_table("contacts.csv", text.encode()).rows
        found = fates(diary.app, connection, rows)
    assert found
    assert [(f.known, f.changes, f.mistakes) for f in found] == [(True, (), ())] * len(found)


def test_what_was_shown_is_what_is_done_also_where_a_list_names_a_new_address_twice(diary: Diary) -> None:
    first = {**VAN.row, "label": "van", "verified": "yes"}
    rows = [(2, first), (3, {**first, "label": "desk", "language": "es"})]
    with diary.app.store.read() as connection:
        shown = fates(diary.app, connection, rows)
    done = import_contacts(diary.app, rows, "import", diary.now)
    assert [f.mistakes for f in done] == [f.mistakes for f in shown]
    assert done[1].mistakes == (f"{VAN.phone} stands in line 2 already.",)
    with diary.app.store.read() as connection:
        (kept,) = partners.everybody(connection)
    assert (kept.label, kept.language) == ("van", "en")
