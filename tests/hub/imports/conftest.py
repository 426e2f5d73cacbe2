"""A company file to begin with, and a quick way to load it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from doorsync.hub.imports.company_load import Loaded, load_company
from doorsync.hub.imports.parsing import read_company_file

GYM = dedent(
    """\
    company:
      slug: gym
      name: Harbour Gym
      code: ^4p;tU0Q+#dEIhTWkuj5FnLD^aKWqVu0
      guard: {people: 15}
      frame_origins: [https://desk.example.com]
    locations:
      - {name: Harbour, time_zone: Europe/Amsterdam}
      - {name: Island, time_zone: America/Curacao}
    agents: [Cellar]
    terminals:
      - {name: Front, location: Harbour, agent: Cellar, make: virtual, address: "127.0.0.1:1"}
      - {name: Beach, location: Island, agent: Cellar, make: virtual, address: "127.0.0.1:2"}
    groups: [Members, Staff]
    zones:
      - {name: Everywhere, terminals: [Front, Beach]}
    schedules:
      - {name: Day, hours: [mon-fri 07:00-22:00, sat 08:00-18:00]}
    rights:
      - {group: Members, zone: Everywhere, schedule: Day}
    administrators:
      - {username: username, filter: {locations: [Harbour], groups: [Members]}}
    users:
      - {id: a, first_name: Alice, last_name: Adams, groups: Members, cards: 0100, pin: 0123, expires: 2026-12-31}
      - {id: b, first_name: Bob, last_name: Baker, groups: [Members, Staff], cards: [200, 300]}
    """
)


class Given:
    """Secrets as a person would type them."""

    asked: list[str]

    def __init__(self) -> None:
        self.asked = []

    def code(self, company: str) -> str:
        self.asked.append(company)
        return "abcdefghijklmnopqrstuvwxyz;^+#&<"

    def password(self, username: str) -> str:
        self.asked.append(username)
        return "passwrod"


Load = Callable[..., Loaded]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """`load(text, people.csv's text)`."""

    def loading(text: str = GYM, people: str | bytes | None = None, secrets: Given | None = None) -> Loaded:
        path = tmp_path / "gym.yaml"
        path.write_text(text)
        if people is not None:
            (tmp_path / "people.csv").write_bytes(people.encode() if isinstance(people, str) else people)
        return load_company(read_company_file(path), secrets or Given())

    return loading
