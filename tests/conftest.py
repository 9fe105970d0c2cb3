"""Shared parts of the tests."""

import pytest

from coach.pipeline import Coach


@pytest.fixture(scope="session")
def coach() -> Coach:
    return Coach.load()
