"""Finds the drivers through the entry points `doorsync.drivers`. A broken one is shown with its reason and harms no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points

from doorsync.agent.logs import log
from doorsync.agent.missing_driver import MissingDriver
from doorsync.domain.reason import Reason
from doorsync.drivers.contract import Driver
from doorsync.drivers.make import Make
from doorsync.messages.make_info import MakeInfo, MakeOption
from doorsync.messages.terminal_codes import TerminalCode, in_english

GROUP = "doorsync.drivers"


@dataclass(frozen=True, slots=True)
class Drivers:
    """Those that work, by make; and the reason of each that does not, by the name of its entry point.

    `absent`: those that need an extra which was left out, and how to get it, such as "doorsync[suprema]".
    """

    working: dict[str, Driver] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def of(self, make: str) -> Driver:
        """The driver for this make, or one that reaches nothing and says why."""
        return self.working.get(make) or MissingDriver(self.why_missing(make))

    def why_missing(self, make: str) -> Reason:
        """Why there is no driver for this make."""
        if make in self.broken:
            return TerminalCode.DRIVER_BROKEN(make=make, why=self.broken[make])
        if make in self.absent:
            return TerminalCode.DRIVER_ABSENT(make=make, needs=self.absent[make])
        return TerminalCode.NO_DRIVER(make=make)

    def why_not(self, make: str) -> str:
        """Why there is no driver for this make: a sentence for whoever looks at the agent itself."""
        return in_english(self.why_missing(make))


def find_drivers() -> Drivers:
    """All drivers that are installed."""
    found = Drivers()
    for point in sorted(entry_points(group=GROUP), key=lambda each: each.name):
        try:
            driver = _load(point)
        except ModuleNotFoundError as error:
            if point.extras and not (error.name or "doorsync").startswith("doorsync"):
                found.absent[point.name] = f"{point.dist.name if point.dist else ''}[{','.join(point.extras)}]"
            else:
                found.broken[point.name] = f"ModuleNotFoundError: {error}"[:200]
            continue
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a foreign module does while it is loaded
            found.broken[point.name] = f"{type(error).__name__}: {error}"[:200]
            continue
        if point.name in found.working:
            found.broken[point.name] = "there are two of it; the first is used"
        else:
            found.working[point.name] = driver
    return found


def _load(point: EntryPoint) -> Driver:
    driver: Driver = point.load()()
    if not isinstance(driver.make, Make):
        raise TypeError("it does not describe its make as this version expects")
    if driver.make.name != point.name:
        raise ValueError(f"it calls itself '{driver.make.name}'")
    if not callable(driver.open) or not callable(driver.lane):
        raise TypeError("it cannot open a session")
    return driver


def makes_of(found: Drivers) -> list[MakeInfo]:
    """What the hub is told of the makes that this agent can drive. What fits into no message is left out."""
    told = []
    for name, driver in sorted(found.working.items()):
        try:
            told.append(_info(driver.make))
        except ValueError:
            log.warning("A driver describes its make in a way that no message can carry.", driver=name)
    return told


def _info(make: Make) -> MakeInfo:
    return MakeInfo(
        name=make.name,
        title=make.title,
        address=make.address,
        secret=make.secret,
        options=[
            MakeOption(name=o.name, title=o.title, default=o.default, choices=list(o.choices), pattern=o.pattern)
            for o in make.options
        ],
        level=make.evidence.level,
        against=list(make.evidence.against),
        not_shown=list(make.evidence.not_shown),
        warnings=list(make.warnings),
    )
