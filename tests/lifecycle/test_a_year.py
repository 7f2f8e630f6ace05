"""A year in the life of a programme, event by event, and what stands in everybody's inbox at the end of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from alerts.flow.addressing.digest import digest
from alerts.flow.addressing.plan import plan
from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.flow.partners.add_contact import add_contact
from alerts.flow.partners.enrol import enrol
from alerts.flow.partners.erase import erase
from alerts.flow.partners.prove import prove_by_link
from alerts.flow.reviewing.cancel import cancel
from alerts.flow.reviewing.drill import drill
from alerts.flow.reviewing.review import annotate, approve, look_back, reject
from alerts.flow.reviewing.silence import silence
from alerts.flow.thresholds.set_threshold import set_threshold
from alerts.store import alerts, duty, partners
from tests.databases import SqliteFiles
from tests.flow.timeline import COUNTER, DESK, EQUIPO, KERN_VAN, VAN, Diary, Somebody, opened_diary
from tests.lifecycle.promises import keep
from tests.peers.twilio_device import Device
from tests.peers.twilio_mischief import Mischief

NIGHT = replace(VAN, partner="Night Shift", phone="+15105550144", wake="yes")
LATE = Somebody("Late Joiner", email="late@joiner.example")
ANA = Somebody("Ana", phone="+15105550101")
BEN = Somebody("Ben", phone="+15105550102")
EVERYBODY = {
    "van": VAN, "counter": COUNTER, "desk": DESK, "equipo": EQUIPO, "kern": KERN_VAN, "night": NIGHT, "late": LATE,
    "ana": ANA, "ben": BEN,
}  # fmt: skip

LOOKED_AT = """
[thresholds.looked-at]
method = "watchlist"
substances = ["medetomidine"]
scope = "county"
kinds = ["drug"]
level = "advisory"
release = "review"
cool_down_days = 30
expires_days = 30
longest_days = 180
update_hours = 24
review_hours = 12
"""


def own(text: str) -> str:
    return text.replace('["xylazine", "medetomidine"]', '["xylazine"]') + LOOKED_AT


@dataclass
class Year:
    """The diary with everybody's inbox: "09-08 09:00 words" for each message, in the order of the carriers' books."""

    diary: Diary
    events: int = 0
    inboxes: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in EVERYBODY})
    _seen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(EVERYBODY, 0))

    def at(self, when: str) -> Diary:
        """The next event. Days between events pass without bells, as nothing would happen in them."""
        self.read()
        self.events += 1
        self.diary.bells = False
        self.diary.at(when)
        self.diary.bells = True
        return self.diary.ring()

    def read(self) -> None:
        """Write down what came since, at the hour that it is now."""
        self.diary.carrier.settle()
        hour = f"{self.diary.now.astimezone(self.diary.zone):%m-%d %H:%M}"
        for name, who in EVERYBODY.items():
            mails = [m.subject for m in self.diary.mail.messages if who.email and who.email in m.recipients]
            texts = [t.partition(": ")[2] for t in self.diary.texts_to(who)] if who.phone else []
            fresh = [*texts, *mails][self._seen[name] :]
            self._seen[name] += len(fresh)
            self.inboxes[name] += [f"{hour} {' '.join(line.split())[:40].rstrip()}" for line in fresh]


@pytest.mark.timeout(600)  # forty-seven events, each with every message composed and linted
def test_a_year(sqlite_files: SqliteFiles) -> None:
    with opened_diary(sqlite_files.migrated(), own=own) as diary:
        year = Year(diary)
        at = year.at
        put_on_duty(diary.app, "Ana", 1, diary.now, phone=ANA.phone)
        put_on_duty(diary.app, "Ben", 2, diary.now, phone=BEN.phone)
        ana, ben = diary.person("Ana"), diary.person("Ben")

        def device(who: Somebody) -> Device:
            return diary.carrier.device(who.phone)

        def newest() -> str:
            return diary.alerts()[-1].number

        def number_of(who: Somebody) -> int:
            with diary.app.store.read() as connection:
                found = partners.contact_at(connection, *(("sms", who.phone) if who.phone else ("email", who.email)))
            assert found is not None
            return found

        # September 2025: a first sighting, growth, a quiet county, a correction by the laboratory.
        at("2025-09-02 09:00").joins(VAN, NIGHT, KERN_VAN, EQUIPO)
        add_contact(diary.app, {**DESK.row, "digest": "weekly", "drills": "yes"}, "diary", diary.now)
        add_contact(diary.app, {**COUNTER.row, "drills": "yes", "weekly": "2"}, "diary", diary.now)
        at("2025-09-03 09:00").lab_reports("xylazine", key="A1")
        at("2025-09-03 15:00").lab_reports("xylazine", key="A2")  # nobody is told again
        at("2025-09-04 10:00").lab_reports("xylazine", key="K1", county="Kern")  # Kern and the state hear
        at("2025-09-05 09:00").lab_withdraws("K1")  # whoever heard of Kern
        at("2025-09-05 22:30").lab_reports("carfentanil", key="C1")  # only who wants to be woken
        at("2025-09-06 08:00")  # the others in the morning
        at("2025-09-07 10:00").lab_changes("C1", "lidocaine")  # it was not carfentanil
        at("2025-09-08 09:00")
        digest(diary.app, diary.now)
        diary.ring()
        # Opt-outs in both languages, and one that comes back.
        at("2025-09-09 09:00")
        device(VAN).reply("STOP")
        device(COUNTER).reply("parar")
        at("2025-09-10 09:00")
        device(VAN).reply("START")
        at("2025-09-11 09:00")
        device(COUNTER).reply("ALTA")
        # A review; the first approver is on holiday, the second makes a note and breaks the glass.
        with diary.app.store.write() as connection:
            duty.set_away(connection, ana, datetime.fromisoformat("2025-09-20T00:00-07:00"))
        at("2025-09-12 09:00").lab_reports("medetomidine", key="M1")
        at("2025-09-12 21:30")  # the deadline has passed
        annotate(diary.app, newest(), ben, {"en": "Sold as blue powder."}, diary.now)
        with diary.app.store.read() as connection:
            held = alerts.versions(connection, diary.alerts()[-1].id)[-1]
        at("2025-09-13 09:00")
        approve(diary.app, newest(), ben, _plan(diary), diary.now, break_glass="nobody else answers")
        diary.ring()
        at("2025-09-20 09:00")
        look_back(diary.app, newest(), held.version, ana, "right to send", diary.now)
        # The alert on xylazine runs out; a silence while the laboratory checks its column.
        at("2025-10-08 12:00")
        silence(
            diary.app, ["carfentanil"], (), datetime.fromisoformat("2025-10-20T10:00-07:00"), ana, "column", diary.now
        )  # fmt: skip
        at("2025-10-10 09:00").lab_reports("carfentanil", key="C2")
        at("2025-10-20 10:00")  # what it held is said now
        at("2025-10-21 09:00")
        cancel(diary.app, newest(), ana, "the column was dirty", diary.now, because="entered_wrong")
        diary.ring()
        # A threshold is tuned; the clock goes back in the night of 2 November.
        at("2025-10-25 09:00")
        set_threshold(diary.app, "sedatives", {"cool_down_days": 10}, ana, "as agreed", diary.now)
        at("2025-11-01 23:00").lab_reports("xylazine", key="A3")
        at("2025-11-02 07:59")
        at("2025-11-02 08:00")  # back again
        at("2025-11-03 09:00").lab_reports("xylazine", key="A4")
        # A drill.
        at("2025-11-10 10:00")
        drill(diary.app, newest(), ana, diary.now)
        diary.ring()
        at("2025-11-11 10:01")
        # An edition that is refused, and an all-clear.
        at("2025-11-20 09:00").lab_reports("medetomidine", key="M2")
        reject(diary.app, newest(), ben, "a known batch", diary.now)
        at("2025-11-25 09:00")
        xylazine = [a.number for a in diary.alerts() if a.substance == "xylazine" and not a.exercise][-1]
        cancel(diary.app, xylazine, ana, "three weeks without", diary.now, because="no_new_findings")
        diary.ring()
        # A new year: somebody comes in through a list and proves their inbox; a phone dies.
        at("2026-01-05 09:00")
        enrol(diary.app, LATE.row, "import", diary.now)
        diary.ring()
        link = next(m.text for m in diary.mail.messages if LATE.email in m.recipients)
        at("2026-01-05 10:00")
        prove_by_link(diary.app, link.split("/verify/")[1].split()[0], diary.now)
        diary.ring()
        at("2026-01-12 09:00")
        diary.carrier.misbehave(Mischief.REFUSE, to=KERN_VAN.phone, code=21211)
        diary.lab_reports("xylazine", key="K2", county="Kern")
        at("2026-01-12 09:30")  # staff hear of the dead letter
        # The clock goes forward in the night of 8 March.
        at("2026-02-20 09:00")
        at("2026-03-07 22:30").lab_reports("xylazine", key="A5")
        at("2026-03-08 07:59")
        at("2026-03-08 08:00")
        at("2026-03-09 09:00").lab_reports("carfentanil", key="C3", county="Kern")
        at("2026-04-20 12:00")  # both have run out
        # Two at night become one text; a person is erased.
        at("2026-05-01 22:00").lab_reports("xylazine", key="A6").lab_reports("medetomidine", key="M3")
        at("2026-05-01 22:10")
        approve(diary.app, newest(), ana, _plan(diary), diary.now)
        at("2026-05-02 08:00")
        at("2026-05-04 09:00")
        assert erase(diary.app, number_of(NIGHT), "Ana", diary.now)
        at("2026-06-10 23:00").lab_reports("carfentanil", key="C4")
        at("2026-06-11 08:00")
        at("2026-07-20 12:00")
        at("2026-08-31 12:00")
        year.read()
        assert year.events >= 40
        assert year.inboxes == INBOXES
        assert keep(diary) > 60


def _plan(diary: Diary) -> str:
    with diary.app.store.read() as connection:
        alert = diary.alerts()[-1]
        return plan(diary.app, connection, alert, alerts.versions(connection, alert.id)[-1], diary.now).sha256


INBOXES: dict[str, list[str]] = {
    "van": [
        "09-03 09:00 ADVISORY. Xylazine found in drugs in Ala",
        "09-06 08:00 ACT NOW. Carfentanil found in drugs in A",
        "09-07 10:00 CORRECTION of our alert of Sep 5 on carf",
        "09-13 09:00 ADVISORY. Medetomidine found in drugs in",
        "10-08 12:00 ALERT ENDED. Our alert of Sep 3 on xylaz",
        "10-20 10:00 ACT NOW. Carfentanil found in drugs in A",
        "10-20 10:00 ALERT ENDED. Our alert of Sep 12 on mede",
        "10-21 09:00 CORRECTION of our alert of Oct 20 on car",
        "11-02 08:00 ADVISORY, back again. Xylazine found in",
        "11-25 09:00 ALERT OVER. Our alert of Nov 1 on xylazi",
        "03-08 08:00 ADVISORY, back again. Xylazine found in",
        "04-20 12:00 ALERT ENDED. Our alert of Mar 7 on xylaz",
        "05-02 08:00 These waited for you. May 1: Xylazine is",
        "06-11 08:00 ACT NOW, back again. Carfentanil found i",
        "06-11 08:00 ALERT ENDED. Our alert of May 1 on xylaz",
        "06-11 08:00 ALERT ENDED. Our alert of May 1 on medet",
        "07-20 12:00 ALERT ENDED. Our alert of Jun 10 on carf",
    ],
    "counter": [
        "09-03 09:00 AVISO. Xilacina en drogas del condado de",
        "09-04 10:00 AVISO, lugar nuevo. Xilacina ahora tambi",
        "09-05 09:00 CORRECCION de la alerta del 3 sep sobre",
        "09-06 08:00 ACTUE YA. Carfentanilo en drogas del con",
        "09-07 10:00 CORRECCION de la alerta del 5 sep sobre",
        "09-13 09:00 AVISO. Medetomidina en drogas del condad",
        "10-08 12:00 ALERTA TERMINADA. La alerta del 3 sep so",
        "10-20 10:00 ACTUE YA. Carfentanilo en drogas del con",
        "10-20 10:00 ALERTA TERMINADA. La alerta del 12 sep s",
        "10-21 09:00 CORRECCION de la alerta del 20 oct sobre",
        "11-02 08:00 AVISO, ha vuelto. Xilacina en drogas del",
        "11-10 10:00 SIMULACRO. AVISO, ha vuelto. Xilacina en",
        "11-25 09:00 FIN DE ALERTA. La alerta del 1 nov sobre",
        "01-12 09:00 AVISO. Xilacina en drogas del condado de",
        "02-20 09:00 ALERTA TERMINADA. La alerta del 12 ene s",
        "03-08 08:00 AVISO, ha vuelto. Xilacina en drogas del",
        "03-09 09:00 ACTUE YA. Carfentanilo en drogas del con",
        "04-20 12:00 ALERTA TERMINADA. La alerta del 9 mar so",
        "04-20 12:00 ALERTA TERMINADA. La alerta del 7 mar so",
        "05-02 08:00 Esto le esperaba. 1 may: Xilacina otra v",
        "06-11 08:00 ACTUE YA, ha vuelto. Carfentanilo en dro",
        "06-11 08:00 ALERTA TERMINADA. La alerta del 1 may so",
        "06-11 08:00 ALERTA TERMINADA. La alerta del 1 may so",
        "07-20 12:00 ALERTA TERMINADA. La alerta del 10 jun s",
    ],
    "desk": [
        "09-03 09:00 ADVISORY: Xylazine found in Alameda Coun",
        "09-04 10:00 ADVISORY: Xylazine now also found in Ker",
        "09-05 09:00 Correction on xylazine in Alameda County",
        "09-05 22:30 ACT NOW: Carfentanil found in Alameda Co",
        "09-07 10:00 Correction on carfentanil in Alameda Cou",
        "09-08 09:00 The drug supply, Sep 1 to Sep 7",
        "09-13 09:00 ADVISORY: Medetomidine found in Alameda",
        "10-08 12:00 Alert ended: xylazine in Alameda County",
        "10-20 10:00 ACT NOW: Carfentanil found in Alameda Co",
        "10-20 10:00 Alert ended: medetomidine in Alameda Cou",
        "10-21 09:00 Correction on carfentanil in Alameda Cou",
        "11-01 23:00 ADVISORY: Xylazine is back in Alameda Co",
        "11-10 10:00 EXERCISE: ADVISORY: Xylazine is back in",
        "11-25 09:00 Alert over: xylazine in Alameda County (",
        "01-12 09:00 ADVISORY: Xylazine found in Kern County,",
        "02-20 09:00 Alert ended: xylazine in Kern County (Fe",
        "03-07 22:30 ADVISORY: Xylazine is back in Alameda Co",
        "03-09 09:00 ACT NOW: Carfentanil found in Kern Count",
        "04-20 12:00 Alert ended: carfentanil in Kern County",
        "04-20 12:00 Alert ended: xylazine in Alameda County",
        "05-01 22:00 ADVISORY: Xylazine is back in Alameda Co",
        "05-02 08:00 ADVISORY: Medetomidine found in Alameda",
        "06-10 23:00 Alert ended: xylazine in Alameda County",
        "06-10 23:00 Alert ended: medetomidine in Alameda Cou",
        "06-10 23:00 ACT NOW: Carfentanil is back in Alameda",
        "07-20 12:00 Alert ended: carfentanil in Alameda Coun",
    ],
    "equipo": [
        "09-03 09:00 AVISO: Xilacina en el condado de Alameda",
        "09-04 10:00 AVISO: Xilacina ahora también en el cond",
        "09-05 09:00 Corrección sobre xilacina en el condado",
        "09-05 22:30 ACTÚE YA: Carfentanilo en el condado de",
        "09-07 10:00 Corrección sobre carfentanilo en el cond",
        "09-13 09:00 AVISO: Medetomidina en el condado de Ala",
        "10-08 12:00 La alerta terminó: xilacina en el condad",
        "10-20 10:00 ACTÚE YA: Carfentanilo en el condado de",
        "10-20 10:00 La alerta terminó: medetomidina en el co",
        "10-21 09:00 Corrección sobre carfentanilo en el cond",
        "11-01 23:00 AVISO: Xilacina otra vez en el condado d",
        "11-25 09:00 Fin de la alerta: xilacina en el condado",
        "01-12 09:00 AVISO: Xilacina en el condado de Kern, a",
        "02-20 09:00 La alerta terminó: xilacina en el condad",
        "03-07 22:30 AVISO: Xilacina otra vez en el condado d",
        "03-09 09:00 ACTÚE YA: Carfentanilo en el condado de",
        "04-20 12:00 La alerta terminó: carfentanilo en el co",
        "04-20 12:00 La alerta terminó: xilacina en el condad",
        "05-01 22:00 AVISO: Xilacina otra vez en el condado d",
        "05-02 08:00 AVISO: Medetomidina en el condado de Ala",
        "06-10 23:00 La alerta terminó: xilacina en el condad",
        "06-10 23:00 La alerta terminó: medetomidina en el co",
        "06-10 23:00 ACTÚE YA: Carfentanilo otra vez en el co",
        "07-20 12:00 La alerta terminó: carfentanilo en el co",
    ],
    "kern": [
        "09-04 10:00 ADVISORY. Xylazine found in drugs in Ker",
        "09-05 09:00 CORRECTION of our alert of Sep 3 on xyla",
        "10-08 12:00 ALERT ENDED. Our alert of Sep 3 on xylaz",
    ],
    "night": [
        "09-03 09:00 ADVISORY. Xylazine found in drugs in Ala",
        "09-05 22:30 ACT NOW. Carfentanil found in drugs in A",
        "09-07 10:00 CORRECTION of our alert of Sep 5 on carf",
        "09-13 09:00 ADVISORY. Medetomidine found in drugs in",
        "10-08 12:00 ALERT ENDED. Our alert of Sep 3 on xylaz",
        "10-20 10:00 ACT NOW. Carfentanil found in drugs in A",
        "10-20 10:00 ALERT ENDED. Our alert of Sep 12 on mede",
        "10-21 09:00 CORRECTION of our alert of Oct 20 on car",
        "11-02 08:00 ADVISORY, back again. Xylazine found in",
        "11-25 09:00 ALERT OVER. Our alert of Nov 1 on xylazi",
        "03-08 08:00 ADVISORY, back again. Xylazine found in",
        "04-20 12:00 ALERT ENDED. Our alert of Mar 7 on xylaz",
        "05-02 08:00 These waited for you. May 1: Xylazine is",
    ],
    "late": [
        "01-05 09:00 Start your drug supply alerts from Late",
        "01-05 10:00 Welcome to drug supply alerts from Late",
        "01-12 09:00 ADVISORY: Xylazine found in Kern County,",
        "02-20 09:00 Alert ended: xylazine in Kern County (Fe",
        "03-07 22:30 ADVISORY: Xylazine is back in Alameda Co",
        "03-09 09:00 ACT NOW: Carfentanil found in Kern Count",
        "04-20 12:00 Alert ended: carfentanil in Kern County",
        "04-20 12:00 Alert ended: xylazine in Alameda County",
        "05-01 22:00 ADVISORY: Xylazine is back in Alameda Co",
        "05-02 08:00 ADVISORY: Medetomidine found in Alameda",
        "06-10 23:00 Alert ended: xylazine in Alameda County",
        "06-10 23:00 Alert ended: medetomidine in Alameda Cou",
        "06-10 23:00 ACT NOW: Carfentanil is back in Alameda",
        "07-20 12:00 Alert ended: carfentanil in Alameda Coun",
    ],
    "ana": [
        '09-20 09:00 no new data from "lab" since Sep 12. It',
        "09-20 09:00 Ben let out SW-2025-0003 (medetomidine,",
        '10-10 09:00 the feed "lab" brings data again, the ne',
        '10-20 10:00 no new data from "lab" since Oct 10. It',
        '11-01 23:00 the feed "lab" brings data again, the ne',
        '11-10 10:00 no new data from "lab" since Nov 3. It i',
        "11-20 09:00 please review SW-2025-0007 (medetomidine",
        '11-20 09:00 the feed "lab" brings data again, the ne',
        '01-05 09:00 no new data from "lab" since Nov 20. It',
        '01-12 09:00 the feed "lab" brings data again, the ne',
        "01-12 09:30 1 message of alert SW-2026-0001 could no",
        '02-20 09:00 no new data from "lab" since Jan 12. It',
        '03-07 22:30 the feed "lab" brings data again, the ne',
        '04-20 12:00 no new data from "lab" since Mar 9. It i',
        '05-01 22:00 the feed "lab" brings data again, the ne',
        "05-01 22:00 please review SW-2026-0005 (medetomidine",
        '06-10 23:00 no new data from "lab" since May 1. It i',
        '06-10 23:00 the feed "lab" brings data again, the ne',
        '07-20 12:00 no new data from "lab" since Jun 10. It',
    ],
    "ben": [
        "09-12 09:00 please review SW-2025-0003 (medetomidine",
        "09-12 21:30 the review of SW-2025-0003 (medetomidine",
        "09-13 09:00 please review SW-2025-0003 (medetomidine",
    ],
}
