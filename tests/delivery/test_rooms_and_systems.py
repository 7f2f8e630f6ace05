"""Chat rooms and partners' own systems are channels of the outbox like any other."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import standardwebhooks

from alerts.app import NotReadyError, open_app
from alerts.config.load import parse
from alerts.flow.partners.add_contact import ContactError, add_contact
from tests.databases import SqliteFiles
from tests.flow.timeline import Diary, Somebody, opened_diary
from tests.notifiers.test_chat import SECRET, ChatSystem
from tests.notifiers.test_webhook import Endpoint

WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True)
class House(Somebody):
    """Somebody with a chat room or a system."""

    chat: str = ""
    webhook: str = ""

    @property
    def row(self) -> dict[str, str]:
        return super().row | {"chat": self.chat, "webhook": self.webhook}


@pytest.fixture
def system() -> Iterator[ChatSystem]:
    running = ChatSystem()
    yield running
    running.stop()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    running = Endpoint()
    yield running
    running.stop()


@pytest.fixture
def diary(sqlite_files: SqliteFiles, tmp_path: Path, system: ChatSystem) -> Iterator[Diary]:
    (tmp_path / "rooms.toml").write_text(f'night-van = "{system.room}"\n')
    (tmp_path / "secret").write_text(WHSEC)
    own = f'[chat]\nrooms_file = "{tmp_path}/rooms.toml"\n[webhook]\nsecret_file = "{tmp_path}/secret"\n'
    with opened_diary(sqlite_files.migrated(), own=lambda text: text + own) as opened:
        yield opened


def test_an_alert_goes_into_a_room_and_into_a_system_and_its_end_too(
    diary: Diary, system: ChatSystem, endpoint: Endpoint
) -> None:
    diary.joins(House("Eastside Outreach", chat="night-van"), House("County", webhook=endpoint.url))
    diary.at("2025-09-08 09:00").lab_reports("xylazine", key="A")
    ((_, said),) = system.posts
    assert "ylazine" in said["title"]
    assert "unsubscribe" not in said["message"].lower()
    ((headers, body),) = endpoint.got
    assert headers["webhook-id"] in {d.id for d in diary.deliveries()}
    assert "ylazine" in standardwebhooks.Webhook(WHSEC).verify(body, headers)["data"]["text"]
    diary.at("2025-09-10 10:00").lab_withdraws("A")
    assert (len(system.posts), len(endpoint.got)) == (2, 2)
    assert {str(d.state) for d in diary.deliveries()} == {"accepted"}
    # The room's secret address is nowhere in our books.
    assert {d.address for d in diary.deliveries() if d.channel == "chat"} == {"night-van"}
    assert SECRET not in repr(diary.deliveries())


def test_a_room_takes_over_from_a_phone(diary: Diary, system: ChatSystem) -> None:
    van = House("Eastside Outreach", phone="+15105550111", chat="night-van", wake="yes", channels="sms; chat")
    diary.joins(van)
    diary.carrier.misbehave("refuse", code=20003, times=None)
    diary.at("2025-09-08 03:00").lab_reports("carfentanil")
    assert len(system.posts) == 1
    diary.carrier.behave()
    diary.at("12:00").expect_nothing(replace(van, email=""))
    assert len(system.posts) == 1


def test_nobody_is_asked_in_a_room_to_prove_it_and_a_code_never_goes_there(diary: Diary, system: ChatSystem) -> None:
    diary.joins(House("Eastside Outreach", phone="+15105550111", chat="night-van"))
    diary.ring()
    assert system.posts == []


def test_what_is_not_set_up_is_said_before_anything_is_stored(sqlite_files: SqliteFiles) -> None:
    with opened_diary(sqlite_files.migrated()) as plain:
        with pytest.raises(ContactError, match=r"chat is not set up\. Set chat\.rooms_file"):
            add_contact(plain.app, House("A", chat="night-van").row, "form", plain.now)
        with pytest.raises(ContactError, match="webhook is not set up"):
            add_contact(plain.app, House("B", webhook="https://partner.example/hook").row, "form", plain.now)


@pytest.mark.parametrize(
    ("rooms", "sentence"),
    [
        ('night-van = "slack://' + SECRET, "is no TOML (at end of document)"),
        ("night-van = 7", "the room 'night-van' must be an address in quotes"),
        (f'night-van = "nonsense://{SECRET}"', "the room 'night-van' has no address that Apprise can read"),
    ],
)
def test_a_broken_file_of_rooms_is_told_without_its_secrets(tmp_path: Path, rooms: str, sentence: str) -> None:
    (tmp_path / "rooms.toml").write_text(rooms)
    text = f'[store]\nurl = "sqlite:///{tmp_path}/x.db"\n[chat]\nrooms_file = "{tmp_path}/rooms.toml"\n'
    with pytest.raises(NotReadyError) as told:
        open_app(parse(text, "rooms.toml", {}), {})
    assert sentence in str(told.value)
    assert SECRET not in str(told.value)
