"""Messages as files."""

from __future__ import annotations

import os
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from notifiers.file import FileFolder
from notifiers.message import DeliveryError, Message, Scope

TEXT = Message("d-1", "+15105550123", "Medetomidina en Alameda ñ", front="Casa Segura")
MAIL = Message("d-2", "van@partner.example", "text ñ", subject="Alerta ñ", html="<p>ñ</p>", front="Casa Segura")


def test_a_text_is_a_text_file(tmp_path: Path) -> None:
    receipt = FileFolder(tmp_path / "out").send(TEXT)
    written = (tmp_path / "out" / "d-1.txt").read_text(encoding="utf-8")
    assert written == "To: +15105550123\nFrom: Casa Segura\n\nMedetomidina en Alameda ñ\n"
    assert (receipt.provider, receipt.provider_id, receipt.state) == ("file", "d-1.txt", "written")


def test_a_mail_opens_in_a_mail_program(tmp_path: Path) -> None:
    FileFolder(tmp_path).send(MAIL)
    mail = message_from_bytes((tmp_path / "d-2.eml").read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Alerta ñ"
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>ñ</p>"
    assert mail["To"] == "van@partner.example"


def test_a_mail_may_go_to_a_name(tmp_path: Path) -> None:
    FileFolder(tmp_path).send(Message("d-3", "console", "text", subject="s"))
    assert "console@localhost.invalid" in (tmp_path / "d-3.eml").read_text()


def test_sent_twice_is_one_file_as_it_first_was(tmp_path: Path) -> None:
    folder = FileFolder(tmp_path)
    first = folder.send(TEXT)
    assert folder.send(Message("d-1", TEXT.to, "other words")) == first
    assert [path.name for path in tmp_path.iterdir()] == ["d-1.txt"]
    assert "Medetomidina" in (tmp_path / "d-1.txt").read_text(encoding="utf-8")


def test_find_tells_what_is_there(tmp_path: Path) -> None:
    folder = FileFolder(tmp_path)
    assert folder.find(TEXT) is None
    sent = folder.send(TEXT)
    assert folder.find(TEXT) == sent
    assert folder.find(MAIL) is None


@pytest.mark.parametrize("delivery_id", ["../d-1", "a/b", "", ".hidden", "a\nb", "a..b", "d.", "x" * 101])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, delivery_id: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        FileFolder(tmp_path / "out").send(Message(delivery_id, "x", "y"))
    assert caught.value.scope is Scope.MESSAGE
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_file_is_the_accounts_fault(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(DeliveryError) as caught:
        FileFolder(tmp_path / "out").send(TEXT)
    assert caught.value.scope is Scope.ACCOUNT


def test_a_full_disk_leaves_no_half_file_and_is_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DeliveryError) as caught:
        FileFolder(tmp_path).send(TEXT)
    assert caught.value.scope is Scope.TEMPORARY
    assert list(tmp_path.iterdir()) == []
