"""One file for each operation of the service, and the table of them all: what lies in this folder is in it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from doorsync.hub.esws.declarations import Operation

_found: list[Operation] = [import_module(f"{__name__}.{each.name}").OPERATION for each in iter_modules(__path__)]
OPERATIONS: Mapping[str, Operation] = {each.name: each for each in _found}
