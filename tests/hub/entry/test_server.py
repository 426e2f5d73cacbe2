"""The hub as a process: it starts on an empty folder, says what is wrong, and ends when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.factories import migrated
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound

DOORSYNC = [sys.executable, "-m", "doorsync"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOORSYNC_", "DJANGO_"))}
    return {**kept, "DOORSYNC_DATA": str(folder), "DOORSYNC_PORT": "0", **more}


@contextmanager
def hub(folder: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with (
        (folder.parent / "hub.log").open("w") as log,
        subprocess.Popen(
            [*DOORSYNC, "hub", "run"], env=environment(folder, **more), stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout
        try:
            yield process, process.stdout.readline().split()[-1]
        finally:
            process.kill()


def answer(url: str) -> int:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except urllib.error.URLError:
            assert time.monotonic() < deadline, "the hub did not answer"
            time.sleep(0.05)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_hub_starts_on_an_empty_folder_and_ends_when_told(tmp_path: Path, ending: signal.Signals) -> None:
    token = "cd" * 64
    with hub(tmp_path / "data") as (process, origin):
        assert answer(f"{origin}/webservicesesws?wsdl") == 200
        assert answer(f"{origin}/users/totalSyncUsersLogin/{token}") < 500
        process.send_signal(ending)
        process.wait(PATIENCE)

    written = (tmp_path / "hub.log").read_text()
    assert token not in written
    assert '"route": "webservicesesws"' in written
    assert (tmp_path / "data/hub.sqlite3").exists()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def refused(tmp_path: Path, *words: str, **more: str) -> str:
    done = subprocess.run(
        [*DOORSYNC, *words],
        env=environment(tmp_path / "data", **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_port_in_use_is_said_and_nothing_written(tmp_path: Path) -> None:
    with bound() as taken:
        taken.listen()
        said = refused(tmp_path, "hub", "run", DOORSYNC_PORT=str(taken.getsockname()[1]))

    assert "Cannot listen on 127.0.0.1" in said
    assert "DOORSYNC_PORT" in said
    assert len(said.splitlines()) == 1


def test_unwritable_data_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    said = refused(tmp_path, "hub", "run")

    assert "cannot be written to" in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / "data").read_text() == "a file, not a folder"


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("DOORSYNC_PORT", "many", "DOORSYNC_PORT"),
        ("DOORSYNC_PUBLIC_URL", "doorsync.example.com", "DOORSYNC_PUBLIC_URL"),
        ("DOORSYNC_TRUSTED_PROXIES", "10.0.0.0/8", 'DOORSYNC_TRUSTED_PROXIES: is not a list in JSON, like ["10.0.0.0/8"].'),
        ("DOORSYNC_PROVIDER_NETWORKS", "10.0.0.0/8", 'DOORSYNC_PROVIDER_NETWORKS: is not a list in JSON, like ["10.0.0.0/8"].'),
        ("DOORSYNC_TRUSTED_PROXIES", '["somewhere"]', "DOORSYNC_TRUSTED_PROXIES: "),
        ("DOORSYNC_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "DOORSYNC_DATABASE_URL: the database cannot be used: "),
        ("DOORSYNC_DATABASE_URL", "postgresql://me:pa@ss@db/x", "DOORSYNC_DATABASE_URL: there is an @ in its host"),
        ("DOORSYNC_DATABASE_URL", "postgresql://me:pass@127.0.0.1:1/x?sslmode=ful", 'invalid sslmode value: "ful"'),
        ("DOORSYNC_DATABASE_URL_FILE", "/nowhere/at-all", "DOORSYNC_DATABASE_URL_FILE: /nowhere/at-all cannot be read"),
        ("DOORSYNC_DATA", "", "DOORSYNC_DATA: is empty."),
        ("DOORSYNC_DEMO", "perhaps", "DOORSYNC_DEMO: "),
        ("DOORSYNC_PROT", "8000", "DOORSYNC_PROT is not a setting. Did you mean DOORSYNC_PORT?"),
        ("DOORSYNC_PUBLC_URL", "https://x", "DOORSYNC_PUBLC_URL is not a setting. Did you mean DOORSYNC_PUBLIC_URL?"),
        ("doorsync_prot", "8000", "doorsync_prot is not a setting. Did you mean DOORSYNC_PORT?"),
        ("DOORSYNC_HOST", "0.0.0.0", "DOORSYNC_PUBLIC_URL: nobody can open http://0.0.0.0:"),
    ],
)
@pytest.mark.requirement("O-02", mutation="names that are no setting are ignored")
def test_check_names_the_wrong_setting(tmp_path: Path, setting: str, value: str, said: str) -> None:
    found = refused(tmp_path, "hub", "check", **{setting: value})

    assert said in found
    assert len(found.splitlines()) <= 2


def test_check_is_content_with_the_defaults(tmp_path: Path) -> None:
    done = subprocess.run(
        [*DOORSYNC, "hub", "check"],
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )

    assert done.stdout == "The settings are right.\n"


def test_check_is_content_beside_the_running_hub(tmp_path: Path) -> None:
    migrated.put_into(tmp_path / "data")
    with hub(tmp_path / "data") as (_, origin):
        port = origin.rsplit(":", 1)[1]
        done = subprocess.run(
            [*DOORSYNC, "hub", "check"],
            env=environment(tmp_path / "data", DOORSYNC_PORT=port),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.stdout, done.stderr, done.returncode) == ("The settings are right.\n", "", 0)


def test_check_names_a_port_that_another_program_has(tmp_path: Path) -> None:
    with bound() as taken:
        taken.listen()
        assert "Cannot listen on" in refused(tmp_path, "hub", "check", DOORSYNC_PORT=str(taken.getsockname()[1]))
