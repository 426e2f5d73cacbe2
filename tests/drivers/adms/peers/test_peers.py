"""A device side that another author wrote calls our station over real HTTP, with its three firmwares.

It keeps names and privileges, and shows nobody when it is asked: reading back, cards, PINs and a full memory are not shown here.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from doorsync.domain.record import Kind
from doorsync.drivers.contract import TerminalError
from tests.drivers.adms.terminals import Site, accepted, site, user
from tests.factories.patience import PATIENCE
from tests.factories.peer_programs import install_peers
from tests.factories.terminals import until

SERIAL = "SIM0001"
HERE = Path(__file__).parent
FIRMWARES = ["legacy", "push2", "biodata"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as one:
        yield one


@contextmanager
def device(where: Site, firmware: str = "push2", *, ack: bool = True, **fail: int) -> Iterator[dict[str, Any]]:
    """It calls meanwhile; what it says at its end stands in the dictionary afterwards."""
    given = {"address": where.driver.listens, "serial": SERIAL, "firmware": firmware, "fail_commands": fail, "ack": ack}
    said: dict[str, Any] = {}
    command = [str(install_peers()), str(HERE / "call.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        yield said
        said.update(json.loads(process.communicate(timeout=PATIENCE)[0]))


@pytest.mark.client
@pytest.mark.parametrize("firmware", FIRMWARES)
def test_it_carries_out_and_acknowledges_what_it_is_told(here: Site, firmware: str) -> None:
    with device(here, firmware) as said, here.session(SERIAL, blind="yes") as one:
        people = [user(n, f"Émile {n}", card=n, pin="1234") for n in range(1, 501)]
        assert len(accepted(one.put_many(people))) == 500
        assert accepted(one.remove_many(Kind.USER, ["7", "9999"])) == {"7", "9999"}
        assert one.about().firmware == "Ver 8.0.4-SIM"
        until(lambda: one.about().users == 499, "it did not say how many there are")
    assert said["users"] == {str(n): {"name": f"Émile {n}", "privilege": 0} for n in range(1, 501) if n != 7}
    assert said["executed"][0].startswith("DATA UPDATE USERINFO PIN=1\tName=Émile 1\tPri=0\tPasswd=1234\tCard=1\tGrp=1\tTZ=")
    assert said["greeted"]["Delay"] == "10"


@pytest.mark.client
def test_a_return_code_comes_through_for_each_command(here: Site) -> None:
    with device(here, DATA=-3), here.session(SERIAL, blind="yes") as one:
        told = list(one.put_many([user(1), user(2)]))
    assert [(each.key, each.code) for each in told] == [("1", "-3"), ("2", "-3")]
    assert all("-3" in each.refusal for each in told)


@pytest.mark.client
def test_it_shows_nobody_and_that_is_said(here: Site) -> None:
    with device(here), here.session(SERIAL, blind="yes") as one:
        assert list(one.read_all(Kind.USER)) == []  # it is empty, and says so
        assert accepted(one.put_many([user(1)])) == {"1"}
        until(lambda: one.about().users == 1, "it did not say how many there are")
        with pytest.raises(TerminalError, match="cannot be verified"):
            list(one.read_all(Kind.USER))


@pytest.mark.client
def test_without_an_acknowledgement_nobody_says_that_it_was_done(here: Site) -> None:
    with (
        device(here, ack=False) as said,
        here.session(SERIAL, timeout=5, blind="yes") as one,
        pytest.raises(TerminalError) as caught,
    ):
        list(one.put_many([user(1)]))
    assert not caught.value.permanent
    assert len(said["executed"]) == 1  # it was handed over once, and carried out


@pytest.mark.client
def test_what_was_given_up_while_it_was_offline_is_not_carried_out_when_it_is_back(here: Site) -> None:
    with device(here), here.session(SERIAL, timeout=PATIENCE, blind="yes"):
        pass
    lane = here.driver._station and here.driver._station.lane(SERIAL)
    assert lane
    with pytest.raises(TimeoutError):
        list(lane.run(["DATA UPDATE USERINFO PIN=1\tName=Late"], 0.2))
    with device(here) as said, here.session(SERIAL, blind="yes") as one:
        assert accepted(one.put_many([user(2)])) == {"2"}
    assert set(said["users"]) == {"2"}
