"""A new key in the place of one that is lost for good, said by the operator: the hub never makes one by itself then."""

from __future__ import annotations

from doorsync.hub.entry import startup
from doorsync.hub.entry.errors import NotReady
from doorsync.hub.settings import key_files

FILES = {"index": "index.key", "agents": "agents.json"}
DONE = {
    "index": "A new index.key is made. Programs' codes are unknown now: give each company a new one with its company file.",
    "agents": "A new agents.json is made. Enrol every agent again.",
}


def replace(name: str) -> str:
    """Make it; what to do next. Raises NotReady when it is not lost, or cannot be replaced."""
    if name not in FILES:
        raise NotReady("Only index and agents can be replaced. What kek.key sealed cannot be read without it.")
    startup.checked_settings()
    startup.check_folder()
    if key_files.is_there(FILES[name]):
        raise NotReady(f"{key_files.place() / FILES[name]} is there. If it is not the right one, move it away first.")
    if not key_files.is_there("kek.key"):
        raise NotReady(f"{key_files.place() / 'kek.key'} is missing too: without it no other key helps.")
    startup.start_django()
    from doorsync.hub.companies.actions import renew_key_mark
    from doorsync.hub.terminals.identity import hub_keys

    if name == "agents":
        hub_keys()
    else:
        renew_key_mark(name)
    return DONE[name]
