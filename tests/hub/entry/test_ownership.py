"""A hub starts on its own database with its own keys, or not at all."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from doorsync.hub.entry import ownership
from tests.factories import databases
from tests.factories.patience import PATIENCE
from tests.factories.world import SAMPLE_CODE
from tests.hub.entry.test_server import DOORSYNC, environment

pytestmark = pytest.mark.django_db  # not Django's database, but PostgreSQL's turn must see these too
COMPANY = "company: {slug: gym, name: Gym}\nagents: [Agent]\nadministrators: [{username: admin}]\n"
EVERY_START = [("hub", "run"), ("hub", "check"), ("company", "list")]


@dataclass
class Installation:
    """A data folder with keys, and its database."""

    data: Path
    database: str = ""

    def said(self, *words: str, entered: str = "", ends: int = 0) -> str:
        done = subprocess.run(
            [*DOORSYNC, *words],
            env=environment(self.data, DOORSYNC_DATABASE_URL=databases.line(self.database)),
            input=entered,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == ends, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def refuses(self) -> str:
        """What every start says; nothing is written meanwhile."""
        before = self.files()
        (said,) = {self.said(*words, ends=1) for words in EVERY_START}
        assert self.files() == before
        return said

    def files(self) -> list[str]:
        return sorted(str(path) for path in self.data.rglob("*") if not path.name.endswith((".lock", "-wal", "-shm")))

    def execute(self, *statements: str) -> None:
        databases.execute(self.database, self.data / "hub.sqlite3", *statements)

    def copy(self, folder: Path) -> Installation:
        shutil.copytree(self.data, folder)
        return Installation(folder, databases.another(self.database) if self.database else "")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    folder = tmp_path_factory.mktemp("loaded")
    made = Installation(folder / "data", databases.another())
    (folder / "gym.yaml").write_text(COMPANY)
    made.said(
        "company", "load", str(folder / "gym.yaml"), "--code-stdin", "--password-stdin", entered=f"{SAMPLE_CODE}\npasswrod\n"
    )
    return made


@pytest.fixture
def own(loaded: Installation, tmp_path: Path) -> Installation:
    return loaded.copy(tmp_path / "data")


@pytest.mark.requirement("O-02", mutation="belonging.check_keys not called: the hub starts with new keys")
@pytest.mark.parametrize("lost", ["", "kek.key", "index.key"])
def test_lost_keys_stop_every_start_and_nothing_is_made_in_their_place(own: Installation, lost: str) -> None:
    if lost:
        (own.data / "keys" / lost).unlink()
    else:
        shutil.rmtree(own.data / "keys")

    said = own.refuses()

    assert (lost or "index.key, kek.key") in said
    assert "Put that folder back from its backup" in said


@pytest.mark.requirement(
    "O-02", mutation="marks.of compares nothing: codes of companies are then not found, and nobody knows why"
)
@pytest.mark.parametrize("key", ["kek", "index"])
def test_keys_of_another_installation_stop_every_start(own: Installation, key: str) -> None:
    (own.data / "keys" / f"{key}.key").write_text("ab" * 32)

    said = own.refuses()

    assert f"made with: {key} differ" in said
    assert "ab" * 32 not in said


def test_another_kek_is_noticed_in_a_database_that_has_no_marks_yet(own: Installation) -> None:
    own.execute("DELETE FROM companies_keymark")
    (own.data / "keys/kek.key").write_text("ab" * 32)

    assert "kek differ" in own.refuses()


def test_lost_keys_of_enrolled_agents_stop_every_start(own: Installation) -> None:
    own.execute("UPDATE terminals_agent SET keys = '{}'")
    (own.data / "keys/agents.json").unlink(missing_ok=True)

    assert "agents.json missing" in own.refuses()


@pytest.mark.requirement("O-02", mutation="readiness.check_keys not called")
@pytest.mark.parametrize("name", ["kek.key", "."])
def test_keys_that_others_can_read_stop_every_start(own: Installation, name: str) -> None:
    (own.data / "keys" / name).chmod(0o755)

    said = own.refuses()

    assert f"chmod -R go= {own.data / 'keys'}" in said


@pytest.mark.requirement("O-03", mutation="migrations that are not known are not looked at: older code runs on newer tables")
def test_older_hub_refuses_the_database_of_a_newer_one(own: Installation) -> None:
    own.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sync', '0999_from_the_future', '2030-01-01')")

    said = own.refuses()

    assert "a newer Doorsync (sync.0999_from_the_future)" in said


@pytest.mark.requirement("O-03", mutation="tables of others are not looked at: Doorsync's are made beside them")
@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE guests (id integer)"],
        [
            "CREATE TABLE django_migrations (id integer, app varchar(99), name varchar(99), applied timestamp)",
            "CREATE TABLE auth_user (id integer)",
            "INSERT INTO django_migrations (id, app, name) VALUES (1, 'auth', '0001_initial')",
        ],
        [
            "CREATE TABLE django_migrations (id integer, app varchar(99), name varchar(99), applied timestamp)",
            "INSERT INTO django_migrations (id, app, name) VALUES (1, 'shop', '0001_initial')",
        ],
    ],
)
def test_database_of_another_program_is_refused(tmp_path: Path, statements: list[str]) -> None:
    own = Installation(tmp_path / "data", databases.another())
    own.data.mkdir(mode=0o700)
    own.execute(*statements)

    assert "another program's" in own.refuses()


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    if databases.URL:
        pytest.skip("there is no file")
    own = Installation(tmp_path / "data")
    own.data.mkdir(mode=0o700)
    (own.data / "hub.sqlite3").write_text("no database at all, but a text that is long enough to be looked at as one" * 20)

    assert "hub.sqlite3 cannot be used: file is not a database." in own.refuses()


def test_own_database_with_its_keys_is_right_and_every_migration_is_known(own: Installation) -> None:
    assert own.said("hub", "check") == "The settings are right.\n"
    assert own.said("company", "list").startswith("gym ")
    assert {"companies", "sync", "users"} <= {app for app, _ in ownership.known_migrations()}


def test_check_changes_nothing_and_says_what_the_next_start_will(own: Installation) -> None:
    own.execute(
        "DELETE FROM django_migrations WHERE app = 'companies' AND name = '0002_key_marks'", "DROP TABLE companies_keymark"
    )

    assert "The next start brings the database up to date: 1 changes" in own.said("hub", "check")
    own.execute("DELETE FROM django_migrations WHERE app = 'nobody'")
    assert "up to date: 1 changes" in own.said("hub", "check"), "it did not do it itself"


@pytest.mark.parametrize("name", ["index", "agents"])
def test_key_that_is_lost_for_good_is_replaced_when_somebody_says_so(own: Installation, name: str) -> None:
    own.execute("UPDATE terminals_agent SET keys = '{}'")
    file = own.data / "keys" / {"index": "index.key", "agents": "agents.json"}[name]
    if not (own.data / "keys/agents.json").exists():
        own.said("hub", "new-key", "agents")
    file.unlink()
    assert file.name in own.refuses()

    assert f"A new {file.name} is made" in own.said("hub", "new-key", name)

    assert own.said("hub", "check") == "The settings are right.\n"
    assert "is there" in own.said("hub", "new-key", name, ends=1)


def test_kek_is_never_replaced(own: Installation) -> None:
    (own.data / "keys/kek.key").unlink()

    assert "cannot be read without it" in own.said("hub", "new-key", "kek", ends=1)
    assert "kek.key is missing too" in own.said("hub", "new-key", "index", ends=1) or (own.data / "keys/index.key").exists()
    assert not (own.data / "keys/kek.key").exists()
