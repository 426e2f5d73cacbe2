"""A preview in words, short enough to be read: names up to a sensible count, then how many more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from doorsync.hub.imports.preview import Change, Door, Preview
from doorsync.hub.imports.summary import plural
from doorsync.hub.users.chunks import PEOPLE
from doorsync.hub.users.credential_kinds import SECRET_COLUMNS

NAMES = 10


def preview_lines(found: Preview) -> Iterator[str]:
    """What it would do, a line each."""
    counts = [(len(found.new), "new"), (len(found.changed), "changed"), (found.same, "the same"), (len(found.removed), "removed")]
    yield (", ".join(f"{number} {word}" for number, word in counts if number) or "No users") + "."
    if found.letters:
        yield f"Read as {found.encoding}: {', '.join(found.letters)}. If these letters are wrong, name another --encoding."
    yield from _some("New", [_new(each) for each in found.new])
    yield from _some("Changed", [_changed(each) for each in found.changed])
    yield from _some("Removed", found.removed)
    yield from _some("Encoded twice", found.double_encoded)
    yield from _some("Equal PINs", found.warnings)
    yield from _some("Perhaps the same person", found.repeated)
    for door in found.doors:
        yield from _door(door)
    if not found.empty and not found.doors:
        yield "Nobody gains or loses access at any door."
    if found.portioned:
        yield f"It is written {PEOPLE} people at a time. If it is stopped in between, import the file again: it then goes on."


def _door(door: Door) -> Iterator[str]:
    for verb, names in (("gain", door.gains), ("lose", door.loses)):
        if names:
            yield f"{door.name}: {len(names)} {verb}{'s' if len(names) == 1 else ''} access: {some_names(names)}."
    if door.fewer_hours:
        yield f"{door.name}: hours are taken from {some_names(door.fewer_hours)}."
    if door.waits:
        yield f"{door.name}: that is so many that it waits until their number is typed on the sync page."
    if names := door.cannot_hold:
        yield f"{door.name} cannot hold {len(names)} {plural('user', len(names))}: {some_names(names)}."


def some_names(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


def _some(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}:"
        yield from (f"  {line}" for line in lines[:NAMES])
    if len(lines) > NAMES:
        yield f"  ... and {len(lines) - NAMES} more"


def _new(change: Change) -> str:
    return f"{change.place}: {change.name} ({change.id})"


def _changed(change: Change) -> str:
    fields = "; ".join(_field(name, *values) for name, values in change.fields.items())
    return f"{change.place}: {change.name} ({change.id}): {fields}"


def _field(name: str, old: str, new: str) -> str:
    """Cards and PINs are secrets: it is only told that they change."""
    return f"{name} changed" if name in SECRET_COLUMNS else f"{name} {_value(old)} -> {_value(new)}"


def _value(text: str) -> str:
    return f"'{text}'" if text else "empty"
