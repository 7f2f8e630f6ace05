"""One furnished console for tests that only look, and a fresh one for those that change something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.house import House, build_app, furnish, opened


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store in which a morning has happened; each house gets a copy."""
    folder = tmp_path_factory.mktemp("furnished")
    app = build_app(folder)
    furnish(app)
    app.close()
    return folder


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house"), furnished) as standing:
        yield standing


@pytest.fixture
def fresh_house(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("fresh"), furnished) as standing:
        yield standing


@pytest.fixture(scope="module")
def twilio_house(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("twilio"), furnished, sms="twilio") as standing:
        yield standing
