"""The server is killed in the middle of its work; nobody notices but the log."""

from __future__ import annotations

from pathlib import Path

from tests.flow.killing import kill_repeatedly


def test_killed_five_times_and_every_message_arrives_once(tmp_path: Path) -> None:
    toll = kill_repeatedly(tmp_path, kills=5, texts=40, mails=8, seed_of_chance=1)
    assert toll.lost == ()
    assert toll.doubled == (), "a text is sent once; a mail may be repeated, under one Message-ID"
    assert toll.problems == ()
    assert toll.amid > 0, "no kill fell in the middle of anything"
