"""How many holdings of each terminal are the same as they should be, kept by the database itself with each row that moves.

These are most of all rows, and reading them would make a plan as dear as the company is large. All other states are pending, and
are counted through their index. Triggers count, so that no statement that moves holdings can forget to. `migrate` and each start
of a hub put them back, and count anew, where they are missing: SQLite drops them when a migration makes the table anew.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connections, transaction

from doorsync.hub.sync.models.holding_counts import HoldingCount

VERSION = "1"  # of the triggers: another one replaces those of before
_HERE = "company_id = {0}.company_id AND kind = {0}.kind AND terminal_id = {0}.terminal_id"
_MORE = f"""
    INSERT INTO sync_holdingcount (company_id, kind, terminal_id, same) SELECT NEW.company_id, NEW.kind, NEW.terminal_id, 0
      WHERE NEW.state = 0 AND NOT EXISTS (SELECT 1 FROM sync_holdingcount WHERE {_HERE.format("NEW")});
    UPDATE sync_holdingcount SET same = same + 1 WHERE NEW.state = 0 AND {_HERE.format("NEW")};"""  # noqa: S608 - constants
_LESS = f"""
    UPDATE sync_holdingcount SET same = same - 1 WHERE OLD.state = 0 AND {_HERE.format("OLD")};"""  # noqa: S608 - constants
_MOVED = "(OLD.state = 0) <> (NEW.state = 0) OR OLD.terminal_id <> NEW.terminal_id OR OLD.kind <> NEW.kind"
SQLITE = {
    f"holding_count_insert_{VERSION}": f"AFTER INSERT ON sync_holding WHEN NEW.state = 0 BEGIN {_MORE} END",
    f"holding_count_update_{VERSION}": f"AFTER UPDATE ON sync_holding WHEN {_MOVED} BEGIN {_LESS} {_MORE} END",
    f"holding_count_delete_{VERSION}": f"AFTER DELETE ON sync_holding WHEN OLD.state = 0 BEGIN {_LESS} END",
}
_ADDED = "SELECT company_id, kind, terminal_id, 1 AS n FROM after_it WHERE state = 0"
_GONE = "SELECT company_id, kind, terminal_id, -1 AS n FROM before_it WHERE state = 0"
_MOVES = {"insert": _ADDED, "update": f"{_ADDED} UNION ALL {_GONE}", "delete": _GONE}
_TABLES = {
    "insert": "NEW TABLE AS after_it",
    "update": "NEW TABLE AS after_it OLD TABLE AS before_it",
    "delete": "OLD TABLE AS before_it",
}
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO sync_holdingcount AS c (company_id, kind, terminal_id, same)
  SELECT company_id, kind, terminal_id, sum(n) FROM ({moves}) moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3
  ON CONFLICT (company_id, kind, terminal_id) DO UPDATE SET same = c.same + excluded.same;
  RETURN NULL;
END $$"""


def same_counts(terminals: Collection[int]) -> dict[tuple[int, int], int]:
    """How many holdings are the same, by terminal and kind. In the company's scope."""
    rows = HoldingCount.objects.filter(terminal_id__in=terminals).values_list("terminal_id", "kind", "same")
    return {(terminal, kind): same for terminal, kind, same in rows}


def keep_counting(*, using: str, **_: Any) -> None:
    """After a migration: put the triggers in their place, and count anew where any was missing."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if "sync_holdingcount" not in connection.introspection.table_names(cursor):
            return  # this migration went back to before them
        install = _in_postgresql if connection.vendor == "postgresql" else _in_sqlite
        if install(cursor):
            recount(cursor)


def ensure_counting() -> None:
    """At the start of a hub: put back triggers that are missing, and count anew where a count is not what is there.

    A `migrate` that was killed leaves no triggers; a backup that is put back row by row, beside triggers, is counted twice.
    """
    keep_counting(using="default")
    if miscounted():
        with transaction.atomic(), connections["default"].cursor() as cursor:
            if connections["default"].vendor == "postgresql":
                _hold_still(cursor)
            recount(cursor)


def miscounted() -> int:
    """How many counts of the database are not what is there, over all companies. Reads an index of all holdings."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM"
            " (SELECT company_id, kind, terminal_id, same AS n FROM sync_holdingcount UNION ALL"
            " SELECT company_id, kind, terminal_id, -count(*) FROM sync_holding WHERE state = 0 GROUP BY 1, 2, 3) both_counts"
            " GROUP BY company_id, kind, terminal_id HAVING sum(n) <> 0) wrong"
        )
        return int(cursor.fetchone()[0])


def recount(cursor: Any) -> None:
    """Count all holdings, of every company."""
    cursor.execute("DELETE FROM sync_holdingcount")
    cursor.execute(
        "INSERT INTO sync_holdingcount (company_id, kind, terminal_id, same)"
        " SELECT company_id, kind, terminal_id, count(*) FROM sync_holding WHERE state = 0 GROUP BY 1, 2, 3"
    )


def _in_sqlite(cursor: Any) -> bool:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'holding_count_%%'")
    present = {name for [name] in cursor.fetchall()}
    if present == SQLITE.keys():
        return False
    for name in present:
        cursor.execute(f'DROP TRIGGER "{name}"')
    for name, rule in SQLITE.items():
        cursor.execute(f"CREATE TRIGGER {name} {rule}")
    return True


def _in_postgresql(cursor: Any) -> bool:
    cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = 'sync_holding'::regclass AND tgname LIKE 'holding_count_%%'")
    present = {name for [name] in cursor.fetchall()}
    wanted = {f"holding_count_{event}_{VERSION}": event for event in _MOVES}
    if present == wanted.keys():
        return False
    _hold_still(cursor)
    for name in present:
        cursor.execute(f'DROP TRIGGER "{name}" ON sync_holding')
    for name, event in wanted.items():
        cursor.execute(POSTGRESQL_FUNCTION.format(name=name, moves=_MOVES[event]))
        cursor.execute(
            f"CREATE TRIGGER {name} AFTER {event.upper()} ON sync_holding REFERENCING {_TABLES[event]}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    return True


def _hold_still(cursor: Any) -> None:
    """Until the end of the transaction nobody moves a holding: none may slip between a trigger, or another's count, and ours."""
    cursor.execute("LOCK TABLE sync_holding IN SHARE ROW EXCLUSIVE MODE")
