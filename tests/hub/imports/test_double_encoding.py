"""Names in a file that were encoded twice are told with their row before the file is taken, and are taken as they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django_scopes import scopes_disabled
from typer.testing import CliRunner

from doorsync.cli import app
from doorsync.hub.companies.models import Company
from doorsync.hub.imports.double_encoding import MOST, double_encoded_people
from doorsync.hub.imports.parsing import CsvOptions, FilePerson, read_people_file
from doorsync.hub.users.files.file_faults import FileFault
from doorsync.hub.users.files.text_file import Upload
from doorsync.hub.users.models import Group
from tests.factories import world

TWICE = "Müller".encode().decode("cp1252")
FILE = """company: {{slug: club, name: Club}}
groups: [Runners, {twice}]
users:
  - {{id: '7', last_name: {twice}, pin: '{twice}'}}
"""


def people(rows: str) -> list[FilePerson]:
    faults: list[FileFault] = []
    read = read_people_file(Upload("p.csv", ("id;last_name;pin\n" + rows).encode()), CsvOptions(), faults)
    assert not faults
    return list(read.people)


@pytest.mark.requirement("D-04", mutation="names that were encoded twice taken without a word")
def test_row_and_right_name_are_told() -> None:
    told = double_encoded_people(people(f"1;Guimarães;\n2;{TWICE};\n"))
    assert [each.split(". ")[0] for each in told] == [
        f"p.csv:3: “{TWICE}” was probably encoded twice, and should be “Müller”"
    ]  # fmt: skip


@pytest.mark.requirement("D-05", mutation="the PIN column looked through for names")
def test_pins_are_not_repeated() -> None:
    assert double_encoded_people(people(f"1;Vries;{TWICE}\n")) == []


def test_no_more_are_told_than_somebody_reads() -> None:
    told = double_encoded_people(people("".join(f"{n};{TWICE};\n" for n in range(MOST + 3))))
    assert told[MOST:] == ["3 more names were encoded twice."]


@pytest.mark.django_db(transaction=True)
def test_company_file_is_told_of_names_of_groups_too(tmp_path: Path) -> None:
    world.company(slug="club")
    file = tmp_path / "club.yaml"
    file.write_text(FILE.format(twice=TWICE).replace(f"'{TWICE}'", "'4711'"), encoding="utf-8")
    tried = CliRunner().invoke(app, ["company", "load", str(file), "--dry-run", "--json"])
    warnings = json.loads(tried.stdout)["warnings"]
    assert [each.split(":")[1] for each in warnings] == ["2", "4"]
    done = CliRunner().invoke(app, ["company", "load", str(file)])
    assert done.exit_code == 0
    assert done.stderr.count("should be “Müller”") == 2
    with scopes_disabled():
        assert Group.objects.filter(name=TWICE).exists()


@pytest.mark.django_db(transaction=True)
def test_file_of_a_new_company_is_told_before_it_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "club.yaml"
    file.write_text(FILE.format(twice=TWICE).replace(f"'{TWICE}'", "'4711'"), encoding="utf-8")
    done = CliRunner().invoke(app, ["company", "load", str(file), "--code-stdin"], input="Aa3^;+#xBb4^;+#yCc5^;+#zDd6^;+#w\n")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("should be “Müller”") == 2
    assert Company.objects.filter(slug="club").exists()
