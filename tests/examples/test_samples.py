"""The samples in docs/how-to/call-it-from-a-program.md, run as they stand, but for the hub's address."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django_scopes import scope

from doorsync.hub.users.models import InfoField, User
from doorsync.hub.users.queries import credentials_of
from tests.contracts.esws.clients import NODE
from tests.factories import world
from tests.factories.live import LiveHub
from tests.factories.node_packages import install_node_packages
from tests.factories.patience import PATIENCE

PAGE = (Path(__file__).parents[2] / "docs/how-to/call-it-from-a-program.md").read_text()
COMMANDS = {"python": [sys.executable, "-"], "php": ["php"], "js": ["node", "--input-type=module", "-"]}


def run(language: str, hub: LiveHub) -> str:
    (sample,) = re.findall(f"```{language}\n(.*?)```", PAGE, re.DOTALL)
    install_node_packages(NODE)
    done: subprocess.CompletedProcess[str] = subprocess.run(
        COMMANDS[language],
        input=sample.replace("https://doorsync.example.com", hub.url),
        cwd=NODE,  # where npm's soap is
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.client
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", COMMANDS)
def test_a_sample_makes_the_member_that_it_shows(hub: LiveHub, language: str) -> None:
    company = world.company()
    with scope(company=company):
        InfoField.objects.create(company=company, number=1, label="Member", function="external_id")
        told = run(language, hub)
        anna = User.objects.get(external_id="M-1042")

        assert told == f"{anna.number}\n"
        assert (anna.full_name, anna.info2, anna.expires) == ("Anna Jansen", "locker 7", "2027-11-30T23:59")
        assert credentials_of(anna) == {"card": {"36136500607727109"}}
        assert [group.name for group in anna.groups.all()] == ["Members"]
