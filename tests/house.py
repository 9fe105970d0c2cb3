"""A running service for tests: an application on an empty database, and browsers in which people are signed in."""

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from office import add_user

from coach.pipeline import Coach
from coach.settings import Settings
from coach.storage.accounts import Role, Visitor
from coach.storage.database import Database
from coach.web import create_app
from coach.web.service import Service
from coach.web.visitors import COOKIE

PEOPLE = {
    "rep": ("小王", Role.REP, "东区"),
    "colleague": ("小赵", Role.REP, "东区"),
    "supervisor": ("张主管", Role.SUPERVISOR, "东区"),
    "stranger": ("小李", Role.REP, "西区"),
    "administrator": ("管理员", Role.ADMINISTRATOR, ""),
}


@dataclass
class House:
    """`client("rep")` is a browser in which the rep is signed in; `guest` one in which nobody is."""

    app: FastAPI
    guest: TestClient
    people: dict[str, Visitor]
    _clients: dict[str, TestClient] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        service: Service = self.app.state.service
        return service

    def forget(self, who: str) -> None:
        """Let this person sign in anew, in a new browser."""
        self._clients.pop(who, None)

    def client(self, who: str) -> TestClient:
        if who not in self._clients:
            token = self.service.sign_ins.let_in(self.people[who].id)
            visitor = self.service.sign_ins.visitor(token)
            client = TestClient(self.app, headers={"x-form-token": visitor.form_token, "accept": "text/html"})
            client.cookies.set(COOKIE, token)
            self._clients[who] = client
        return self._clients[who]

    def forget_clients(self) -> None:
        """The next `client()` is a new browser."""
        self._clients.clear()


def open_house(database: Database, folder: Path, coach: Coach) -> House:
    """The service on this database; its lifespan must be entered by `with house.guest`."""
    url = database.url.render_as_string(hide_password=False)
    app = create_app(Settings(data_folder=folder, database_url=url), coach=coach)
    people = {who: add_user(database, *told) for who, told in PEOPLE.items()}
    return House(app, TestClient(app), people)
