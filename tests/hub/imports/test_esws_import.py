"""Users and groups of a running ESWS service, which is this hub's own, with another company, and one that misbehaves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django_scopes import scope

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies.models import Company
from doorsync.hub.imports.esws_import import EswsImport, prepare_esws_import
from doorsync.hub.imports.esws_service import EswsService, service_at
from doorsync.hub.imports.summary import Summary
from doorsync.hub.users import reading
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.models import Group, InfoField, User
from doorsync.hub.users.queries import credentials_of
from tests.factories import world
from tests.factories.gym import gym
from tests.factories.live import LiveHub
from tests.factories.soap import PATH
from tests.hub.entry.commands.test_commands import run

CODE = "<&>\"ö€'^;+#]]> 12345678901234567"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def there(hub: LiveHub) -> EswsService:
    """The company as it is in the other system."""
    made = world.company(code=CODE)
    with scope(company=made):
        InfoField.objects.create(company=made, number=3, function="external_id")
    members, staff = world.group(made, "Members"), world.group(made, "A, B")
    world.user(made, "Jansen", members, number=2179, first_name="Anna", external_id="M-1", card="36136500607727109", pin="0042")
    world.user(made, "Bos", members, staff, number=5, starts="2026-12-01T08:30", expires="2027-01-01T00:00", info1="ö & <€>")
    return service_at(f"{hub.url}{PATH}?wsdl", CODE)


@pytest.fixture
def here() -> Company:
    return gym(["Bob"]).company


def prepared(here: Company, there: EswsService) -> EswsImport:
    return prepare_esws_import(company=here, service=there, actor=Actor(company_id=here.pk))


def state(company: Company) -> list[Any]:
    with scope(company=company):
        return [
            (
                *(user.number, user.full_name, user.external_id, user.starts, user.expires, user.info1, user.active),
                [group.name for group in user.groups.all()],
                credentials_of(user),
            )
            for user in User.objects.order_by("number")
        ]


def test_users_keep_number_dates_groups_and_credentials(here: Company, there: EswsService) -> None:
    before = state(here)
    ready = prepared(here, there)
    shown = ready.preview()
    assert ([change.name for change in shown.new], ready.missing) == (["Bos", "Anna Jansen"], ["A, B"])
    assert state(here) == before  # it was a trial

    ready.write(Summary())
    brought = [row for row in state(here) if row not in before]
    assert brought == [
        (5, "Bos", "", "2026-12-01T08:30", "2027-01-01T00:00", "ö & <€>", True, ["A, B", "Members"], {}),
        (2179, "Anna Jansen", "M-1", "", "", "", True, ["Members"], {"card": {"36136500607727109"}, "pin": {"0042"}}),
    ]
    again = prepared(here, there)
    assert again.preview().empty
    assert again.missing == []


def test_all_pages_are_read(here: Company, there: EswsService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PER_PAGE", 1)
    monkeypatch.setattr("doorsync.hub.imports.esws_service.PER_PAGE", 1)
    assert [row["UserId"] for row in there.users()] == ["5", "2179"]


def test_the_command_shows_first_and_then_writes(here: Company, there: EswsService) -> None:
    words = ("import", "esws", there.address, "--company", here.slug, "--code-stdin")

    code, shown = run(*words, "--dry-run", stdin=f"{CODE}\n")
    assert code == 0, shown
    assert "2 new." in shown
    assert "Besides users: Added 1 group." in shown
    assert "getUsers:2179: Anna Jansen (2179)" in shown
    assert "36136500607727109" not in shown
    assert run(*words, "--yes", stdin=f"{CODE}\n") == (0, "Added 1 group, 2 users.\n")
    code, shown = run(*words, stdin=f"{'x' * 32}\n")
    assert (code, shown.strip()) == (1, "The ESWS service says ERROR_UNKNOWN_SECURITY_HASH. Nothing was changed.")


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[EswsService]:
    """A service that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service_at(f"http://127.0.0.1:{server.server_address[1]}/", "secret-code")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_malformed_date_refuses_all_of_it(here: Company) -> None:
    row = b"<UserId>%d</UserId><Achternaam>Bos</Achternaam><ExpireDate>%s</ExpireDate>"
    users = b"".join(b"<item>%s</item>" % (row % each) for each in ((7, b"2027-01-01 10:00:59"), (8, b"next year")))
    groups = b"<item><GroupId>1</GroupId><GroupName>Gym</GroupName></item>"

    def answer(request: bytes) -> bytes:
        return b"<a><return>%s</return></a>" % (groups if b"getGroups" in request else users)

    with answering(answer) as service, pytest.raises(FileFaults) as error:
        prepared(here, service)
    assert [fault.line for fault in error.value.faults] == [8]
    with scope(company=here):
        assert not Group.objects.filter(name="Gym").exists()
