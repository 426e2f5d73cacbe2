"""The trail as an operator sees it: the commands, what lies outside the database, and that each write leads back to who asked."""

from __future__ import annotations

import sqlite3
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_scopes import scope
from typer.testing import CliRunner

from doorsync.cli import app
from doorsync.hub.administrators import token_redemption, tokens
from doorsync.hub.audit import trail
from doorsync.hub.audit.models import ChainHead, Entry
from doorsync.hub.audit.trail import Actor
from doorsync.hub.audit.verification import verify_trail
from doorsync.hub.companies.actions import create_company
from doorsync.hub.companies.models import Company
from doorsync.hub.entry import audit_witness
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from tests.factories import world
from tests.factories.gym import gym
from tests.factories.stack import Stack
from tests.factories.visitor import token_for
from tests.hub.sync.counterpart import Counterpart

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, result.output


def execute(sql: str, *values: bytes | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def company(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(audit_witness, "_file", lambda: tmp_path / "seen.json")
    made = create_company(slug="gym", name="Gym", code=world.SAMPLE_CODE, via="command-line")
    for number in range(4):
        trail.record("thing.happened", actor=Actor(company_id=made.pk, via="test"), thing=number)
    return made


def test_verify_says_that_a_trail_is_whole_and_where_it_is_not(company: Company) -> None:
    assert run("verify")[:1] == (0,)
    assert "gym: 5 entries, whole." in run("verify", "--company", "gym")[1]
    execute("UPDATE audit_entry SET event = 'x' WHERE number = 3")
    code, said = run("verify")
    assert code == 1
    assert said.startswith("gym: Entry 3 was changed, or put in. The 2 entries before are whole.")


@pytest.mark.requirement("R-08", mutation="no comparison with what was seen before")
def test_end_that_is_cut_off_with_its_old_note_is_noticed_from_outside(company: Company) -> None:
    old = ChainHead.objects.get()
    trail.record("removal.hidden", actor=Actor(company_id=company.pk, via="test"))
    audit_witness.note_trails()
    execute("DELETE FROM audit_entry WHERE number > 5")
    execute("UPDATE audit_chainhead SET number = %s, hash = %s, seal = %s", old.number, bytes(old.hash), bytes(old.seal))
    assert not verify_trail(company.pk).fault, "from inside nothing can be seen"
    audit_witness.note_trails()
    code, said = run("verify")
    assert code == 1
    assert "This machine saw 6 entries" in said
    assert "--accept" in said
    code, said = run("verify", "--company", "gym", "--accept")
    assert (code, "6 entries, whole" in said) == (0, True)
    with scope(company=company):
        assert Entry.objects.latest("number").event == "audit.accepted"


def test_accept_does_not_take_a_trail_that_is_broken(company: Company) -> None:
    run("verify")
    execute("DELETE FROM audit_entry WHERE number = 3")
    assert run("verify", "--company", "gym", "--accept")[0] == 1
    assert run("verify", "--accept")[0] == 1


def test_show_names_who_when_and_what_and_holds_no_secret(company: Company) -> None:
    anna = world.administrator(company, username="anna")
    token = token_for(anna)
    code, said = run("show", "--company", "gym", "--last", "3")
    assert code == 0
    assert len(said.splitlines()) == 3
    last = said.splitlines()[-1]
    for part in (" UTC  ", "token.issued", "anna by esws", "token="):
        assert part in last
    assert token not in said
    (only,) = run("show", "--company", "gym", "--event", "company.")[1].splitlines()
    assert "company.created" in only
    assert "There is no company 'nobody'" in run("show", "--company", "nobody")[1]


@pytest.mark.requirement("R-08", mutation="batch.answered without its run")
def test_each_write_to_a_terminal_leads_back_to_token_and_administrator() -> None:
    club = gym(["Alice"])
    with scope(company=club.company):
        there = Counterpart(club.agent)
        arrival = token_redemption.redeem(tokens.token_digest(token_for(club.administrator)), {})
        assert arrival.session
        actor = Actor(
            company_id=club.company.pk,
            administrator_id=club.administrator.pk,
            via="token",
            reference=arrival.session.public_id,
        )
        choice = Selection(locations=frozenset(location.pk for location in club.locations))
        start_run(company=club.company, choice=choice, confirmed=None, actor=actor)
        there.work()
        written = list(Entry.objects.filter(event="batch.answered"))
        assert written
        for each in written:
            assert len(each.subject["receipt"]) == 32
            opened = one(event="run.opened", run=each.subject["run"])
            assert opened.actor["administrator_id"] == club.administrator.pk
            session = one(event="session.opened", session=arrival.session.pk)
            assert session.actor["reference"] == opened.actor["reference"]
            issued = one(event="token.issued", token=session.subject["token"])
            assert issued.subject["administrator"] == club.administrator.pk
    assert not verify_trail(club.company.pk, begins="").fault


def one(*, event: str, **subject: Any) -> Entry:
    (found,) = [each for each in Entry.objects.filter(event=event) if subject.items() <= each.subject.items()]
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whole", [1, 0])
def test_trails_from_before_the_key_are_chained_anew_and_marked(transactional_db: None, whole: int) -> None:
    company = create_company(slug="gym", name="Gym", code=world.SAMPLE_CODE, via="command-line")
    trail.record("thing.happened", actor=Actor(company_id=company.pk, via="test"), thing=1)
    MigrationExecutor(connection).migrate([("audit", "0001_initial")])
    try:
        unkeyed(company, whole=whole)
    finally:
        MigrationExecutor(connection).migrate([("audit", "0003_standard_names")])
    assert not verify_trail(company.pk).fault
    with scope(company=company):
        events = [(each.event, each.subject.get("whole")) for each in Entry.objects.order_by("number")]
    assert events == [("company.created", None), ("thing.happened", None), ("audit.keyed", whole)]


def unkeyed(company: Company, *, whole: int) -> None:
    """Hash the rows as it was once done, with SHA-256 alone."""
    old_hash = import_module("doorsync.hub.audit.migrations.0002_keyed_chain").old_hash
    old = MigrationExecutor(connection).loader.project_state([("audit", "0001_initial")]).apps.get_model("audit", "Entry")
    previous = bytes(32)
    with scope(company=company):
        for entry in old.objects.order_by("number"):
            entry.previous = previous
            previous = old_hash(entry) if whole else b"forged"
            values = (entry.previous, previous, entry.pk)
            execute("UPDATE audit_entry SET previous = %s, hash = %s WHERE id = %s", *values)
    execute("UPDATE audit_head SET hash = %s", previous)  # as the table was called then


@pytest.mark.requirement("R-08", mutation="hub check without a look at the trails")
def test_hub_check_names_a_trail_that_is_not_whole(tmp_path: Path) -> None:
    made = Stack(tmp_path, cloud=False, terminals={"Gate": "North"})
    try:
        made.addresses = {"Gate": "127.0.0.1:1"}
        made.load([{"id": "1", "last_name": "Alice", "groups": ["Members"]}])
        assert "The settings are right." in made.run(["hub", "check"])
        with sqlite3.connect(tmp_path / "hub/hub.sqlite3") as base:
            base.execute("DELETE FROM audit_entry WHERE number = 3")
        assert "The audit of gym is not whole: Entry 3 was removed." in made.run(["hub", "check"], ends=1)
    finally:
        made.end_all()
