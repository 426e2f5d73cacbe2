"""The report of a trial, line by line: what was tried and what failed. It names no address and no secret."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from doorsync.agent.driver_trial import NotEmpty, Trial
from doorsync.agent.drivers import find_drivers
from doorsync.drivers.contract import ConnectionSettings, TerminalError

Line = tuple[str, bool]  # the text, and whether it tells of a failure


def report_lines(make: str, address: str, options: Mapping[str, str], secret: str, timeout: float) -> Iterator[Line]:
    """Try the driver at this terminal; yields the lines of the report."""
    found = find_drivers()
    driver = found.working.get(make)
    if driver is None:
        yield found.why_not(make), True
        return
    yield f"doorsync {version('doorsync')}, {driver.make.title}, Python {platform.python_version()}", False
    settings = ConnectionSettings(address=address, secret=secret, options=options)
    try:
        for step in Trial(driver, settings, max(timeout, driver.make.answer_timeout)).steps():
            yield (f"FAILED  {step.name}: {step.failure}" if step.failure else f"ok      {step.name}"), bool(step.failure)
    except NotEmpty as error:
        yield str(error) or str(NotEmpty.__doc__), True
    except TerminalError as error:
        yield f"FAILED  {error}", True
