"""`doorsync agent drivers`: the makes of terminal that this agent can drive, and how far each can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

from doorsync.agent.drivers import find_drivers
from doorsync.drivers.make import Evidence, EvidenceLevel, Make

WORDS = {
    EvidenceLevel.DEVICE: "Tried on a real device: {against}.",
    EvidenceLevel.FOREIGN_DEVICE_SIDE: "Checked against a device side that others wrote ({against}); not yet on a real device.",
    EvidenceLevel.FOREIGN_CLIENTS: (
        "Our own emulator stands in for the device; programs of others read and write the same emulator ({against})."
    ),
    EvidenceLevel.SPEC_ONLY: "Never run against anything that others wrote.",
}


def report_lines() -> Iterator[str]:
    """A paragraph for each driver, those that are broken or not installed last."""
    found = find_drivers()
    for driver in sorted(found.working.values(), key=lambda each: each.make.title):
        yield from make_lines(driver.make)
    for name, reason in found.broken.items():
        yield f"{name}: broken. {reason}"
    for name, extra in found.absent.items():
        yield f"{name}: not installed. It needs {extra}."


def make_lines(make: Make) -> Iterator[str]:
    """What to know of one make."""
    yield f"{make.title} ({make.name}), address like {make.address}"
    yield f"  {evidence_words(make.evidence)}"
    if make.evidence.not_shown:
        yield f"  Not shown yet: {'; '.join(make.evidence.not_shown)}."
    yield from (f"  {warning}" for warning in make.warnings)


def evidence_words(evidence: Evidence) -> str:
    """How far a driver can be trusted, in one sentence."""
    return WORDS[evidence.level].format(against=", ".join(evidence.against) or "nothing named")
