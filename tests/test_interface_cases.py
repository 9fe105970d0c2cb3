"""Requests made up from the description of the interface, good and bad: no route falls over, and each answers as described."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from house import House, open_house
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from coach.pipeline import Coach
from coach.settings import Settings
from coach.storage.database import Database
from coach.storage.keys import RIGHTS, SUBJECTS
from coach.web import create_app

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

CASES = 25
ROUTES = [
    (path, method)
    for path, methods in create_app(Settings()).openapi()["paths"].items()
    for method in methods
    if path.startswith("/api/v1/") and not path.endswith("/events")
]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, coach: Coach) -> Iterator[House]:
    """One service for all the cases: what one leaves behind is there for the next."""
    place: Path = tmp_path_factory.mktemp("house")
    database = Database(f"sqlite:///{place / 'coach.db'}")
    database.migrate()
    house = open_house(database, place, coach)
    with house.guest:
        yield house
    database.close()


@pytest.fixture(scope="module")
def interface(standing: House) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", standing.app)


@pytest.fixture(scope="module")
def key(standing: House) -> str:
    scopes = [f"{subject}:{right}" for subject in SUBJECTS for right in RIGHTS]
    return standing.service.keys.add(standing.people["administrator"], "cases", scopes)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_the_interface_answers_as_it_says(path: str, method: str, interface: schemathesis.BaseSchema, key: str) -> None:
    @settings(
        max_examples=CASES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=interface[path][method].as_strategy())
    def tried(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

    tried()
