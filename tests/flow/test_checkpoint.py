"""Each day the record is signed once, given out, and not signed when it departs from what was given out before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alerts.app import open_app
from alerts.config.load import parse
from alerts.console.health import pulse_of
from alerts.flow.duty.put_on_duty import put_on_duty
from alerts.flow.upkeep.checkpoint import LAST, checkpoint
from alerts.record.checkpoint import note_of, origin_of, read_note, verifier_key
from alerts.store import ledger_rows, outbox, settings
from tests.databases import Postgres, SqliteFiles
from tests.delivery.ground import MORNING

CONFIG = """
[store]
url = "{store}"
[checkpoints]
folder = "{folder}"
mail_to = ["desk@safety.example", "stranger@safety.example"]
key_file = "{key}"
"""


def test_one_note_a_day_in_the_folder_and_by_mail(databases: SqliteFiles | Postgres, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", encoding="utf-8")
    folder = tmp_path / "notes"
    text = CONFIG.format(store=databases.migrated(), folder=folder, key=key)
    app = open_app(parse(text, "own.toml", {}), {}, durable=False)
    put_on_duty(app, "Safety desk", 1, MORNING, email="desk@safety.example")
    note = checkpoint(app, MORNING)
    assert note is not None
    assert checkpoint(app, MORNING + timedelta(hours=3)) is None
    origin = origin_of(app.configuration.programme.public_url)
    kept = read_note(note, verifier_key(origin, bytes(range(32))))
    with app.store.read() as connection:
        assert (kept.entries, kept.head) == ledger_rows.head(connection)
        mails = [d for d in outbox.latest(connection) if d.kind == "checkpoint"]
    assert [d.address for d in mails] == ["desk@safety.example"], "nobody is written to who did not agree"
    assert read_note(mails[0].text) == kept
    (file,) = folder.iterdir()
    assert file.read_text(encoding="utf-8") == note
    # A file that did not come about is written at the next bell; one that was given out is never written over.
    file.unlink()
    checkpoint(app, MORNING + timedelta(hours=4))
    assert [one.name for one in folder.iterdir()] == [file.name]
    tomorrow = checkpoint(app, MORNING + timedelta(days=1))
    assert tomorrow is not None
    assert read_note(tomorrow).entries >= kept.entries
    app.close()


def test_a_record_that_departs_is_not_signed(databases: SqliteFiles | Postgres, tmp_path: Path) -> None:
    text = CONFIG.format(store=databases.migrated(), folder=tmp_path, key="").replace('key_file = ""', "")
    app = open_app(parse(text, "own.toml", {}), {}, durable=False)
    put_on_duty(app, "Ana", 1, MORNING, phone="+15105550101")
    first = checkpoint(app, MORNING)
    assert first is not None
    changed = replace(read_note(first), head="cd" * 32)
    with app.store.write() as connection:
        # As if yesterday's note had been of another record.
        settings.note(connection, LAST, note_of(changed, app.checkpoint_seed))
    assert checkpoint(app, MORNING + timedelta(days=1)) is None
    assert "the record departs from its last checkpoint" in pulse_of(app, MORNING + timedelta(days=1))["problems"]
    app.close()
