"""The demo as a newcomer meets it: two commands, a link, one press."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories.demo import COMMAND, demo, environment
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound


def processes_of(folder: Path) -> list[str]:
    """Whoever still runs with this folder in his words or settings."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in told and int(process.name) != os.getpid():
            found.append(process.name)
    return found


@pytest.mark.browser
def test_newcomer_gets_from_the_sample_to_the_terminals_and_finds_it_all_again(tmp_path: Path, page: Page) -> None:
    with demo(tmp_path) as first:
        assert "company harbour-gym, name username, password passwrod" in first.said
        before = first.held()
        assert before != first.wanted()
        page.goto(first.link + first.token())
        page.get_by_role("button", name="Sync", exact=True).click()
        page.wait_for_url("**/sync/runs/*/**")
        expect(page.locator("#live")).to_contain_text("2 of 3 terminals are up to date")
        assert first.held() == first.wanted()
        changed = {name: len(held ^ before[name]) for name, held in first.held().items()}
        assert min(changed.values()) > 0
        page.goto("about:blank")
        assert first.end(signal.SIGINT) == 0
        address, held = first.address, first.held()
    assert processes_of(tmp_path) == []

    with demo(tmp_path) as second:
        assert second.address == address
        assert "Setting up" not in second.said
        assert second.held() == held
        page.goto(f"{second.address}/sign-in/")
        assert second.end(signal.SIGTERM) == 0
    assert processes_of(tmp_path) == []


def test_demo_stopped_on_its_first_day_goes_on(tmp_path: Path) -> None:
    with subprocess.Popen(COMMAND, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any(line.startswith("Bringing") for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()

    with demo(tmp_path) as again:
        assert len(again.held()["Front door"]) > 200


def refused(folder: Path, **settings: str) -> str:
    done = subprocess.run(
        COMMAND, cwd=folder, env=environment(**settings), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("setting", "value"), [("DOORSYNC_HOST", "0.0.0.0"), ("DOORSYNC_PUBLIC_URL", "https://doorsync.example.com")]
)
def test_demo_refuses_to_be_reached_from_elsewhere(tmp_path: Path, setting: str, value: str) -> None:
    assert setting in refused(tmp_path, **{setting: value})
    assert not (tmp_path / "var/hub.sqlite3").exists()


def test_demo_says_that_its_port_is_in_use(tmp_path: Path) -> None:
    with bound() as taken:
        taken.listen()
        assert "Cannot listen on 127.0.0.1" in refused(tmp_path, DOORSYNC_PORT=str(taken.getsockname()[1]))


def test_demo_says_that_its_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")

    assert "cannot be written to" in refused(tmp_path)
    assert (tmp_path / "var").read_text() == "in the way"
