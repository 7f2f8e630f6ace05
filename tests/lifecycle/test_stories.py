"""Stories that nobody thought up: whatever happens, nobody gets anything outside of their place, level, consent and
hours, no update goes out without its alert, and what was deferred comes or is overtaken."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from alerts.flow.partners.add_contact import add_contact
from alerts.flow.reviewing.cancel import cancel
from alerts.model.alert import AlertState
from alerts.model.level import RANK
from alerts.store import alerts, outbox, partners
from tests.flow.timeline import COUNTER, DESK, KERN_VAN, VAN, Diary, Somebody
from tests.lifecycle.promises import keep

NIGHT = replace(VAN, partner="Night Shift", phone="+15105550144", wake="yes")
PICKY = Somebody("Picky", phone="+15105550145", email="picky@one.example")
SUBSTANCES = ("xylazine", "medetomidine", "carfentanil")


@pytest.mark.parametrize("seed", range(5))
def test_a_month_of_chance(diary: Diary, seed: int) -> None:
    dice = random.Random(f"month-{seed}")
    people = [VAN, COUNTER, DESK, KERN_VAN, NIGHT]
    diary.joins(*people)
    add_contact(diary.app, {**PICKY.row, "least": "act_now", "weekly": "1"}, "diary", diary.now)
    robin = diary.person("Robin")
    diary.at("2025-09-05 20:00")
    keys: list[str] = []
    for step in range(9):
        chance = dice.random()
        if chance < 0.55 or not keys:
            keys.append(f"K{step}")
            diary.lab_reports(dice.choice(SUBSTANCES), key=keys[-1], county=dice.choice(["Alameda", "Kern"]))
        elif chance < 0.75:
            diary.lab_withdraws(keys.pop(dice.randrange(len(keys))))
        elif chance < 0.85:
            phone = diary.carrier.device(dice.choice([VAN, KERN_VAN, NIGHT]).phone)
            phone.reply(dice.choice(["STOP", "please stop texting me", "START"]))
        else:
            running = [a for a in diary.alerts() if a.state is AlertState.OPEN]
            if running:
                cancel(diary.app, dice.choice(running).number, robin, "by chance", diary.now)
        diary.later(hours=dice.choice([1, 5, 11, 26]))
    diary.later(days=9)
    assert keep(diary) >= 5
    with diary.app.store.read() as connection:
        contacts = {c.id: c for c in partners.everybody(connection)}
        rows = [d for d in outbox.latest(connection, 10000) if d.alert > 0]
        for row in rows:
            version = alerts.version(connection, row.alert, row.version)
            assert version is not None
            assert RANK[version.level] <= RANK[contacts[row.contact].least], "below the level that they asked for"
    # Deferred is delivered or overtaken: nothing waits for ever, and each cancelled row says what took its place.
    assert not {"queued", "sending"} & {str(d.state) for d in rows}
    whys = ("superseded", "merged", "the alert ended", "consent was taken back", "one of its alerts")
    lost = [d.problem for d in rows if str(d.state) == "cancelled" and not d.problem.startswith(whys)]
    assert lost == []
