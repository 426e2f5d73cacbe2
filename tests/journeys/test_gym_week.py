"""A gym's week with a program that knows only the documentation: members come, lose cards, get QR codes and leave.

The log is fetched each hour, also while the agent is away for a day and a half. Real programs: hub, agent, virtual terminals.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

from doorsync.drivers.virtual import door
from tests.factories.hours import let_hours_pass
from tests.factories.patience import PATIENCE
from tests.factories.stack import Stack, until
from tests.factories.world import SAMPLE_CODE
from tests.journeys.gym_model import OPENS, TERMINALS, GymModel, Member, held
from tests.journeys.gym_program import GymProgram

WITHIN = 2 * PATIENCE  # an agent that comes back tries ever more rarely for a while
MORNING, NOON, AFTERNOON = 8, 12, 15
AWAY_FROM, BACK_AT = (3, 10), (4, 18)  # day and hour
HOUR = timedelta(hours=1)
DAYS, HOURS = range(1, 8), range(24)


class GymStack(Stack):
    """Members open the gate and the pool, staff the office too. Its clocks show UTC, in which no hour comes twice."""

    def _company(self, people: list[dict[str, Any]]) -> dict[str, Any]:
        company = super()._company(people)
        for location in company["locations"]:
            location["time_zone"] = "UTC"
        return company | {
            "groups": list(OPENS),
            "zones": [{"name": f"Doors of {group}", "terminals": list(doors)} for group, doors in OPENS.items()],
            "rights": [{"group": group, "zone": f"Doors of {group}", "schedule": "Always"} for group in OPENS],
        }


@dataclass
class Week:
    """The gym, its program, and what is expected."""

    running: GymStack
    program: GymProgram
    gym: GymModel = field(default_factory=GymModel)
    lost_cards: list[str] = field(default_factory=list)

    @property
    def is_connected(self) -> bool:
        return "agent" in self.running.processes

    def join(self, group: str = "Members") -> None:
        self.tell(self.gym.join(group))

    def tell(self, member: Member) -> None:
        self.program.save(member.id, member.last_name, group=member.group, card=member.card, until=member.until[:10])

    def lose_card(self) -> None:
        """Whoever has been here longest gets another one."""
        member = next(iter(self.gym.members.values()))
        self.lost_cards.append(member.card)
        changed = self.gym.give_card(member)
        self.program.replace_card(changed.id, changed.card)

    def leave(self) -> None:
        member = next(each for each in self.gym.members.values() if each.group == "Members")
        self.lost_cards.append(self.gym.members.pop(member.id).card)
        self.program.delete(member.id)

    def let_stay_end(self) -> None:
        member = [each for each in self.gym.members.values() if each.group == "Members"][1]
        self.lost_cards.append(self.gym.members.pop(member.id).card)
        self.program.save(member.id, member.last_name, group=member.group, card=member.card, until="2026-01-01")

    def use_qr_codes(self) -> None:
        """Nobody has one; one is made, replaced, and taken away again."""
        member = next(reversed(self.gym.members))
        assert self.program.qr(member) is None
        first, second = self.program.new_qr(member), self.program.new_qr(member)
        assert first != second == self.program.qr(member)
        self.program.drop_qr(member)
        assert self.program.qr(member) is None

    def show_cards(self) -> None:
        """Everybody comes, by turns at each door; so does whoever has found a lost card or kept one."""
        cards = [each.card for each in (*self.gym.members.values(), *self.gym.at_doors.values())]
        for number, card in enumerate(dict.fromkeys(cards + self.lost_cards)):
            name = list(TERMINALS)[number % len(TERMINALS)]
            shown = door.show(self.running.memory_folder(name), card=card)
            assert shown.opened == self.gym.opens(name, card), f"{name} to {card}: {shown}"

    def sync(self) -> None:
        """Both locations; with a connection, each terminal is as it should be when the program is told so."""
        codes = [self.program.start_sync(each) for each in locations(self.running)]
        if not self.is_connected:
            assert all("UP TO DATE" not in self.program.sync_status(code) for code in codes)
            return
        for code in codes:
            until(lambda code=code: self.program.sync_status(code) == "UP TO DATE", "the doors being up to date", WITHIN)  # type: ignore[misc]
        self.gym.is_up_to_date()
        self.compare()

    def compare(self) -> None:
        for name in TERMINALS:
            assert self.held(name) == self.gym.should_hold(name), name

    def held(self, name: str) -> dict[str, tuple[str, list[str], str]]:
        return held(self.running.memory_folder(name) / "memory.sqlite3", self.program.numbers)

    def opens_to_lost_cards(self) -> set[str]:
        """The cards of whoever lost them or left that are still in a terminal's memory."""
        return {card for name in TERMINALS for _, cards, _ in self.held(name).values() for card in cards} & set(self.lost_cards)

    def pass_hour(self) -> None:
        let_hours_pass(self.running, 1)
        self.program.fetched_up_to -= HOUR  # its memory lies further back as well
        self.program.fetch_log()

    def live_hour(self, day: int, hour: int) -> None:
        """What happens within this hour of the week."""
        if (day, hour) == AWAY_FROM:
            self.running.end("agent")
        if (day, hour) == BACK_AT:
            assert self.opens_to_lost_cards(), "what the doors did not hear of during the outage"
            self.running.start_agent()
            until(lambda: not self.opens_to_lost_cards(), "lost cards opening nothing, without a call", WITHIN)
            self.sync_and_come()
        if hour == MORNING:
            for _ in range(2):
                self.join()
            self.sync_and_come()
        if hour == NOON:
            self.use_qr_codes()
        if hour == AFTERNOON:
            self.lose_card()
            (self.leave if day % 2 else self.let_stay_end)()
            self.sync_and_come()

    def sync_and_come(self) -> None:
        self.sync()
        self.show_cards()


def locations(running: Stack) -> list[str]:
    """Their ids, which an administrator has told the program."""
    return [str(number) for (number,) in running.query("SELECT id FROM companies_location ORDER BY name")]


@contextmanager
def opened(folder: Path) -> Iterator[Week]:
    """Nobody is a member yet. The administrator has said in which info field the program's own ids are."""
    made = GymStack(folder, cloud=True, terminals=TERMINALS)
    try:
        made.start_terminals()
        made.load([])
        made.run(["company", "programs", "gym", "--alt-id", "1"])
        made.start_hub()
        made.enrol()
        made.start_agent()
        until(lambda: made.query("SELECT 1 FROM terminals_agent WHERE waited_at IS NOT NULL"), "the agent waiting")
        with closing(GymProgram(made.url, SAMPLE_CODE)) as program:
            yield Week(made, program)
    finally:
        made.end_all()


def test_a_week_ends_with_every_terminal_right_and_every_visit_in_the_log_once(tmp_path: Path) -> None:
    with opened(tmp_path) as week:
        assert week.program.groups() == set(OPENS)
        for group in ("Staff", "Staff", *["Members"] * 8):
            week.join(group)
        for day, hour in product(DAYS, HOURS):
            week.live_hour(day, hour)
            week.pass_hour()
            if hour == HOURS[-1]:
                week.program.fetch_log_by_id()

        week.sync()
        came = week.gym.came
        shown = [(sum(map(len, came.values())),)]
        until(
            lambda: week.running.query("SELECT count(*) FROM events_accessevent") == shown, "every visit being brought to the hub"
        )
        week.pass_hour()
        week.program.fetch_log_by_id()
        assert [row["scanID"] for row in week.program.log] == [row["scanID"] for row in week.program.log_by_id]
        assert {name: week.program.came(name) for name in TERMINALS} == came
        members = {each.id: (each.last_name, each.group, each.card) for each in week.gym.members.values()}
        assert week.program.members() == members
