"""Random schedules of changes, presses and faults, each from a seed, against the real hub; `watch` looks after each step.

What the two terminals should hold is known from `truth`; `wire` makes the way to them as bad as it can be.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import time_machine
from django.utils import timezone
from django_scopes import scope

from doorsync.hub.sync.errors import SyncError
from doorsync.hub.sync.models import Mode, Run, RunTerminal, RunTerminalState
from doorsync.hub.sync.plan.plans import build_plan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.sync.run.automatic_runs import send_what_waits
from doorsync.hub.sync.run.refresh_worker import refreshed_chunks
from doorsync.hub.sync.run.retries import retry_due
from doorsync.hub.sync.run.runs import retry_run, start_run
from doorsync.hub.sync.run.scheduler import apply_due_changes
from doorsync.hub.terminals.models import Agent
from doorsync.hub.users.models import User
from tests.hub.sync.changes import Club
from tests.hub.sync.put_off import finish_refreshes, put_off_more_than
from tests.hub.sync.truth import Groups
from tests.hub.sync.watch import Violation, Watch
from tests.hub.sync.wire import Wire

START = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
STEPS = {"change": 5, "press": 2, "round": 10, "late": 3, "jump": 2, "restart": 1, "retry": 0.5, "lose": 0.4}
STOPPED = (
    RunTerminalState.REFUSED,
    RunTerminalState.PARTLY,
)  # by the guard, or by a card that another had; a second press sees what there is
LENGTH = 5, 12  # steps before the faults stop
ROUNDS = 20  # after the faults, so many questions must be enough


class Schedule:
    """One seed's schedule at a club that is in sync when it begins."""

    def __init__(self, club: Club, seed: int) -> None:
        self.club, self.seed, self.dice = club, seed, random.Random(seed)
        self.happened: Counter[str] = Counter()
        self.story: list[str] = []
        self.faulty = frozenset(self.dice.choice((club.names[:1], club.names[1:], club.names)))
        club.there.page = self.dice.choice((0, 2, 5))  # a memory in one piece, or in parts
        self.wire = Wire(club.there, self.dice, self.faulty, self._note)
        self.watch = Watch(club)
        self.ticked = START
        self.dials = self.dice.random() < 0.6  # so the agent waits at the hub, and runs open that nobody presses for
        club.there.once = self.dice.random() < 0.5
        # Of every six: in one all changes are put off and worked out in chunks of one user, in one those of rights are.
        self.few = {0: 0, 3: 1}.get(seed % 6)
        self.worker_dice = random.Random(seed)
        self.wire.asked, self.wire.written = self.watch.note_batches, self.watch.written

    def run(self, steps: int = 0) -> None:
        """So many steps (0: a few), and then the end of the faults. Raises Violation with the story so far."""
        limits = put_off_more_than(self.few) if self.few is not None else nullcontext()
        with time_machine.travel(START, tick=False) as self.clock, scope(company=self.club.gym.company), limits:
            try:
                self.watch.look()
                for _ in range(steps or self.dice.randrange(*LENGTH)):
                    self._step(self.dice.choices(list(STEPS), list(STEPS.values()))[0])
                self._finish()
            except Exception as error:
                raise Violation("\n".join([f"seed {self.seed}: {error!r}", *self.story])) from error

    def _note(self, fault: str, more: str = "") -> None:
        self.happened[fault] += 1
        self.story.append(f"  {fault} {more}")

    def _step(self, name: str) -> None:
        self.story.append(name)
        self.clock.shift(self.dice.choice((0, 1, 2, 10)))
        self._tick()
        self._refresh_one_chunk()
        getattr(self, f"_{name}")()
        if self.dials:
            self._without_a_press()
        self.watch.look()

    def _without_a_press(self) -> None:
        """What the clock of the hub does every few seconds."""
        Agent.objects.filter(pk=self.club.gym.agent.pk).update(waited_at=timezone.now())
        runs = Run.objects.count()
        send_what_waits(timezone.now())
        retry_due(timezone.now())
        self._note("unprompted", f"{Run.objects.count() - runs} runs") if Run.objects.count() > runs else None

    def _tick(self) -> None:
        """As often as it can make a difference: dates have no seconds."""
        minute = timezone.now().replace(second=0)
        if minute != self.ticked:
            apply_due_changes()
        self.ticked = minute

    def _refresh_one_chunk(self) -> None:
        if self.few is not None and self.worker_dice.random() < 0.5 and next(refreshed_chunks(), None) is not None:
            self._note("refreshed a chunk")

    def _change(self) -> None:
        for _ in range(self.dice.randrange(1, 3)):
            self.story.append(f"  {self.club.change(self.dice)}")

    def _round(self) -> None:
        """Whoever has nothing to carry presses."""
        if self.watch.open_run_terminals():
            self.wire.round()
        else:
            self._press()

    def _late(self) -> None:
        self.wire.send_late()

    def _restart(self) -> None:
        self.wire.restart_agent()

    def _lose(self) -> None:
        self.club.there.lose_state()
        self._note("lose disk")

    def _jump(self) -> None:
        """Hours forth or back; at times the hub is asked for work before its clock has been looked at."""
        minutes = self.dice.choice((-1, 1)) * self.dice.randrange(1, 300)
        self._note("clock jump", f"by {minutes} min")
        self.clock.shift(timedelta(minutes=minutes))
        early = self.dice.random() < 0.5
        if early:
            self.wire.round()
        self._tick()
        self.watch.done |= self.watch.done_run_terminals() if early else set()  # a run terminal may have ended by the old time

    def _press(self) -> None:
        gym, dice = self.club.gym, self.dice
        groups = dice.choice((None, None, frozenset({"Members"}), frozenset({"Staff"})))
        terminals = gym.terminals if dice.random() < 0.7 else [dice.choice(gym.terminals)]
        if self.club.truth.people and dice.random() < 0.2:
            self._press_for_one(dice.choice(sorted(self.club.truth.people)), frozenset(terminal.pk for terminal in terminals))
            return
        mode = dice.choices((Mode.CHANGES, Mode.VERIFY, Mode.ERASE), (8, 1, 1))[0]
        choice = Selection(
            terminals=frozenset(terminal.pk for terminal in terminals),
            groups=frozenset(each.pk for each in (gym.members, gym.staff) if groups and each.name in groups),
            mode=mode,
        )
        self._press_for(choice, None if mode == Mode.ERASE else groups)  # whoever is erased is written back, whatever his group

    def _press_for_one(self, number: str, terminals: frozenset[int]) -> None:
        user = User.objects.get(number=int(number))
        self._press_for(Selection(terminals=terminals, user=user.pk), frozenset({number}))

    def _press_for(self, choice: Selection, groups: Groups) -> None:
        planned = build_plan(self.club.gym.company, choice)
        self.story.append(f"  {choice.mode} at {len(planned.terminal_plans)} for {sorted(groups or ['all'])}")
        for terminal_plan in planned.terminal_plans:
            if terminal_plan.status.up_to_date:  # of everybody, whomever the plan is limited to
                self.watch.must_be_right(terminal_plan.terminal.public_id, None, "the plan says up to date")
        try:
            self._open(choice, groups, planned.to_confirm)
        except SyncError:
            self._note("press refused")

    def _open(self, choice: Selection, groups: Groups, confirmed: int) -> int:
        run = start_run(company=self.club.gym.company, choice=choice, confirmed=confirmed or None, actor=self.club.gym.actor)
        self.watch.limits[run.pk] = groups
        return run.pk

    def _retry(self) -> None:
        run = Run.objects.order_by("-pk").first()
        try:
            if run:
                retry_run(run=run, actor=self.club.gym.actor)
        except SyncError:
            self._note("retry refused")

    def _finish(self) -> None:
        """Letters arrive again: terminals without faults must be right at once, and when the others mend, they too."""
        self.wire.bad_wire = False
        if well := set(self.club.names) - self.faulty:
            self._sync_all(well)
        self.wire.bad_devices = False
        while self.wire.kept:
            self.wire.send_late()
            self.watch.look()
        for _ in range(3):
            self._sync_all(well)
            self._rounds(set(self.club.names))
            if not list(self.watch.wrong()):
                return
        raise Violation(f"not converged: {next(self.watch.wrong())}")

    def _sync_all(self, well: set[str]) -> None:
        """A run for everybody everywhere, until the terminals that are well have ended: as they must, whatever the others do."""
        self.story.append("sync all")
        self._tick()
        if self.worker_dice.random() < 0.5:
            finish_refreshes()
        run = self._pressed_until_through(well)
        for name in well:
            self.watch.must_be_right(name, None, "another terminal's fault")
        if others := {(run, at) for at, name in self.watch.names.items() if name in well} - self.watch.done:
            raise Violation(f"another terminal's fault: {others} are not done")

    def _pressed_until_through(self, well: set[str]) -> int:
        """Whoever is stopped because more people expired meanwhile types the new number."""
        choice = Selection(terminals=frozenset(self.watch.names))
        for _ in range(3):
            run = self._open(choice, None, build_plan(self.club.gym.company, choice).to_confirm)
            self.watch.look()
            self._rounds(well)
            if not RunTerminal.objects.filter(run=run, state__in=STOPPED, terminal__public_id__in=well).exists():
                break
            self._note("stopped")
        return run

    def _rounds(self, names: set[str]) -> None:
        """Ask until nothing is open any more at these terminals."""
        for _ in range(ROUNDS):
            if not self.watch.open_run_terminals() & names:
                return
            self._step("round")
            finish_refreshes()
            self.clock.shift(5)
            self._tick()  # a start may come meanwhile: the scheduler looks every few seconds
        raise Violation(f"no end at {sorted(names)}")
