from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import connection

from doorsync.hub.esws.errors import Busy
from doorsync.hub.esws.workers import Workers


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
        tasks = [asyncio.ensure_future(workers.run(lambda: go_on.wait(10))) for _ in range(3)]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(crowd())
    assert (first, second) == (True, True)
    assert isinstance(third, Busy)
    assert third.retry_after == 1


@pytest.mark.django_db(transaction=True)
def test_run_leaves_no_connection_behind_and_mends_a_broken_one() -> None:
    def ask() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return connection.connection is not None

    workers = Workers(threads=1)

    def left_over() -> bool:
        return connection.connection is not None

    assert asyncio.run(workers.run(ask)) is True
    assert workers.pool.submit(left_over).result() is False
    assert asyncio.run(workers.run(ask)) is True
