"""What 500 waiting agents cost one hub process: memory, idle CPU, everybody else's calls, wake-ups, and a restart of the hub.

A second hub with the same rows and without agents answers the same calls in turns. An argument gives another number of agents;
with scripts/postgres before the command both hubs work on PostgreSQL.
"""

from __future__ import annotations

import http.client
import math
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["DOORSYNC_DATA"] = f"{tempfile.mkdtemp(prefix='doorsync-bench-')}/hub"
os.environ["DOORSYNC_DATABASE_URL"] = os.environ.get("DOORSYNC_TEST_DATABASE_URL", "")
os.environ["DOORSYNC_NO_POOL"] = "1"  # its threads would not outlive the fork of the agents' process
os.environ["DJANGO_SETTINGS_MODULE"] = "doorsync.hub.settings.django"

import django

django.setup()

import httpx2  # noqa: E402 - after the settings that the models read
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_scopes import scope, scopes_disabled  # noqa: E402

from doorsync.hub.companies.signals import access_changed  # noqa: E402
from doorsync.hub.terminals.models import Agent, Terminal  # noqa: E402
from doorsync.hub.users.models import User  # noqa: E402
from tests.factories import soap, world  # noqa: E402
from tests.factories.fleet import Fleet, fleet  # noqa: E402
from tests.factories.stack import Stack, _field  # noqa: E402
from tests.hub.sync.counterpart import Counterpart  # noqa: E402

COMPANIES, FEW, IDLE, CALLING, PRESSES, PATIENCE = 10, 100, 76.0, 26.0, 50, 40.0
LIMIT_KIB, LIMIT_CORE, LIMIT_RATIO = 100, 0.15, 2.0  # a core that is shared takes up to half as long again for the same work
FOLDER = Path(os.environ["DOORSYNC_DATA"]).parent
HUB = {"DOORSYNC_DATABASE_URL": os.environ["DOORSYNC_DATABASE_URL"]}
CALLS = {"sign-in page": ("GET", "/sign-in/", b""), "SOAP call": ("POST", soap.PATH, soap.SAMPLE)}
Times = dict[str, list[float]]


def company(agents: int, number: int) -> Iterator[Counterpart]:
    """A company whose terminals, one for each agent, miss its only member."""
    made = world.company(slug=f"gym-{number}") if number == 0 else world.other_company(slug=f"gym-{number}")
    world.administrator(made)
    at, members = world.location(made), world.group(made)
    names = [f"{each:04}" for each in range(agents)]
    doors = [world.terminal(at, world.agent(made, name), name) for name in names]
    world.right(members, world.zone(made, "All", *doors), world.schedule(made))
    world.user(made, "Alice", members)
    with scope(company=made):
        access_changed.send(sender=User, company=made, users=None)
    yield from (Counterpart(door.agent) for door in doors)


@dataclass(frozen=True)
class Cost:
    """What the kernel says of the hub's process at a moment."""

    at: float
    kib: int  # its own pages, not those that it shares
    resident: int  # KiB with those that it shares
    threads: int
    cpu: float  # seconds


def cost(process: int) -> Cost:
    """The figures of now."""
    folder = Path(f"/proc/{process}")
    lines = (line.split() for name in ("smaps_rollup", "status") for line in (folder / name).read_text().splitlines())
    named = {line[0]: line[1] for line in lines if len(line) > 1}
    ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
    own = int(named["Private_Clean:"]) + int(named["Private_Dirty:"])
    cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    return Cost(at=time.monotonic(), kib=own, resident=int(named["VmRSS:"]), threads=int(named["Threads:"]), cpu=cpu)


def cores(processes: list[int], seconds: float) -> list[float]:
    """The share of a core that each of them uses in these seconds."""
    before = [cost(each) for each in processes]
    time.sleep(seconds)
    after = [cost(each) for each in processes]
    return [(new.cpu - old.cpu) / (new.at - old.at) for old, new in zip(before, after, strict=True)]


def calls(ports: list[int], seconds: float) -> list[Times]:
    """How long each kind of ordinary call takes at each hub: one call at a time, in turns, so that noise troubles all alike."""
    taken: list[Times] = [{kind: [] for kind in CALLS} for _ in ports]
    over = time.monotonic() + seconds
    while time.monotonic() < over:
        for kind, what in CALLS.items():
            for port, times in zip(ports, taken, strict=True):
                times[kind].append(call(port, *what))
                time.sleep(0.01)
    return taken


def call(port: int, method: str, path: str, body: bytes) -> float:
    """The seconds that one call takes."""
    started = time.perf_counter()
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    there.request(method, path, body, soap.XML if body else {})
    assert there.getresponse().read()
    there.close()
    return time.perf_counter() - started


def part(times: list[float], share: float) -> float:
    """The time, in ms, that this share of them does not exceed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)] * 1e3


def presses(stack: Stack, agents: Fleet) -> tuple[list[float], list[float], int]:
    """Press for one terminal after the other: seconds until its agent woke, until the answer, and how many others woke."""
    wakes, answers, others = list[float](), list[float](), 0
    with scopes_disabled():
        doors = list(Terminal.objects.filter(company__slug="gym-0").values_list("pk", "agent__public_id")[:PRESSES])
    with httpx2.Client(base_url=stack.url, headers={"Origin": stack.url}, timeout=30, follow_redirects=True) as browser:
        page = browser.post(browser.get(f"/users/totalSyncUsersLogin/{stack.token()}").url, data={}).text
        fields = {name: _field(page, name) for name in ("session", "proof")}
        for terminal, agent in doors:
            pressed = time.monotonic()
            answer = browser.post(
                f"/sync/runs/?s={fields['session']}", data={**fields, "terminal": str(terminal)}, follow_redirects=False
            )
            assert answer.status_code == httpx2.codes.FOUND, answer.text
            answers.append(time.monotonic() - pressed)
            woken = dict(agents.woken(0.2))
            wakes.append(woken.pop(agent, math.inf) - pressed)
            others += len(woken)
    return wakes, answers, others


def come(hub: int, agents: Fleet, number: int) -> float:
    """Let the agents come; returns the KiB of the hub for each of them."""
    empty = now = cost(hub)
    print(f"  nobody waiting: {empty.kib / 1024:.0f} MiB, {empty.threads} threads")
    for several in sorted({min(FEW, number), number}):
        agents.grow(several, within=several / 20)  # spread over the length of a wait, as in life
        time.sleep(3)
        now = cost(hub)
        print(f"  {several} waiting: {(now.kib - empty.kib) / several:.0f} KiB more for each, {now.threads} threads")
    return (now.kib - empty.kib) / number


def wait(hubs: list[int], agents: Fleet, number: int) -> float:
    """Let them do nothing; returns the share of a core that the first hub uses, and prints that of the other, without agents."""
    asked = agents.seen()
    idle, alone = cores(hubs, IDLE)
    rates = {what: (count - asked[what]) / IDLE * 60 / number for what, count in sorted(agents.seen().items())}
    print("  requests of each agent in a minute: " + ", ".join(f"{what} {rate:.2f}" for what, rate in rates.items()))
    each = (idle - alone) * 60e3 / number
    print(f"  CPU of {number} idle agents {idle:.1%} of a core, without agents {alone:.1%}; {each:.1f} ms a minute for each")
    return idle


def restart(stack: Stack, number: int) -> None:
    """Restart the hub under the agents, and print how they come back."""
    started = time.monotonic()
    stack.end("hub")
    ended, since = time.monotonic(), timezone.now()
    stack.start_hub(**HUB)
    up, now = time.monotonic(), cost(stack.processes["hub"].pid)
    threads, kib, back = now.threads, now.kib, 0
    while back < number and time.monotonic() < up + PATIENCE:
        time.sleep(0.05)
        now = cost(stack.processes["hub"].pid)
        threads, kib = max(threads, now.threads), max(kib, now.kib)
        with scopes_disabled():
            back = Agent.objects.filter(waited_at__gt=since).count()
    took = f"{ended - started:.1f} s to end, {up - ended:.1f} s to start, {time.monotonic() - up:.1f} s more until {back} wait"
    print(f"  restart: {took}; at most {threads} threads and {kib / 1024:.0f} MiB meanwhile")


def allow_files() -> int:
    """As many open files as this process may have, also for those that it starts; returns their number."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def main(number: int) -> int:
    """Print the figures; 1 when one misses its limit."""
    allow_files()
    call_command("migrate", verbosity=0)
    companies = min(COMPANIES, number)
    with transaction.atomic():
        counterparts = [each for n in range(companies) for each in company(number // companies, n)]
    connection.close()
    shutil.copytree(FOLDER / "hub", FOLDER / "alone" / "hub")
    stack, alone = Stack(FOLDER, cloud=True), Stack(FOLDER / "alone", cloud=True)
    try:
        stack.start_hub(**HUB)
        alone.start_hub(**HUB)
        with fleet(stack.port, counterparts) as agents:
            return compared(stack, alone, agents, len(counterparts))
    finally:
        stack.end_all()
        alone.end_all()
        shutil.rmtree(FOLDER)


def compared(stack: Stack, alone: Stack, agents: Fleet, number: int) -> int:
    """Everything in its order, and the verdicts; `alone` is a hub of the same rows without agents."""
    ports, hubs = [stack.port, alone.port], [each.processes["hub"].pid for each in (stack, alone)]
    calls(ports, 4)  # warm, and known as a source of right passwords
    kib, idle = come(hubs[0], agents, number), wait(hubs, agents, number)
    slower = told_calls(f"with {number} waiting", calls(ports, CALLING))
    wakes, answers, others = presses(stack, agents)
    woken = ", ".join(f"p{share} {part(wakes, share / 100):.0f} ms" for share in (50, 95, 99))
    print(f"  {len(wakes)} presses: the agent wakes after {woken}; the page comes after p50 {part(answers, 0.5):.0f} ms")
    restart(stack, number)
    told_calls("after the restart", calls(ports, CALLING))
    print("  load of the machine {:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg()))
    ratios = {
        f"an agent's memory to {LIMIT_KIB} KiB": kib / LIMIT_KIB,
        f"the CPU of {number} idle agents to {LIMIT_CORE:.0%} of a core": idle / LIMIT_CORE,
        "the p95 of ordinary calls to the double of that without agents": slower / LIMIT_RATIO,
        "the p95 of wake-ups to the double of that of the presses": part(wakes, 0.95) / part(answers, 0.95) / LIMIT_RATIO,
    }
    for what, ratio in ratios.items():
        print(f"ratio of {what} {ratio:.2f} (must be below 1)")
    print(f"others woken {others} (must be 0)")
    return int(max(ratios.values()) >= 1 or others > 0)


def told_calls(when: str, taken: list[Times]) -> float:
    """Print how long calls took; returns by how much the slowest twentieth takes longer, for the kind that suffers most."""
    ratios = []
    for kind in CALLS:
        ours, theirs = (times[kind] for times in taken)
        ratios.append(part(ours, 0.95) / part(theirs, 0.95))
        middle, slow = (f"{part(ours, share):.1f} ms (alone {part(theirs, share):.1f})" for share in (0.5, 0.95))
        print(f"  {when}: {kind} p50 {middle}, p95 {slow}")
    return max(ratios)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 500))
