"""While another program holds the database, the answer says so and when to come back; afterwards the same request is taken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from django.db import connection
from django.test import Client
from django_scopes import scope

from doorsync.hub.users.models import User
from tests.factories.desk import desk_of
from tests.factories.gym import gym

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held_by_another_program() -> Iterator[None]:
    """As a program that backs it up does; who waits gives up at once."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no file that another program could hold")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=0)) as backup:
        backup.execute("BEGIN IMMEDIATE")
        yield
        backup.execute("ROLLBACK")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20000")


@pytest.mark.requirement("D-04", mutation="a database that another program holds answered with a plain 500")
def test_page_says_that_another_program_holds_the_database_and_loses_nothing() -> None:
    club = gym()
    desk = desk_of(club)
    desk.client.raise_request_exception = False
    with held_by_another_program():
        answer = desk.post("/people/add/", {**desk.proof, "last_name": "Vries"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "holds the hub&#x27;s database" in answer.content.decode() or "holds the hub's database" in answer.content.decode()
    assert "your browser then sends it once more" in answer.content.decode()
    with scope(company=club.company):
        assert not User.objects.filter(last_name="Vries").exists()
        assert desk.post("/people/add/", {**desk.proof, "last_name": "Vries"}).status_code == 303
        assert User.objects.filter(last_name="Vries").exists()


@pytest.mark.urls("tests.factories.open_pages")
def test_other_errors_stay_errors_of_the_hub() -> None:
    answer = Client(raise_request_exception=False, headers={"host": "127.0.0.1"}).get("/broken/")
    assert answer.status_code == 500
    assert "Retry-After" not in answer
