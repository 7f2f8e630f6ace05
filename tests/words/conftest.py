"""The shipped lexicon and gazetteer, read once for all tests of words."""

from __future__ import annotations

import pytest

from detectors.words.lexicon import Lexicon
from detectors.words.places import Gazetteer


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return Lexicon.load()


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()
