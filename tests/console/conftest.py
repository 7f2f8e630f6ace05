"""One furnished console for tests that only look, and a fresh one for those that change something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.house import House, opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house")) as standing:
        yield standing


@pytest.fixture
def fresh_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("fresh")) as standing:
        yield standing


@pytest.fixture(scope="module")
def twilio_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("twilio"), sms="twilio") as standing:
        yield standing
