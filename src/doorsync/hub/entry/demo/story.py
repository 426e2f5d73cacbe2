"""Runs the demo: starts its processes, plays the first day once, then waits for the user."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from doorsync.hub.companies.models import Company
from doorsync.hub.entry.demo import people, steps
from doorsync.hub.entry.demo.layout import DemoLayout
from doorsync.hub.entry.demo.processes import DOORSYNC, Child, DemoProcesses
from doorsync.hub.entry.demo.signals import pause
from doorsync.hub.entry.demo.steps import PASSWORD, SLUG, TERMINALS, USERNAME
from doorsync.hub.entry.startup import NotReady
from doorsync.hub.esws.namespaces import PATH
from doorsync.hub.settings.config import config

Say = Callable[[str], None]
AT_TERMINAL, AT_AGENT, AT_HUB = r"listens on ([\d.]+:\d+)\.\s", r"listens on (http://\S+)\.\s", r"answers at (\S+)\s"

TOLD = """
Doorsync's demo runs: a hub, an agent and three virtual terminals. Ctrl-C ends it.

  Address         {origin}/
  Sign in         company {slug}, name {username}, password {password}

As a program does it: ask for a token with the documented sample request,

  {curl}

and open this link in a browser, with the token from the answer in place of TOKEN:

  {origin}/users/totalSyncUsersLogin/TOKEN

The terminals' memories are in {terminals}
"""


def live(home: DemoLayout, household: DemoProcesses, say: Say) -> None:
    """Run the demo until a signal ends it. Raises NotReady when a process fails."""
    terminals = {slug: _terminal(home, household, slug) for slug in TERMINALS}
    hub = household.start("Hub", ["hub", "run"], AT_HUB)
    addresses = {slug: child.started() for slug, child in terminals.items()}
    story = _Story(home, household, addresses, hub.started(), say)
    agent = story.until_today()
    steps.move(story.company(), addresses, agent.started())
    say(_told(home, story.origin))
    _watch(household, list(terminals.values()), say)


@dataclass(frozen=True, slots=True)
class _Story:
    """The first day, from the step that an earlier start reached: load people, sync them, then change them."""

    home: DemoLayout
    household: DemoProcesses
    addresses: steps.Addresses
    origin: str
    say: Say

    def until_today(self) -> Child:
        """Take all steps that are left; returns the running agent."""
        if not self.home.kept("stage"):
            self._set_up()
        if self.home.kept("stage") == "loaded":
            self._first_sync()
        if self.home.kept("stage") == "synced":
            pause(0)
            self.say("Since then some people came, some changed, some left ...")
            steps.load(self.home, people.people_after, self.addresses)
            self.home.keep("stage", "ready")
        return self._agent(cloud=False)

    def company(self) -> Company:
        """The demo's company."""
        return Company.objects.get(slug=SLUG)

    def _set_up(self) -> None:
        self.say("Setting up Harbour Gym: two locations, three terminals, 250 people ...")
        company = steps.load(self.home, people.people_before, self.addresses)
        words = [*DOORSYNC, "agent", "enrol", self.origin, "--data", str(self.home.agent)]
        code = f"{steps.agent_code(company)}\n"
        done = subprocess.run(words, input=code, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603  # ours
        if done.returncode:
            raise NotReady(f"The agent was not enrolled: {done.stderr.strip()}")
        self.home.keep("stage", "loaded")

    def _first_sync(self) -> None:
        self.say("Bringing them into the terminals ...")
        agent = self._agent(cloud=True)
        steps.move(self.company(), self.addresses, agent.started())
        steps.first_sync(self.company())
        self.household.end(agent)
        steps.use_page_courier(self.company())
        self.home.keep("stage", "synced")

    def _agent(self, *, cloud: bool) -> Child:
        """On the first day it dials out by itself; later the administrator's browser is the courier, as the documents have it."""
        settings = {"CLOUD": cloud, "ORIGINS": config().origins, "HOST": "127.0.0.1"}
        environment = {f"DOORSYNC_AGENT_{name}": _text(value) for name, value in settings.items()}
        return self.household.start("Agent", ["agent", "run", "--data", str(self.home.agent)], AT_AGENT, **environment)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _terminal(home: DemoLayout, household: DemoProcesses, slug: str) -> Child:
    name, abilities = TERMINALS[slug]
    can = [word for ability in abilities for word in ("--can", ability)]
    return household.start(name, ["terminal", "run", str(home.terminal(slug)), *can], AT_TERMINAL)


def _watch(household: DemoProcesses, terminals: list[Child], say: Say) -> None:
    """Raise NotReady when hub or agent ends. A terminal may end: that is a fault to try out."""
    while True:
        child = household.first_to_end()
        household.children.remove(child)
        if child not in terminals:
            raise NotReady(f"{child.name} has ended by itself: {child.last_word()} See {child.log}.")
        say(f"The terminal {child.name} has ended. The others go on; the next start of the demo brings it back.")


def _told(home: DemoLayout, origin: str) -> str:
    home.request_file.write_bytes(files(__package__).joinpath("getTotalSyncToken.request.xml").read_bytes())
    sample = f"@{_short(home.request_file)}"
    words = ["curl", "--silent", "--header", "Content-Type: text/xml; charset=utf-8", "--data-binary", sample, f"{origin}{PATH}"]
    return TOLD.format(
        origin=origin,
        slug=SLUG,
        username=USERNAME,
        password=PASSWORD,
        curl=shlex.join(words),
        terminals=_short(home.data / "terminals"),
    )


def _short(path: Path) -> Path:
    """The path relative to the working directory, if it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
