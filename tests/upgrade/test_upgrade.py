"""Each version that was kept comes up on this one: database, keys, agent, terminals; and a removal goes through all of them."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.factories import databases
from tests.factories.stack import Stack, until
from tests.upgrade.kept import FOLDER, PEOPLE, TERMINALS

pytestmark = pytest.mark.django_db  # not Django's database, but PostgreSQL's turn must see these too
VERSIONS = sorted(path.name for path in FOLDER.iterdir())


@pytest.fixture(params=VERSIONS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """All of it put back, on other ports; nothing was started yet."""
    source = FOLDER / request.param / ("postgresql" if databases.URL else "sqlite")
    for name in ("agent", "terminals"):
        shutil.copytree(source / name, tmp_path / name)
    shutil.copytree(source / "hub", tmp_path / "hub")
    for folder in (tmp_path / "hub", *tmp_path.glob("*/**/")):
        folder.chmod(0o700)
    for file in [path for path in tmp_path.rglob("*") if path.is_file()]:
        file.chmod(0o600)
    made = Stack(tmp_path, cloud=True, terminals=TERMINALS)
    made.hub_environment["DOORSYNC_DATABASE_URL"] = databases.line(_restored(source / "database.gz", tmp_path / "hub"))
    identity = tmp_path / "agent/identity.json"
    told = json.loads(identity.read_text())
    identity.write_text(json.dumps({**told, "hub_url": made.url, "origins": [made.url]}))
    try:
        yield made
    finally:
        made.end_all()


def _restored(dump: Path, folder: Path) -> str:
    content = gzip.decompress(dump.read_bytes())
    name = databases.another()
    if name:
        with psycopg.connect(databases.line(name), autocommit=True) as there:
            there.execute(content)
    else:
        (folder / "hub.sqlite3").write_bytes(content)
    return name


@pytest.mark.requirement("O-03", mutation="the agent looks for its identity under another name")
def test_what_was_kept_comes_up_and_goes_on(kept: Stack) -> None:
    kept.start_terminals()
    assert "brings the database up to date" in kept.run(["hub", "check"]) or VERSIONS == ["0.1.0"]
    kept.start_hub()
    assert kept.run(["company", "list"]).startswith(f"gym  Gym: 2 locations, 2 terminals, {len(PEOPLE)} users")
    kept.start_agent()
    until(lambda: "connected" in kept.run(["agent", "status"], "", kept.agent_environment), "the agent connecting")
    assert {len(kept.people(name)) for name in TERMINALS} == {len(PEOPLE)}

    kept.load([person for person in PEOPLE if person["id"] != "2"])
    kept.press()
    until(lambda: all("Bob" not in str(kept.people(name)) for name in TERMINALS), "Bob being gone")
    assert {len(kept.people(name)) for name in TERMINALS} == {len(PEOPLE) - 1}
