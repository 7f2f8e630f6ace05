"""Nothing that comes in makes messages go out to others, whatever it says and however much of it comes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.flow.inbound.hear import hear
from notifiers.twilio_callbacks import Inbound
from tests.databases import SqliteFiles
from tests.delivery.ground import MORNING, Ground, add_contacts, phone

STRANGERS = ("+15105550999", "+15105550998")
SAID = (
    "STOP", "start", "yes", "HELP", "WHY", "1", "2", "LANG es", "JOIN Kern", "REPORT xylazine in Kern County",
    "my friend is not breathing", "the van moved", "??", "🛑", "no me manden mas mensajes", "123456",
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(st.sampled_from((phone(1), phone(2), *STRANGERS)), st.sampled_from(SAID)), min_size=1, max_size=15
)
DAYS, SIDS = count(1), count(1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_one_answer_to_its_own_sender_at_the_most_and_no_row_in_the_outbox(
    sqlite_files: SqliteFiles, texts: list[tuple[str, str]]
) -> None:
    """A stranger is answered once a day, a known number once for each text; only staff and rules write to others."""
    app = Ground(sqlite_files.migrated(), "http://127.0.0.1:9", 9).app()
    with app.store.write() as connection:
        add_contacts(connection, 3)
    now = MORNING + timedelta(days=next(DAYS))
    answers: Counter[str] = Counter()
    for sender, said in texts:
        answers[sender] += bool(hear(app, Inbound(f"SM{next(SIDS):032d}", sender, "+15105550100", said), now))
    with app.store.read() as connection:
        assert connection.scalar(sa.text("select count(*) from outbox")) == 0
    app.close()
    assert all(answers[stranger] <= 1 for stranger in STRANGERS)
    assert all(answers[sender] <= sum(s == sender for s, _ in texts) for sender in answers)
