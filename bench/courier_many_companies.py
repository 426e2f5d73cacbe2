"""Many companies' agents on several hub processes behind nginx, on PostgreSQL: memory, CPU, wake-ups, and one process killed.

Arguments: how many companies, agents and processes; 100, 1000 and 4 without them. Starts a PostgreSQL of its own where it is
run without scripts/postgres.
"""

from __future__ import annotations

import math
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from operator import attrgetter
from pathlib import Path

from courier_waiting_agents import FOLDER, HUB, LIMIT_KIB, Cost, allow_files, company, cores, cost, part
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django_scopes import scope, scopes_disabled
from peers.balancer import balancer

from doorsync.hub.audit.trail import Actor
from doorsync.hub.courier import work_listener
from doorsync.hub.sync.holdings.pending_holdings import PENDING
from doorsync.hub.sync.models import Holding
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.runs import start_run
from doorsync.hub.terminals.models import Agent, Terminal
from tests.factories.fleet import Fleet, fleet
from tests.factories.stack import Stack, until
from tests.hub.sync.counterpart import Counterpart

POSTGRES = Path(__file__).parents[1] / "scripts/postgres"
COMPANIES, AGENTS, PROCESSES = 100, 1000, 4
A_SECOND, GROUP = 50, 500  # agents that come in a second, and after how many it is noted anew that the others were there
IDLE, PRESSES, AT_ONCE, PATIENCE = 30.0, 100, 50, 120.0
LIMIT_WAKE, LIMIT_BACK, LIMIT_CORES = 0.2, 5.0, 1.0  # seconds, seconds, cores of the two


@contextmanager
def hubs(processes: int) -> Iterator[list[Stack]]:
    """So many hub processes on one database and one folder of keys."""
    with ExitStack() as ending:
        made = []
        for number in range(processes):
            place = FOLDER / f"process-{number}"
            place.mkdir()
            made.append(Stack(place, cloud=True))
            ending.callback(made[-1].end_all)
            made[-1].start_hub(**HUB, DOORSYNC_DATA=str(FOLDER / "hub"))
        yield made


def costs(processes: Sequence[Stack]) -> list[Cost]:
    """The figures of each process now."""
    return [cost(each.processes["hub"].pid) for each in processes]


def come(processes: Sequence[Stack], agents: Fleet, number: int) -> float:
    """Let the agents come, until all wait; returns the KiB of the hub for each of them.

    They were there until a moment ago, as after a restart of all machines, so the hub does not read their terminals first.
    """
    empty, started = costs(processes), time.monotonic()
    with scopes_disabled():
        here = Agent.objects.filter(waited_at=F("seen_at"))  # a wait sets both to its moment
        for several in range(GROUP, number + GROUP, GROUP):
            Agent.objects.filter(seen_at=None).update(waited_at=timezone.now())
            agents.grow(min(several, number), within=GROUP / A_SECOND)
        until(lambda: agents.seen() and here.count() == number, "every agent waiting", 10 * PATIENCE)  # it empties the pipe too
    now = costs(processes)
    spent = sum(each.cpu for each in now) - sum(each.cpu for each in empty)
    print(f"  {number} wait after {time.monotonic() - started:.0f} s; {spent / number * 1e3:.0f} ms of the hub for each to come")
    return (sum(each.kib for each in now) - sum(each.kib for each in empty)) / number


def wait(processes: Sequence[Stack], agents: Fleet, number: int) -> float:
    """Let them do nothing; returns the cores that all processes use, and prints the memory of each."""
    asked = agents.seen()
    each = cores([one.processes["hub"].pid for one in processes], IDLE)
    rate = (sum(agents.seen().values()) - sum(asked.values())) / IDLE
    shares, now = ", ".join(f"{share:.0%}" for share in each), costs(processes)
    print(f"  while all wait: {rate:.0f} requests a second; of a core {shares}; {sum(each) / rate * 1e3:.1f} ms for each request")
    memory = ", ".join(f"{one.kib / 1024:.0f} ({one.resident / 1024:.0f})" for one in now)
    print(f"  memory of each process, in MiB: its own (resident) {memory}; for each of {number} agents see below")
    return sum(each)


def doors(number: int) -> list[Terminal]:
    """So many terminals that miss their member, of companies far from each other."""
    with scopes_disabled():
        pending = Holding.objects.filter(PENDING).values("terminal_id")
        found = list(Terminal.objects.select_related("company", "agent").filter(pk__in=pending).order_by("company", "pk"))
    return found[:: max(len(found) // number, 1)][:number]


def press(door: Terminal) -> float:
    """Start a run for this terminal, in this process; the moment of its commit, by the monotonic clock."""
    committed = list[float]()
    with scope(company=door.company), transaction.atomic():
        transaction.on_commit(lambda: committed.append(time.monotonic()))
        choice = Selection(terminals=frozenset({door.pk}))
        start_run(company=door.company, choice=choice, confirmed=None, actor=Actor(company_id=door.company_id, via="bench"))
    return committed[0]


def press_for(chosen: Sequence[Terminal]) -> None:
    """Start a run for each of these terminals."""
    for door in chosen:
        press(door)
    connection.close()


def wakes(agents: Fleet, chosen: Sequence[Terminal]) -> tuple[list[float], int]:
    """Press for one terminal after the other: seconds until its agent's wait was answered, and how many others were woken."""
    taken, others = list[float](), 0
    for door in chosen:
        committed, woken = press(door), math.inf
        for agent, at in agents.woken(2.0):
            if agent == door.agent.public_id:
                woken = at - committed
                break
            others += 1
        taken.append(woken)
    return taken, others


def kill(processes: Sequence[Stack], agents: Fleet, chosen: Sequence[Terminal]) -> float:
    """Kill a process while there is work; seconds until everybody waits again whose wait broke off."""
    agents.lost()
    half = len(chosen) // 2
    press_for(chosen[:half])
    since, killed = timezone.now(), time.monotonic()
    processes[0].processes["hub"].kill()
    pressing = threading.Thread(target=press_for, args=[chosen[half:]])
    pressing.start()
    lost, again = dict[str, float](), set[str]()
    while (not lost or lost.keys() - again) and time.monotonic() < killed + PATIENCE:
        lost = {**agents.lost(), **lost}
        with scopes_disabled():
            again = set(Agent.objects.filter(waited_at__gt=since).values_list("public_id", flat=True))
        time.sleep(0.05)
    took = time.monotonic() - killed
    pressing.join()
    pressed = sum(door.agent.public_id in lost for door in chosen)
    print(f"  one killed: {len(lost)} waits broke off, {pressed} of agents with work; all wait again after {took:.1f} s")
    return math.inf if lost.keys() - again else took


def missing(chosen: Sequence[Terminal]) -> int:
    """How many of these terminals still miss their member, once their runs have ended or the patience has."""
    with scopes_disabled():
        left = Holding.objects.filter(PENDING, terminal_id__in=[door.pk for door in chosen]).values("terminal_id").distinct()
        with suppress(AssertionError):
            until(lambda: not left.exists(), "every terminal served", PATIENCE)
        return left.count()


def measured(processes: Sequence[Stack], agents: Fleet, number: int) -> int:
    """Everything in its order, and the verdicts."""
    kib, used = come(processes, agents, number), wait(processes, agents, number)
    chosen = doors(min(PRESSES, number // 4))
    taken, others = wakes(agents, chosen)
    print(f"  {len(taken)} presses: woken p50 {part(taken, 0.5):.0f} ms, p95 {part(taken, 0.95):.0f} ms after the commit")
    late = missing(chosen)
    chosen = doors(min(AT_ONCE, number // 4))
    back = kill(processes, agents, chosen)
    late += missing(chosen)
    print("  load of the machine {:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg()))
    ratios = {
        f"a waiting agent's memory to {LIMIT_KIB} KiB": kib / LIMIT_KIB,
        f"the CPU of all hub processes to {LIMIT_CORES:.0f} core": used / LIMIT_CORES,
        f"the p95 of wake-ups to {LIMIT_WAKE * 1e3:.0f} ms": part(taken, 0.95) / 1e3 / LIMIT_WAKE,
        f"the time until all wait again to {LIMIT_BACK:.0f} s": back / LIMIT_BACK,
    }
    for what, ratio in ratios.items():
        print(f"ratio of {what} {ratio:.2f} (must be below 1)")
    print(f"terminals not served {late} (must be 0), others woken {others} (must be 0)")
    return int(max(ratios.values()) >= 1 or late > 0 or others > 0)


def main(companies: int, number: int, processes: int) -> int:
    """Print the figures; 1 when one misses its limit."""
    files = allow_files()
    call_command("migrate", verbosity=0)
    assert work_listener.CHANNEL  # it is loaded, so commits here notify the hub processes
    started = time.monotonic()
    counterparts = [each for n in range(companies) for each in made(number // companies, n)]
    connection.close()
    print(f"{companies} companies, {len(counterparts)} agents, {processes} processes; made in {time.monotonic() - started:.0f} s")
    try:
        ports = attrgetter("port")
        with hubs(processes) as running, balancer([*map(ports, running)], files) as port, fleet(port, counterparts) as agents:
            return measured(running, agents, len(counterparts))
    finally:
        shutil.rmtree(FOLDER)


@transaction.atomic
def made(agents: int, number: int) -> list[Counterpart]:
    """The rows of a company, and its agents."""
    return list(company(agents, number))


if __name__ == "__main__":
    if connection.vendor != "postgresql":
        shutil.rmtree(FOLDER)
        os.execv(POSTGRES, [str(POSTGRES), sys.executable, *sys.argv])
    given = [int(each) for each in sys.argv[1:]]
    sys.exit(main(*given, *(COMPANIES, AGENTS, PROCESSES)[len(given) :]))
