"""Made-up plans and runs for the style guide. Nothing here comes from the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from doorsync.domain.reason import NO_REASON
from doorsync.hub.companies.models import Location
from doorsync.hub.sync.holdings.terminal_status import TerminalStatus
from doorsync.hub.sync.models import Holding, HoldingState, Mode, Run, RunTerminalState
from doorsync.hub.sync.plan.plans import Plan, TerminalPlan
from doorsync.hub.sync.plan.selections import Selection
from doorsync.hub.terminals.models import Agent, Terminal
from doorsync.hub.ui.styleguide import Sample
from doorsync.hub.web.people.person_search import FoundPeople
from doorsync.hub.web.people.person_status import person_status
from doorsync.hub.web.people.person_terminals import PersonAtTerminal
from doorsync.hub.web.sync.plan_context import render_plan as drawn_plan
from doorsync.hub.web.sync.run_status import RunStatus
from doorsync.hub.web.sync.run_terminals import ProblemRow, RunTerminalView
from doorsync.hub.web.sync.run_views import render_run as drawn_run

PLACE = Location(name="Amsterdam")


def samples() -> list[Sample]:
    """The parts of this room."""
    return [
        Sample(name="Plan", template="sync/parts/plan.html", data=_calm),
        Sample(name="Plan that the guard stops", template="sync/parts/plan.html", data=_stopped),
        Sample(name="Plan that cannot be sent", template="sync/parts/plan.html", data=_blocked),
        Sample(name="Run", template="sync/parts/run_terminals.html", data=lambda: drawn_run(_run(RunTerminalState.SYNCING))),
        Sample(
            name="Run that ended",
            template="sync/parts/run_terminals.html",
            data=lambda: drawn_run(_run(RunTerminalState.NOT_REACHED)),
        ),
        Sample(name="Agent out of reach", template="sync/samples/agent.html", data=_agent),
        Sample(name="One person", template="sync/parts/found.html", data=_person),
    ]


def _terminal(name: str, **fields: Any) -> Terminal:
    return Terminal(pk=1, public_id=name, name=name, location=PLACE, **fields)


def _terminal_plan(terminal: Terminal, new: int, changed: int, removed: int, same: int, refused: int = 0) -> TerminalPlan:
    return TerminalPlan(
        terminal=terminal,
        new=new,
        changed=changed,
        removed=removed,
        same=same,
        refused=refused,
        schedules=0,
        held=same + removed,
        narrowed=0,
        over_guard=removed > 20,
        status=TerminalStatus(terminal=terminal, refused=refused, waiting=new + changed + removed),
    )


def _plan(*terminal_plans: TerminalPlan, mode: Mode = Mode.CHANGES, obstacle: str = "", **more: Any) -> dict[str, Any]:
    shown = Plan(choice=Selection(groups=frozenset([1]), mode=mode), terminal_plans=terminal_plans, obstacle=obstacle)
    words = "Send changes · 3 terminals (Amsterdam) · Members, Staff"
    return {"plan": shown, "words": words, "saved": False, **drawn_plan(shown, ""), **more}


def _calm() -> dict[str, Any]:
    now = timezone.now()
    return _plan(
        _terminal_plan(_terminal("Front door", seen_at=now, verified_at=now), 0, 0, 0, 2418),
        _terminal_plan(_terminal("Changing rooms", seen_at=now), 312, 14, 3, 2104, 2),
        _terminal_plan(_terminal("Gate 3", seen_at=now, lost_at=now - timedelta(minutes=26)), 8, 0, 1, 611),
        _terminal_plan(_terminal("Storage"), 40, 0, 0, 0),
        saved=True,
    )


def _stopped() -> dict[str, Any]:
    terminal_plan = _terminal_plan(_terminal("Front door", seen_at=timezone.now()), 2, 0, 43, 180)
    return _plan(terminal_plan, wrong_count="That is not 43. Nothing was sent.")


def _blocked() -> dict[str, Any]:
    return _plan(obstacle="The filter chooses no terminal. Choose at least one.")


def _run(last: RunTerminalState) -> RunStatus:
    problems = (ProblemRow(name="Anna de Vries", message="The terminal refused: memory full."),)
    return RunStatus(
        run=Run(mode=Mode.CHANGES),
        run_terminals=(
            _progress("Front door", RunTerminalState.DONE, 29, 29),
            _progress("Changing rooms", RunTerminalState.PARTLY, 28, 29, message="The terminal refused.", problems=problems),
            _progress("Gate 3", last, 40, 120, message="The terminal did not answer." * (last == RunTerminalState.NOT_REACHED)),
        ),
    )


def _progress(
    name: str, state: RunTerminalState, done: int, planned: int, *, message: str = "", problems: tuple[ProblemRow, ...] = ()
) -> RunTerminalView:
    return RunTerminalView(
        status=TerminalStatus(terminal=_terminal(name, seen_at=timezone.now())),
        state=state,
        planned=planned,
        done=done,
        new=done,
        changed=0,
        removed=0,
        message=message,
        problems=problems,
        percent=done * 100 // planned,
    )


def _agent() -> dict[str, Any]:
    return {"agent": Agent(public_id="sample", name="Front desk PC", url="http://192.168.1.20:8770")}


def _person() -> dict[str, Any]:
    def place(name: str, held: bytes | None, wanted: bytes | None) -> PersonAtTerminal:
        row = Holding(wanted=wanted, held=held, user_id=1, held_since=timezone.now() - timedelta(hours=3))
        row.state = HoldingState.SAME if held == wanted else HoldingState.REMOVE
        status = TerminalStatus(terminal=_terminal(name, agent=Agent(name="Front desk PC"), seen_at=timezone.now()))
        return PersonAtTerminal(
            status=status,
            row=row,
            user=None,
            should=False,
            has_right=False,
            in_group=False,
            credentials=True,
            problem=NO_REASON,
            held_back=False,
            under_way=False,
        )

    places = [place("Front door", b"held", None), place("Gate 3", b"held", None), place("Pool", None, None)]
    person = FoundPeople(user_id=None, key="1043", name="Guus Bakker", groups="")
    return {
        "person": person,
        "places": places,
        "standing": person_status(places),
        "kept_only": ["QR code: kept, but no terminal here can hold it."],
    }
