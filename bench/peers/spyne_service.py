"""The same work as Doorsync's getTotalSyncToken, by spyne: look up, verify, budgets, displaced tokens, token, audit.

And as its updateUser of a user whose name differs: user, groups, card, what terminals should hold of them, audit.
And as its getUsers of one page: users with groups, and with credentials that are unsealed.

Runs in an environment of its own, under gunicorn; `PEER_CONFIG` names a JSON file with the connection and the keys.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import sqlite3
import threading
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from spyne import Application, Array, ComplexModel, ServiceBase, Unicode, rpc
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

CONFIG = json.loads(Path(os.environ["PEER_CONFIG"]).read_text())
KEYS = {name: bytes.fromhex(CONFIG[name]) for name in ("index", "company", "audit", "process", "remembered", "credential")}
POSTGRESQL = bool(CONFIG["postgresql"])
LIVE = "administrator_id = %s AND revoked_at IS NULL AND expires_at > %s AND (used_at IS NULL OR reusable)"
LOOK_UP = """SELECT a.id, a.password, a.version, (SELECT seen_at > %s FROM administrators_knownsource WHERE company_id = %s
    AND source = %s AND seen_at > %s AND seen_at <= %s), EXISTS (SELECT 1 FROM administrators_attempts WHERE window_ends > %s
    AND window_ends <= %s AND (bucket = %s AND count >= %s OR bucket = %s AND count >= %s))
    FROM (SELECT 1 AS one) anybody LEFT JOIN administrators_administrator a ON a.company_id = %s AND a.username = %s"""
DOORS = """SELECT DISTINCT t.id, CAST(t.limits AS text), s.number FROM users_membership m
    JOIN access_accessright r ON r.group_id = m.group_id JOIN access_zone_terminals z ON z.zone_id = r.zone_id
    JOIN terminals_terminal t ON t.id = z.terminal_id JOIN access_timeschedule s ON s.id = r.schedule_id
    WHERE m.company_id = %s AND m.user_id = %s"""
UPSERT = """INSERT INTO sync_holding (company_id, kind, key, terminal_id, user_id, wanted, refusal, label, foreseen, narrows,
    timed, wanted_since) VALUES {} ON CONFLICT (company_id, kind, key, terminal_id) DO UPDATE SET wanted = excluded.wanted,
    label = excluded.label, refusal = excluded.refusal, wanted_since = excluded.wanted_since"""
INFO = [f"info{number}" for number in range(1, 15)]
USERS = f"""SELECT id, number, last_name, insertion, first_name, admin, security, starts, expires, external_id, visitor, active,
    {", ".join(INFO)} FROM users_user WHERE company_id = %s ORDER BY number LIMIT 1000 OFFSET %s"""
GROUPS = """SELECT m.user_id, g.name FROM users_membership m JOIN users_group g ON g.id = m.group_id
    JOIN users_user u ON u.id = m.user_id WHERE m.company_id = %s AND u.number BETWEEN %s AND %s ORDER BY g.name"""
VALUES = """SELECT c.user_id, c.kind, c.sealed FROM users_credential c JOIN users_user u ON u.id = c.user_id
    WHERE c.company_id = %s AND u.number BETWEEN %s AND %s AND c.ends_at IS NULL
    AND c.kind IN ('pin', 'card', 'licence_plate') ORDER BY c.id"""
FIELDS = [
    *("UserId", "PIN", "Achternaam", "Insertion", "Voornaam", "Admin", "Security", "StartDate", "ExpireDate", *INFO),
    *("GroupS", "TemplatesNr", "wsAltUserId", "CardId", "LicensePlate", "IsVisitor", "Active"),
]
Row = type("getUsersObject", (ComplexModel,), {"__namespace__": "uen:esws", "_type_info": [(name, Unicode) for name in FIELDS]})
_mine = threading.local()


def base() -> Any:
    """This thread's connection, in autocommit."""
    if not hasattr(_mine, "base"):
        if POSTGRESQL:
            _mine.base = psycopg.connect(CONFIG["line"], autocommit=True)
        else:
            _mine.base = sqlite3.connect(CONFIG["file"], isolation_level=None, timeout=20)
            _mine.base.executescript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON")
    return _mine.base


def run(statement: str, *values: Any) -> Any:
    """Execute it; a cursor."""
    return base().execute(statement if POSTGRESQL else statement.replace("%s", "?"), values)


def at(moment: float) -> str:
    """As the database writes it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment)) + ("+00" if POSTGRESQL else "")


def keyed(key: str, text: str) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(KEYS[key], text.encode(), "sha256")


def matches(administrator: int, encoded: str, password: str) -> bool:
    """Whether the password is the one that was verified a moment ago."""
    given = hmac.digest(KEYS["process"], f"{administrator}\0{encoded}\0{password}".encode(), "sha256")
    return hmac.compare_digest(KEYS["remembered"], given)


def issue(company: int, administrator: int, version: int) -> str:
    """Displaced tokens, the token, and its entry in the audit: one transaction."""
    token, now, ends = secrets.token_hex(64), at(time.time()), at(time.time() + 300)
    run("BEGIN" if POSTGRESQL else "BEGIN IMMEDIATE")
    lock = " FOR UPDATE" if POSTGRESQL else ""
    number, previous = run(f"SELECT number, hash FROM peer_chainhead WHERE company_id = %s{lock}", company).fetchone()
    run(
        f"UPDATE peer_synctoken SET revoked_at = %s WHERE {LIVE} AND id NOT IN (SELECT id FROM peer_synctoken WHERE {LIVE}"
        " ORDER BY issued_at DESC, id DESC LIMIT 4)",
        *(now, administrator, now, administrator, now),
    )
    [made] = run(
        "INSERT INTO peer_synctoken (company_id, administrator_id, digest, reusable, version, issued_at, expires_at, refusals)"
        f" VALUES (%s, %s, %s, {'false' if POSTGRESQL else '0'}, %s, %s, %s, 0) RETURNING id",
        *(company, administrator, sha256(token.encode()).digest(), version, now, ends),
    ).fetchone()
    actor = json.dumps({"company_id": company, "administrator_id": administrator, "via": "esws", "reference": ""})
    subject = json.dumps({"administrator": administrator, "token": made, "reusable": 0})
    text = json.dumps([company, number + 1, now, "token.issued", actor, subject])
    end = hmac.digest(KEYS["audit"], bytes(previous) + text.encode(), "sha256")
    run(
        "INSERT INTO peer_entry (company_id, number, at, event, actor, subject, previous, hash, key)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(company, number + 1, now, "token.issued", actor, subject, bytes(previous), end, "key"),
    )
    seal = hmac.digest(KEYS["audit"], b"end" + str(number + 1).encode() + end, "sha256")
    run("UPDATE peer_chainhead SET number = %s, hash = %s, seal = %s WHERE company_id = %s", number + 1, end, seal, company)
    run("COMMIT")
    return token


def write_down(company: int, now: str, event: str, subject: dict[str, int]) -> None:
    """An entry in the audit's chain."""
    lock = " FOR UPDATE" if POSTGRESQL else ""
    number, previous = run(f"SELECT number, hash FROM peer_chainhead WHERE company_id = %s{lock}", company).fetchone()
    actor = json.dumps({"company_id": company, "administrator_id": None, "via": "esws", "reference": ""})
    said = json.dumps(subject)
    text = json.dumps([company, number + 1, now, event, actor, said])
    end = hmac.digest(KEYS["audit"], bytes(previous) + text.encode(), "sha256")
    run(
        "INSERT INTO peer_entry (company_id, number, at, event, actor, subject, previous, hash, key)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(company, number + 1, now, event, actor, said, bytes(previous), end, "key"),
    )
    seal = hmac.digest(KEYS["audit"], b"end" + str(number + 1).encode() + end, "sha256")
    run("UPDATE peer_chainhead SET number = %s, hash = %s, seal = %s WHERE company_id = %s", number + 1, end, seal, company)


def refresh(company: int, user: int, number: str, name: str) -> None:
    """What the terminals that the user may open should hold of them."""
    doors = run(DOORS, company, user).fetchall()
    cards = run("SELECT kind, sealed FROM users_credential WHERE company_id = %s AND user_id = %s", company, user).fetchall()
    held = dict(
        run("SELECT terminal_id, wanted FROM sync_holding WHERE company_id = %s AND kind = 1 AND user_id = %s", company, user)
    )
    taken = run(
        "SELECT terminal_id FROM sync_stranger WHERE company_id = %s AND kind = 1 AND key = %s", company, number
    ).fetchall()
    values: list[Any] = []
    for terminal, limits, schedule in doors:
        can = limits if isinstance(limits, dict) else json.loads(limits)
        record = json.dumps([number, name[: can.get("name_bytes", 24)], len(cards), schedule, len(taken)])
        digest = keyed("company", record)[:16]
        if held.get(terminal) != digest:
            values += [company, number, terminal, user, digest, name]
    if values:
        no = "false" if POSTGRESQL else "0"
        rows = ", ".join([f"(%s, 1, %s, %s, %s, %s, '', %s, {no}, 0, {no}, CURRENT_TIMESTAMP)"] * (len(values) // 6))
        run(UPSERT.format(rows), *values)


def page_of(company: int, page: int) -> list[Any]:
    """The users of one page."""
    users = run(USERS, company, 1000 * (page - 1)).fetchall()
    stands = run("SELECT number, function FROM users_infofield WHERE company_id = %s AND function <> ''", company).fetchall()
    groups: dict[int, list[str]] = {}
    for user, name in run(GROUPS, company, users[0][1], users[-1][1]):
        groups.setdefault(user, []).append(name)
    values: dict[tuple[int, str], list[str]] = {}
    cipher = AESGCM(KEYS["credential"])
    for user, kind, sealed in run(VALUES, company, users[0][1], users[-1][1]):
        value = cipher.decrypt(bytes(sealed[:12]), bytes(sealed[12:]), f"{user}:{kind}".encode()).decode()
        values.setdefault((user, kind), []).append(value)
    return [_row(user, dict(stands), groups, values) for user in users]


def _row(user: Any, stands: dict[int, str], groups: dict[int, list[str]], values: dict[tuple[int, str], list[str]]) -> Any:
    pk, number, last, insertion, first, admin, security, starts, ends, own, visitor, active, *info = user
    mine = {"external_id": own, "first_name": first, "last_name": last}
    info = [mine.get(stands.get(at + 1, ""), text) for at, text in enumerate(info)]
    pin, card, plate = (";".join(values.get((pk, kind), ())) for kind in ("pin", "card", "licence_plate"))
    flags = ["1" if each else "0" for each in (admin, security, visitor, active)]
    moments = [f"{each.replace('T', ' ')}:00" for each in (starts, ends)]
    told = [str(number), pin, last, insertion, first, *flags[:2], *moments, *info]
    return Row(**dict(zip(FIELDS, [*told, ";".join(groups.get(pk, ())), "0", own, card, plate, *flags[2:]], strict=True)))


class Esws(ServiceBase):  # type: ignore[misc]  # spyne has no types
    """The operations that are compared."""

    @rpc(Unicode, Unicode, _returns=Array(Row), _operation_name="Esws.getUsers")  # type: ignore[untyped-decorator]
    def users(_, p_companyID: str, p_page: str) -> list[Any]:  # noqa: N803, N805 - as below
        """The users of a page."""
        found = run(
            "SELECT * FROM companies_company WHERE code_hash = %s AND active", keyed("index", f"company\0{p_companyID}")
        ).fetchone()
        return page_of(found[0], int(p_page)) if found else [Row(UserId="ERROR_UNKNOWN_SECURITY_HASH")]

    @rpc(*[Unicode] * 6, _returns=Unicode, _operation_name="Esws.updateUser")  # type: ignore[untyped-decorator]
    def update(_, p_companyID: str, p_Id: str, p_Voornaam: str, p_Achternaam: str, p_groupName: str, p_cardId: str) -> str:  # noqa: N803, N805 - as below
        """The number of the user."""
        found = run(
            "SELECT * FROM companies_company WHERE code_hash = %s AND active", keyed("index", f"company\0{p_companyID}")
        ).fetchone()
        if found is None:
            return "ERROR_UNKNOWN_SECURITY_HASH"
        company, now = found[0], at(time.time())
        run("BEGIN" if POSTGRESQL else "BEGIN IMMEDIATE")
        user = run("SELECT * FROM users_user WHERE company_id = %s AND number = %s", company, int(p_Id)).fetchone()
        groups = run("SELECT id FROM users_group WHERE company_id = %s AND name = %s", company, p_groupName).fetchall()
        by_card = "SELECT user_id FROM users_credential WHERE company_id = %s AND lookup = %s"
        owner = run(by_card, company, keyed("company", f"card:{p_cardId}")).fetchone()
        if user is None or not groups or (owner and owner[0] != user[0]):
            run("ROLLBACK")
            return "CAN_NOT_SAVE_USER"
        change = "UPDATE users_user SET first_name = %s, last_name = %s, updated_at = %s WHERE id = %s"
        run(change, p_Voornaam, p_Achternaam, now, user[0])
        write_down(company, now, "user.changed", {"user": user[0], "number": int(p_Id)})
        refresh(company, user[0], p_Id, f"{p_Voornaam} {p_Achternaam}")
        run("COMMIT")
        return p_Id

    @rpc(Unicode, Unicode, Unicode, _returns=Unicode, _operation_name="Esws.getTotalSyncToken")  # type: ignore[untyped-decorator]
    def token(_, p_companyID: str, p_adminUsername: str, p_adminPassword: str) -> str:  # noqa: N803, N805 - names of the wire; spyne's way
        """A token."""
        found = run(
            "SELECT * FROM companies_company WHERE code_hash = %s AND active", keyed("index", f"company\0{p_companyID}")
        ).fetchone()
        if found is None:
            return "ERROR_UNKNOWN_SECURITY_HASH"
        company, now, source = found[0], time.time(), "198.51.100.7/32"
        buckets = (keyed("company", f"own\0{p_adminUsername}\0{source}"), 20, keyed("company", f"shared\0{source}"), 100)
        known = (at(now - 86400), company, keyed("company", f"source\0{source}"), at(now - 30 * 86400), at(now + 60))
        row = run(LOOK_UP, *known, at(now), at(now + 960), *buckets, company, p_adminUsername).fetchone()
        if row[4] or row[0] is None or not matches(row[0], row[1], p_adminPassword):
            return "NO ADMIN FOUND BASED ON USERNAME AND PASSWORD"
        return issue(company, row[0], row[2])


application = WsgiApplication(
    Application([Esws], tns="uen:esws", in_protocol=Soap11(), out_protocol=Soap11()),
)
