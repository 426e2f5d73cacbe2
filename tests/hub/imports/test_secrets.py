"""No message repeats a card or a PIN, be the file as wrong as it may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django_scopes import scope

from tests.factories import world
from tests.factories.gym import Gym, gym
from tests.factories.sinks import leaks
from tests.hub.entry.commands.test_commands import run
from tests.hub.imports.conftest import GYM

pytestmark = pytest.mark.django_db

CARD, PIN, HEX = "7194107897", "604257", "25c2451bfe"
CANARIES = {"card": CARD, "pin": PIN, "hex card": HEX, "code": world.SAMPLE_CODE}
ROW = f"4711;Baker;{CARD};{PIN};{HEX}"

TABLES = {
    "no header": f"{ROW}\n4712;Cook;3548205164;0815;1\n",
    "no header, id in it": f"id;{CARD};{PIN};{HEX}\n{ROW}\n",
    "header of other names": f"number;name;card;secret\n{ROW}\n",
    "columns shifted to the left": f"id;last_name;expires;starts;groups\n{ROW}\n",
    "columns shifted to the right": f"id;groups;last_name;starts;expires\n{ROW}\n",
    "cards as names of groups": f"id;last_name;groups;pin;cards\n{ROW}\n",
    "cards as ids, twice": f"last_name;pin;id\nA;{PIN};{CARD}\nB;{PIN};{CARD}\n",
    "card twice": f"id;last_name;cards\n1;A;{CARD}\n2;B;0{CARD}\n",
    "pin twice": f"id;last_name;pin\n1;A;{PIN}\n2;B;{PIN}\n",
    "card of somebody": f"id;last_name;cards\n1;A;{CARD}9\n",
    "card in hexadecimal": f"id;last_name;cards\n1;A;{HEX}\n",
    "card with a letter": f"id;last_name;cards\n1;A;{CARD}x\n",
    "card with a space": f"id;last_name;cards\n1;A;{CARD[:5]} {CARD[5:]}\n",
    "card too long": f"id;last_name;cards\n1;A;{CARD * 3}\n",
    "pin with a letter": f"id;last_name;pin\n1;A;{PIN}x\n",
    "pin as a formula": f"id;last_name;pin\n1;A;=SUM({PIN})\n",
    "row too short": f"id;last_name;cards;pin;x\n1;A;{CARD};{PIN}\n",
    "row too long": f"id;last_name\n{ROW}\n",
    "quotation mark left open": f'id;last_name;cards\n1;A;"{CARD}\n2;B;{PIN}\n',
    "quotation mark within": f'id;last_name;cards\n1;A;"{CARD}" {PIN}\n',
    "one column too many": f"id;last_name;cards;pin;{HEX}\n{ROW}\n",
    "moment": f"id;last_name;starts\n1;A;2026-12-31 {CARD}\n2;B;{PIN}\n",
    "control character": f"id;last_name;first_name\n1;A{CARD}\x0b;{PIN}\x00\n",
    "not UTF-8": f"id;last_name;cards\n1;\xff;{CARD}\n",
    "very long": f"id;last_name;cards\n1;A;{CARD * 30000}\n",
    "several pins": f"id;last_name;pin\n1;A;{PIN}|{PIN}1\n",
}

SECTION = "company: {slug: gym, name: Harbour Gym}\n"
FILES = {
    "bracket left open": f"{SECTION}users: [{{id: 1, last_name: A, cards: [{CARD}, pin: {PIN}}}]\n",
    "quotation mark left open": f'{SECTION}users:\n  - {{id: 1, last_name: A, pin: "{PIN}}}\n',
    "comma forgotten": f"{SECTION}users: [{{id: 1, last_name: A, pin: {PIN} {CARD}}}]\n",
    "colon forgotten": f"{SECTION}users: [{{id: 1, last_name: A, pin {PIN}, {CARD}}}]\n",
    "value as a name": f"{SECTION}users: [{{id: 1, last_name: A, {CARD}: {PIN}}}]\n",
    "name twice": f"{SECTION}users: [{{id: 1, {CARD}: 1, {CARD}: 2}}]\n",
    "tag": f"{SECTION}users: [{{id: 1, pin: !{PIN} x, cards: !t!{CARD} y}}]\n",
    "anchor": f"{SECTION}users: [{{id: 1, pin: &{PIN} 1, cards: *{CARD}}}]\n",
    "anchor unknown": f"{SECTION}users: [{{id: *{CARD}}}]\n",
    "escape": f'{SECTION}users: [{{id: 1, pin: "\\q{PIN}"}}]\n',
    "percent": f"{SECTION}users: [{{id: 1, pin: %{PIN}}}]\n",
    "a list for a text": f"{SECTION}users: [{{id: 1, last_name: A, pin: [{PIN}]}}]\n",
    "fields for a text": f"{SECTION}users: [{{id: 1, last_name: {{pin: {PIN}}}, cards: {{a: {CARD}}}}}]\n",
    "a text for fields": f"{SECTION}users: [{CARD}, {PIN}]\n",
    "a text for a list": f"{SECTION}users: {CARD}\n",
    "card as a group": f"{SECTION}users: [{{id: 1, last_name: A, groups: {CARD}, starts: {PIN}}}]\n",
    "card as a section": f"{SECTION}{CARD}: {PIN}\n",
    "code in a wrong place": f'company: {{slug: gym, name: X, "{world.SAMPLE_CODE}": 1}}\n',
    "code as a section": f"company: {{slug: gym, name: X}}\n? '{world.SAMPLE_CODE}'\n: 1\n",
    "code with a letter too many": f"company: {{slug: gym, name: X, code: '{world.SAMPLE_CODE}x'}}\n",
    "two documents": f"{SECTION}---\n{CARD}\n",
    "tab": f"{SECTION}users:\n\t- {CARD}\n",
    "only words": f"{CARD} {PIN} {HEX} {world.SAMPLE_CODE}\n",
}


@pytest.fixture(autouse=True)
def club() -> Iterator[Gym]:
    made = gym()
    made.company.slug = "gym"
    made.company.save()
    world.user(made.company, "Zed", number=77, card=f"{CARD}9")
    with scope(company=made.company):
        yield made


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.requirement("D-05", mutation="a moment's message repeats the cell; an unknown column is named as it stands")
def test_no_message_of_a_table_repeats_a_secret(name: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(TABLES[name].encode("latin-1"))

    for options in ([], ["--dry-run", "--json"], ["--complete", "--card-format", "hex"]):
        _, said = run("user", "import", str(path), "--company", "gym", *options)

        assert said
        assert leaks(CANARIES, {"said": said.encode()}) == []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.requirement("D-05", mutation="a YAML error is told in the library's words")
def test_no_message_of_a_company_file_repeats_a_secret(name: str, tmp_path: Path) -> None:
    path = tmp_path / "gym.yaml"
    path.write_text(FILES[name])

    code, said = run("company", "load", str(path))

    assert code == 1, said
    assert leaks(CANARIES, {"said": said.encode()}) == []


def test_loaded_files_show_no_secret_either(tmp_path: Path) -> None:
    path, people = tmp_path / "other.yaml", tmp_path / "people.csv"
    path.write_text(GYM.replace("slug: gym", "slug: other").replace("^4p;", "_7q;").replace("0123", PIN).replace("0100", CARD))
    people.write_text(f"id;last_name;cards;pin\n1;A;{CARD}1;{PIN}\n2;B;;{PIN}\n")

    said = [
        run("company", "load", str(path), *options, "--password-stdin", stdin="passwrod\n")
        for options in (("--dry-run",), (), ("--dry-run", "--json"))
    ]
    said += [run("user", "import", str(people), "--company", "other", *options) for options in (("--dry-run",), ("--json",), ())]

    assert [code for code, _ in said] == [0] * 6
    assert leaks(CANARIES, {"said": "".join(text for _, text in said).encode()}) == []
