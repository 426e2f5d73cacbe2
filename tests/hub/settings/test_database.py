"""The operator's line for PostgreSQL: all that libpq understands is handed on, and no slip shows a password."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from doorsync.hub.settings.config import Config, origin_of
from doorsync.hub.settings.database import postgresql

SECRET = "s3cr3t"
PLACES = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def made(line: str) -> tuple[dict[str, Any], dict[str, Any]]:
    entry = postgresql(line, pool=False)
    return {place: entry[place] for place in PLACES if entry[place]}, entry["OPTIONS"]


@pytest.mark.requirement("O-02", mutation="options after the question mark dropped: sslmode=verify-full is then no TLS at all")
@pytest.mark.parametrize(
    ("line", "places", "options"),
    [
        (
            "postgresql://doorsync:p%40ss%2F%3A%23%3F%25%20%C3%A9@db.example.com:6432/doors?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            {"NAME": "doors", "USER": "doorsync", "PASSWORD": "p@ss/:#?% é", "HOST": "db.example.com", "PORT": "6432"},
            {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"},
        ),
        ("postgres://[2001:db8::7]:5433/doors", {"NAME": "doors", "HOST": "2001:db8::7", "PORT": "5433"}, {}),
        ("postgresql:///doors?host=/run/postgresql", {"NAME": "doors", "HOST": "/run/postgresql"}, {}),
        ("postgresql://%2Frun%2Fpostgresql/doors", {"NAME": "doors", "HOST": "/run/postgresql"}, {}),
        ("postgresql:///?service=doors", {}, {"service": "doors"}),
        ("service=doors", {}, {"service": "doors"}),
        ("host=db dbname=doors password='p w'", {"NAME": "doors", "HOST": "db", "PASSWORD": "p w"}, {}),
        (
            "postgresql://one:5432,two:5433/doors?target_session_attrs=read-write&connect_timeout=3",
            {"NAME": "doors", "HOST": "one,two", "PORT": "5432,5433"},
            {"target_session_attrs": "read-write", "connect_timeout": "3"},
        ),
        (
            "postgresql://db/doors?options=-c%20statement_timeout%3D5s&application_name=gate",
            {"NAME": "doors", "HOST": "db"},
            {"options": "-c statement_timeout=5s", "application_name": "gate"},
        ),
    ],
)
def test_line_is_taken_as_libpq_reads_it(line: str, places: dict[str, str], options: dict[str, str]) -> None:
    assert made(line) == (places, {"application_name": "doorsync", **options})
    assert Config(database_url=line).database_url.get_secret_value() == line


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"mysql://doorsync:{SECRET}@db/doors", "must be like postgresql://"),
        (f"postgresql+psycopg://doorsync:{SECRET}@db/doors", "must be like postgresql://"),
        (f"postgresql://doorsync:{SECRET}%zz@db/doors", "must be like postgresql://"),
        (f"postgresql://doorsync:p@{SECRET}@db/doors", "there is an @ in its host"),
        (f"postgresql://doorsync:{SECRET}/x@db/doors", "there is an @ in its name"),
        (f"postgresql://doorsync:{SECRET}/x", "its port is not a number"),
        (f"postgresql://doorsync:{SECRET}@db/doors?sslmod=require", "PostgreSQL knows no option 'sslmod'. Did you mean sslmode?"),
        (f"postgresql://doorsync:{SECRET}@db/doors?{SECRET}=1", "must be like postgresql://"),
        (f"postgresql://doorsync:{SECRET}@db", "names no database"),
        (f"postgresql://doorsync:{SECRET}@db/doors?client_encoding=LATIN1", "client_encoding cannot be chosen"),
        (f"{SECRET}", "must be like postgresql://"),
    ],
)
def test_slip_in_the_line_is_named_and_the_password_never_shown(line: str, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Config(database_url=line)

    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_settings_show_no_password() -> None:
    assert SECRET not in repr(Config(database_url=f"postgresql://doorsync:{SECRET}@db/doors"))


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://Doorsync.Example.COM/", "https://doorsync.example.com"),
        ("https://doorsync.example.com:443", "https://doorsync.example.com"),
        ("http://doorsync.example.com:8080", "http://doorsync.example.com:8080"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
    ],
)
def test_public_address_becomes_what_browsers_send(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "doorsync.example.com",
        "ftp://doorsync.example.com",
        "https://",
        "https://doorsync.example.com/hub",
        "https://admin:secret@doorsync.example.com",
        "https://doorsync.example.com?x",
        "https://doorsync.example.com:port",
        "https://doorsync.example.com:99999",
        "https://türe.example.com",
        "https://*.example.com",
    ],
)
def test_public_address_that_browsers_could_not_send_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="must be like"):
        Config(public_url=typed)
