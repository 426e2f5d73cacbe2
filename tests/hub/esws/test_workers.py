from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import DatabaseError, connection, connections

from doorsync.hub.esws.errors import Busy
from doorsync.hub.esws.workers import Workers
from tests.factories.patience import PATIENCE


def test_run_works_beside_the_event_loop() -> None:
    assert asyncio.run(Workers().run(threading.current_thread)) is not threading.main_thread()


def test_run_passes_errors_on_and_keeps_its_room() -> None:
    workers = Workers(threads=1, waiting=0)

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            asyncio.run(workers.run(lambda: 1 // 0))
    assert workers.room == 1


def test_run_refuses_more_than_the_queue_holds() -> None:
    workers, go_on = Workers(threads=1, waiting=1), threading.Event()

    async def crowd() -> list[bool | BaseException]:
        tasks = [asyncio.ensure_future(workers.run(lambda: go_on.wait(PATIENCE))) for _ in range(3)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(crowd())
    assert (first, second) == (True, True)
    assert isinstance(third, Busy)
    assert third.retry_after == 1


@pytest.mark.django_db(transaction=True)
def test_run_gives_connections_back_but_keeps_a_file_open() -> None:
    workers = Workers(threads=1)

    def held() -> object:
        return connection.connection

    first = asyncio.run(workers.run(asked))
    left = workers.pool.submit(held).result()
    assert left is (first if connection.vendor == "sqlite" else None)
    assert asyncio.run(workers.run(asked)) is not None
    workers.pool.submit(connections.close_all).result()


@pytest.mark.django_db(transaction=True)
def test_run_replaces_a_broken_connection() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("only a server can hang up; this runs on PostgreSQL")
    workers = Workers(threads=1)

    def break_it() -> None:
        asked()
        connection.connection.close()
        with pytest.raises(DatabaseError):
            asked()

    asyncio.run(workers.run(break_it))
    assert asyncio.run(workers.run(asked)) is not None
    workers.pool.submit(connections.close_all).result()


def asked() -> object:
    """The connection, after it was used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return connection.connection
