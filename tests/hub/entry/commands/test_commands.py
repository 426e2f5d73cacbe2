"""The commands as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django_scopes import scope, scopes_disabled
from typer.testing import CliRunner

from doorsync.cli import app
from doorsync.hub.administrators.models import Administrator
from doorsync.hub.administrators.second_factor import find_factor
from doorsync.hub.audit.models import Entry
from doorsync.hub.companies.models import Company
from doorsync.hub.terminals.enrolment import redeem_code
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import User
from doorsync.messages.keys import KeyPairs
from tests.factories import world
from tests.factories.patience import PATIENCE
from tests.factories.second_factors import with_app
from tests.hub.imports.conftest import GYM


def run(*words: str, stdin: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.output


@pytest.mark.django_db
def test_company_load_takes_secrets_from_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "gym.yaml"
    path.write_text("\n".join(line for line in GYM.splitlines() if "code:" not in line))

    code, said = run("company", "load", str(path), "--code-stdin", "--password-stdin", stdin=f"{world.SAMPLE_CODE}\npasswrod\n")

    assert (code, said.splitlines()[0]) == (0, "Harbour Gym (gym)")
    assert Company.objects.get().slug == "gym"
    assert world.SAMPLE_CODE not in said
    assert run("company", "list")[1] == "gym  Harbour Gym: 2 locations, 2 terminals, 2 users\n"


@pytest.mark.django_db
def test_missing_secret_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "gym.yaml"
    path.write_text(GYM)

    for words, stdin in [(("--password-stdin",), ""), ((), "passwrod\n")]:
        code, said = run("company", "load", str(path), *words, stdin=stdin)
        assert code == 1
        assert len(said.splitlines()) == 1
    assert not Company.objects.exists()


@pytest.mark.django_db
def test_admin_add_and_passwd() -> None:
    world.company(slug="gym")

    assert run("admin", "add", "anna", "--company", "gym", "--password-stdin", stdin="pass with spaces \n")[0] == 0
    with scopes_disabled():
        anna = Administrator.objects.get()
        assert anna.check_password("pass with spaces ")
    assert run("admin", "passwd", "anna", "--company", "gym", "--password-stdin", stdin="another one\n")[0] == 0
    with scopes_disabled():
        assert Administrator.objects.get().check_password("another one")


@pytest.mark.django_db
def test_admin_reset_second_factor_lets_the_password_be_enough_again() -> None:
    anna = world.administrator(world.company(slug="gym"), username="anna")
    words = ("admin", "reset-second-factor", "anna", "--company", "gym")
    assert run(*words) == (1, "The second factor is not on. Nothing was changed.\n")
    with_app(anna)
    assert run(*words)[0] == 0
    assert find_factor(anna) is None
    with scopes_disabled():
        assert Entry.objects.get(event="second-factor.reset").actor["via"] == "command-line"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("admin", "add", "anna", "--company", "nowhere"), "There is no company 'nowhere'. There are: gym."),
        (("admin", "passwd", "nobody", "--company", "gym"), "no administrator with this username"),
        (("admin", "add", "anna", "--company", "gym", "--password-stdin"), "8 to 1000 characters"),
        (("company", "agent-code", "gym", "Attic"), "There is no agent 'Attic'. There are: Cellar."),
        (("user", "import", "nowhere.csv", "--company", "gym"), "cannot be read"),
        (("company", "load", "nowhere.yaml"), "cannot be read"),
    ],
)
def test_mistakes_are_told_and_change_nothing(words: tuple[str, ...], said: str) -> None:
    world.agent(world.company(slug="gym"), "Cellar")

    code, output = run(*words, stdin="short\n")

    assert code == 1
    assert said in output
    assert "Traceback" not in output


@pytest.mark.django_db
def test_user_import_adds_changes_and_with_complete_removes(tmp_path: Path) -> None:
    company = world.company(slug="gym")
    world.group(company, "Members")
    path = tmp_path / "people.csv"
    path.write_text("id,last_name,groups\n1,Adams,Members\n2,Baker,\n")

    assert run("user", "import", str(path), "--company", "gym") == (0, "Added 2 users.\n")
    path.write_text("id,last_name,groups\n1,Adams-Clark,Members\n")
    assert run("user", "import", str(path), "--company", "gym") == (0, "Changed 1 user.\n")
    assert run("user", "import", str(path), "--company", "gym", "--complete") == (0, "Removed 1 user.\n")
    with scope(company=company):
        assert [user.last_name for user in User.objects.all()] == ["Adams-Clark"]


@pytest.mark.django_db
def test_user_import_finds_the_separator_or_takes_the_named_one(tmp_path: Path) -> None:
    company = world.company(slug="gym")
    path = tmp_path / "people.csv"
    path.write_text('id|"last_name"\n1|"Adams; Baker, Cook"\n')

    code, said = run("user", "import", str(path), "--company", "gym", "--separator", "comma")
    assert (code, "name its separator" in said) == (1, True)
    assert run("user", "import", str(path), "--company", "gym", "--separator", "^")[0] == 2
    assert run("user", "import", str(path), "--company", "gym", "--separator", "pipe") == (0, "Added 1 user.\n")
    path.write_text('id|"last_name"\n1|"Dean, Evans"\n')
    assert run("user", "import", str(path), "--company", "gym") == (0, "Changed 1 user.\n")
    with scope(company=company):
        assert User.objects.get().last_name == "Dean, Evans"


@pytest.mark.django_db
def test_user_import_tells_which_rows_name_or_may_name_the_same_person(tmp_path: Path) -> None:
    world.company(slug="gym")
    path = tmp_path / "people.csv"
    path.write_text("id,last_name\n1,Adams\n1,Baker\n2,Cook\n1,Dean\n")
    code, said = run("user", "import", str(path), "--company", "gym")
    assert code == 1
    for line in (3, 5):
        assert f"people.csv:{line}: id: The same person stands at people.csv:2 already." in said

    path.write_text("id,last_name\na1,Adams\nA1,Adams\n")
    alike = (
        "people.csv:2 and people.csv:3 have ids that differ only in zeros before them, in case or in the width of letters: "
        "do they name the same person?"
    )
    code, said = run("user", "import", str(path), "--company", "gym", "--dry-run")
    assert (code, f"Perhaps the same person:\n  {alike}\n" in said) == (0, True)
    code, said = run("user", "import", str(path), "--company", "gym", "--yes")
    assert (code, alike in said, "Added 2 users." in said) == (0, True, True)


@pytest.mark.django_db
def test_agent_code_enrols_the_agent() -> None:
    agent = world.agent(world.company(slug="gym"), "Cellar")

    code, said = run("company", "agent-code", "gym", "Cellar")

    assert code == 0
    keys = KeyPairs.generate().public.as_dict()
    assert redeem_code(code=said.strip(), keys=keys, software="", url="").pk == agent.pk


@pytest.mark.parametrize("group", ["hub", "company", "admin", "user"])
def test_help_of_each_command_shows_an_example(group: str) -> None:
    _, listing = run(group, "--help")
    commands = {
        "hub": ["run", "check"],
        "company": ["load", "list", "agent-code", "programs"],
        "admin": ["add", "passwd", "reset-second-factor"],
        "user": ["import"],
    }

    for command in commands[group]:
        assert command in listing
        assert f"doorsync {group} {command}" in " ".join(run(group, command, "--help")[1].split())


@pytest.mark.parametrize("words", [["agent", "--help"], ["terminal", "--help"], ["--help"], ["--version"]])
def test_what_needs_no_hub_imports_no_django(words: list[str]) -> None:
    script = "import sys; from doorsync.cli import app; app(sys.argv[1:], standalone_mode=False); print('django' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=PATIENCE, check=True)

    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.requirement("T-02", mutation="no line about it in company list")
@pytest.mark.django_db
def test_company_compatible_tokens_is_shown_as_a_risk() -> None:
    world.company(slug="gym")
    assert "risk" not in run("company", "list")[1]

    code, said = run("company", "compatible-tokens", "gym", "--allow")
    assert (code, "a risk" in said) == (0, True)
    assert "a risk" in run("company", "list")[1]
    assert run("company", "compatible-tokens", "gym", "--forbid")[0] == 0
    assert "risk" not in run("company", "list")[1]
    assert run("company", "compatible-tokens", "gym")[0] != 0


@pytest.mark.django_db
def test_company_programs_shows_what_programs_find() -> None:
    world.company(slug="gym")

    code, said = run("company", "programs", "gym", "--branches", "--alt-id", "2")
    assert (code, said.splitlines()[:2]) == (0, ["Kind: Branches", "Programs' own ids (wsAltUserId): info2"])
    assert run("company", "programs", "gym", "--head", "nobody")[0] != 0


@pytest.mark.django_db
def test_rotate_keys_says_what_comes_next_and_where_it_would_do_nothing() -> None:
    code, said = run("hub", "rotate-keys")
    assert (code, "Is DOORSYNC_DATA right?" in said) == (1, True)
    agent = world.agent(world.company(slug="gym"), "Cellar")
    with scope(company=agent.company):
        Agent.objects.filter(pk=agent.pk).update(keys=KeyPairs.generate().public.as_dict(), pinned="")
    assert run("hub", "rotate-keys", "--leave") == (1, "--leave goes with --finish. Nothing was changed.\n")
    code, said = run("hub", "rotate-keys")
    assert (code, said.splitlines()[-3:]) == (
        0,
        ["Still to change: 1", "  gym: Cellar", "Say this again later to see who is left."],
    )
    assert run("hub", "rotate-keys", "--finish")[0] == 1
    code, said = run("hub", "rotate-keys", "--finish", "--leave")
    assert (code, said.splitlines()) == (0, ["The old keys are forgotten. To be enrolled again: 1", "  gym: Cellar"])


@pytest.mark.django_db
def test_user_export_writes_a_persons_data() -> None:
    company = world.company(slug="gym")
    number = world.user(company, "Vries", card="1234567890").number

    code, said = run("user", "export", "gym", str(number))
    assert (code, json.loads(said)["credentials"][0]["value"]) == (0, "••••90")
    assert (
        json.loads(run("user", "export", "gym", str(number), "--show-credentials")[1])["credentials"][0]["value"] == "1234567890"
    )

    for unknown in (number + 1, 2**70):
        code, said = run("user", "export", "gym", str(unknown))
        assert (code, said.strip()) == (1, "The company has nobody with this number. Nothing was changed.")
