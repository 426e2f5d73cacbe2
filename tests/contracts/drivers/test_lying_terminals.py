"""Terminals that confirm what they did not store: no driver reads back what is not there, whatever was answered to the write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doorsync.domain.record import Kind
from tests.contracts.drivers.benches import BENCHES, CAN_FAIL, Bench
from tests.contracts.drivers.samples import Samples
from tests.factories.patience import PATIENCE
from tests.factories.terminals import by_key, put


@pytest.fixture(params=sorted(make for make, faults in CAN_FAIL.items() if "lie" in faults))
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with BENCHES[request.param](tmp_path) as bench:
        yield bench


@pytest.mark.requirement("R-01", mutation="a driver that answers a read from what it wrote last")
def test_a_record_that_was_confirmed_and_not_stored_is_not_read_back(bench: Bench) -> None:
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        samples = Samples(session.about().can)
        put(session, *samples.schedules)
    bench.lie()
    with bench.driver.open(bench.settings, timeout=PATIENCE) as session:
        assert len(list(session.put_many([samples.alice]))) == 1  # taken or refused: the reading decides
        assert by_key(session.read(Kind.USER, [samples.alice.key])) == {}
    assert bench.memory(Kind.USER) == {}
