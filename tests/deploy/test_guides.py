"""What the guides say can be done as it stands: everything installed by hash, and the pages' own files load together."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.patience import PATIENCE
from tests.hub.entry.test_server import environment

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [ROOT / "docs/how-to/run-it-for-real.md", ROOT / "docs/how-to/install-an-agent.md"]
CODE = "abcdefghijklmnopqrstuvwxyz012345"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_everything_is_installed_by_hash_and_nothing_fetched_to_build(guide: Path) -> None:
    commands = re.findall(r"^\s*(/opt/doorsync/bin/pip install .*)$", guide.read_text(), flags=re.MULTILINE)

    assert len(commands) == 2
    for command in commands:
        named = re.search(r"--require-hashes -r (requirements/\w+\.txt)$", command)
        assert named or command.endswith("--no-deps --no-build-isolation .")
        assert not named or (ROOT / named[1]).exists()


@pytest.mark.parametrize("name", ["hub", "agent", "run", "dev"])
def test_every_pin_has_a_hash_and_the_build_tools_are_among_them(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text()
    pins = re.split(r"\n(?=[a-z0-9])", "\n" + text)[1:]

    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
    assert {"hatchling", "editables"} <= {re.split(r"[=\[]", pin)[0] for pin in pins}
    assert "django==" not in text or name != "agent"
    assert "://" not in text


@pytest.mark.parametrize("name", ["hub", "agent"])
def test_each_half_is_pinned_like_the_whole(name: str) -> None:
    whole = dict(
        re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", (ROOT / "requirements/run.txt").read_text(), flags=re.MULTILINE)
    )
    half = re.findall(
        r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", (ROOT / f"requirements/{name}.txt").read_text(), flags=re.MULTILINE
    )

    assert {package: version for package, version in half if whole.get(package) != version} == {}


def test_company_file_of_its_page_loads_together_with_the_people_of_that_page(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/company-file.md").read_text()
    for name, pattern in (("gym.yaml", r"```yaml\n(.*?)```"), ("people.csv", r"```text\n(id;.*?)```")):
        found = re.search(pattern, page, flags=re.DOTALL)
        assert found
        (tmp_path / name).write_text(found[1])

    done = subprocess.run(
        [sys.executable, "-m", "doorsync", "company", "load", "gym.yaml", "--yes", "--code-stdin", "--password-stdin"],
        input=f"{CODE}\nanna-password-1\n",
        cwd=tmp_path,
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE,  # with all migrations, on a busy machine
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "2 users" in done.stdout
