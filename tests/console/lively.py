"""Life in a furnished house: silences, a roster, an exercise, a broken glass and texts that wait, with marker words in
all that people wrote."""

from __future__ import annotations

from datetime import timedelta

from alerts.flow.addressing.plan import plan
from alerts.flow.delivery.deliver import deliver
from alerts.flow.duty.pass_over import pass_over
from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.partners.enrol import enrol
from alerts.flow.reviewing.drill import drill
from alerts.flow.reviewing.review import approve
from alerts.flow.reviewing.silence import silence
from alerts.flow.watch import watch
from alerts.model.staff import Person, Role
from alerts.store import alerts, staff, work
from tests.console.house import MORNING, House


def person(house: House, name: str) -> Person:
    with house.app.store.write() as connection:
        return staff.add(connection, name, Role.STAFF)


def liven(house: House) -> None:
    """After this: one silence in force and one that is over, Ana and Ben on the roster, Ben away, one exercise, one
    alert approved on one person's word, one contact who is not proven yet and one at whose door texts wait."""
    app = house.app
    ana, ben = person(house, "Ana"), person(house, "Ben")
    silence(
        app, ["xylazine", "class:nitazene"], ("06001",), MORNING + timedelta(days=3), ana, "hushword column", MORNING
    )
    put_on_duty(app, "Ana", 1, MORNING, phone="+15105550101")
    put_on_duty(app, "Ben", 2, MORNING, email="ben@programme.example")
    pass_over(app, ben, MORNING + timedelta(days=9), "Ana", MORNING)
    row = {"partner": "Quiet Hands", "label": "night desk", "consent": "hushword form"}
    add_contact(
        app, {**row, "phone": "+14155550150", "drills": "yes", "quiet_from": "09:00", "quiet_to": "12:00"}, "list",
        MORNING,
    )  # fmt: skip
    enrol(app, {**row, "label": "new desk", "phone": "+14155550151", "email": "new@quiet.example"}, "list", MORNING)
    drill(app, "SW-2026-0001", ana, MORNING)
    while deliver(app, MORNING) is not None:
        pass
    with app.store.read() as connection:
        alert = alerts.by_number(connection, "SW-2026-0002")
        assert alert is not None
        held = alerts.versions(connection, alert.id)[-1]
        seen = plan(app, connection, alert, held, MORNING).sha256
    approve(app, alert.number, ana, seen, MORNING, break_glass="hushword: two deaths tonight")
    with app.store.write() as connection:
        work.ask_for(connection, "watch", MORNING)
    watch(app, MORNING)
