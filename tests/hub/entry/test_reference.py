"""The reference pages name what there is, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from doorsync.agent.config import Config as AgentConfig
from doorsync.cli import COMMANDS, app
from doorsync.hub.settings.config import Config

DOCS = Path(__file__).parents[3] / "docs"


def test_settings_page_names_every_setting() -> None:
    text = (DOCS / "reference/settings.md").read_text()
    named = set(re.findall(r"^\| `(DOORSYNC_\w+)`", text, flags=re.MULTILINE))

    settings = {f"DOORSYNC_{name.upper()}" for name in Config.model_fields}
    settings |= {f"DOORSYNC_AGENT_{name.upper()}" for name in AgentConfig.model_fields}
    assert named == settings


def test_commands_page_names_every_command() -> None:
    text = (DOCS / "reference/cli.md").read_text()
    named = set(re.findall(r"^\| `doorsync ([a-z]+(?: [a-z-]+)?)", text, flags=re.MULTILINE))

    context = typer.main.get_command(app).make_context("doorsync", ["demo"])
    found = set()
    for name in COMMANDS:
        group = typer.main.get_command(app).get_command(context, name)  # type: ignore[attr-defined]  # it is a group
        found |= {f"{name} {each}" for each in group.commands} if hasattr(group, "commands") else {name}
    assert named == found


def test_company_file_page_shows_a_file_that_loads(tmp_path: Path) -> None:
    from doorsync.hub.imports.parsing import read_company_file

    text = (DOCS / "how-to/company-file.md").read_text()
    (tmp_path / "gym.yaml").write_text(re.findall(r"```yaml\n(.*?)```", text, flags=re.DOTALL)[0])
    people = re.findall(r"```text\n(.*?)```", text, flags=re.DOTALL)[0]
    (tmp_path / "people.csv").write_text(people.replace("4711;", "4712;").replace("1234567890", "1234567891"))

    reading = read_company_file(tmp_path / "gym.yaml")

    assert list(reading.faults) == []
    assert [person.user.id for person in reading.people] == ["4711", "4712"]
