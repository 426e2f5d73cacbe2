"""Starts the servers that benchmarks compare, on one database: the hub as it really runs, and the peers beside it."""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the settings it reads
from django.db import connection  # noqa: E402

from doorsync.hub.audit import trail  # noqa: E402
from doorsync.hub.audit.trail import Actor  # noqa: E402
from doorsync.hub.companies import vault  # noqa: E402
from doorsync.hub.companies.actions import keep_key_marks  # noqa: E402
from doorsync.hub.settings import key_files  # noqa: E402
from doorsync.hub.settings.database import parameters  # noqa: E402
from tests.factories import soap, world  # noqa: E402

HERE = Path(__file__).parent
DATA = Path(os.environ["DOORSYNC_DATA"])
PINS = [HERE / "spyne_build.txt", HERE / "spyne.txt"]  # the second is built by the first
ENVIRONMENT = HERE.parents[1] / ".venv" / "spyne"  # an environment of its own inside ours: not in git, and kept for the next time
TABLES = {"administrators_synctoken": "peer_synctoken", "audit_entry": "peer_entry", "audit_chainhead": "peer_chainhead"}

FOREIGN_KEYS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"


def prepare() -> None:
    """A company with an administrator, and tables for the peers that are like the hub's own."""
    call_command("migrate", verbosity=0)
    keep_key_marks()
    company = world.company()
    world.administrator(company)
    trail.record("company.created", actor=Actor(company_id=company.pk, via="bench"))
    with connection.cursor() as cursor:
        for like, name in TABLES.items():
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TABLE {name} (LIKE {like} INCLUDING ALL)")
                cursor.execute(FOREIGN_KEYS, [like])
                for [constraint, key] in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE {name} ADD CONSTRAINT peer_{constraint} {key}")
                continue
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [like])
            for [statement] in cursor.fetchall():
                named = re.sub(r'INDEX "', 'INDEX "peer_', statement).replace(f'"{like}"', f'"{name}"')
                cursor.execute(named.replace("%", "%%"))
        cursor.execute("INSERT INTO peer_chainhead SELECT * FROM audit_chainhead")
    connection.close()


@contextmanager
def hub(*, remembered: bool = True, one_core: bool = False) -> Iterator[int]:
    """The hub's own process; its port. The caller's source is known from the first call on."""
    program = (
        [Path(sys.executable).parent / "doorsync", "hub", "run"] if remembered else [sys.executable, HERE / "forgetful_hub.py"]
    )
    command = _held([str(each) for each in program], one_core)
    with running(command, {"DOORSYNC_PORT": str(port := free_port())}, port):
        assert re.search(b">[0-9a-f]{128}<", soap.post(f"http://127.0.0.1:{port}", soap.SAMPLE).body)
        yield port


@contextmanager
def php(*, remembered: bool = True, one_core: bool = False) -> Iterator[int]:
    """PHP's SoapServer under php-fpm behind nginx; its port."""
    folder = DATA / f"php-{secrets.token_hex(4)}"
    folder.mkdir()
    (folder / "service.php").write_text((HERE / "service.php").read_text())
    (folder / "config.php").write_text(f"<?php return {_as_php(_config(remembered=remembered))};")
    port, places = free_port(), {"folder": folder}
    (folder / "fpm.conf").write_text(FPM.format(**places))
    (folder / "nginx.conf").write_text(NGINX.format(port=port, **places))
    fpm = ["php-fpm8.2", "-R", "-F", "-y", str(folder / "fpm.conf"), "-d", "opcache.enable=1", "-d", "error_log=/dev/null"]
    nginx = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with running(_held(fpm, one_core), {}, folder / "socket"), running(_held(nginx, one_core), {}, port):
        yield port


@contextmanager
def spyne(*, one_core: bool = False) -> Iterator[int]:
    """A spyne service under gunicorn; its port."""
    done, wanted = ENVIRONMENT / "done", "".join(each.read_text() for each in PINS)
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        install = [ENVIRONMENT / "bin/pip", "install", "--quiet", "--require-hashes", "--no-build-isolation", "-r"]
        for pins in PINS:
            subprocess.run([str(each) for each in [*install, pins]], check=True)
        done.write_text(wanted)
    config = DATA / "spyne.json"
    settings = {key: value.hex() if isinstance(value, bytes) else value for key, value in _config(remembered=True).items()}
    config.write_text(json.dumps({**settings, "line": os.environ["DOORSYNC_DATABASE_URL"], "file": str(DATA / "hub.sqlite3")}))
    port = free_port()
    gunicorn = [str(ENVIRONMENT / "bin/gunicorn"), "-k", "gthread", "-w", "2", "--threads", "4", "--keep-alive", "60"]
    place = ["--chdir", str(HERE), "-b", f"127.0.0.1:{port}", "spyne_service:application"]
    with running(_held([*gunicorn, *place], one_core), {"PEER_CONFIG": str(config), "PYTHONWARNINGS": "ignore"}, port):
        yield port


def _config(*, remembered: bool) -> dict[str, Any]:
    """What the peers know: keys that look the same things up, and the digest of the password that was verified."""
    from doorsync.hub.companies.models import Company

    company = Company.objects.get()
    process = secrets.token_bytes(32)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, password FROM administrators_administrator")
        number, encoded = cursor.fetchone()
    text = f"{number}\0{encoded}\0{soap.GIVEN['p_adminPassword']}"
    line = os.environ["DOORSYNC_DATABASE_URL"]
    found = parameters(line) if line else {}
    connection.close()
    pgsql = f"pgsql:host={found.get('host')};port={found.get('port')};dbname={found.get('dbname')}"
    return {
        "postgresql": bool(line),
        "dsn": pgsql if line else f"sqlite:{DATA / 'hub.sqlite3'}",
        "user": found.get("user", ""),
        "password": found.get("password", ""),
        "begin": "BEGIN" if line else "BEGIN IMMEDIATE",
        "index": key_files.secret("index"),
        "company": vault.derived(company, "attempts"),
        "credential": vault.derived(company, "credential"),
        "audit": vault.audit_key(company.pk),
        "process": process,
        "remembered": hmac.digest(process, text.encode(), "sha256") if remembered else b"",
    }


def _as_php(values: dict[str, Any]) -> str:
    def one(value: Any) -> str:
        if isinstance(value, bytes):
            return f"hex2bin('{value.hex()}')"
        return str(value).lower() if isinstance(value, bool) else f"'{value}'"

    return "[" + ", ".join(f"'{name}' => {one(value)}" for name, value in values.items()) + "]"


def _held(command: list[str], one_core: bool) -> list[str]:
    """The same command, which with all its processes keeps to the machine's first core."""
    return ["taskset", "--cpu-list", "0", *command] if one_core else command


@contextmanager
def running(command: list[str], environment: dict[str, str], ready: int | Path) -> Iterator[None]:
    """The process, from the moment at which somebody answers on its port or socket."""
    with (DATA / "peers.log").open("ab") as log:
        process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        for _ in range(600):
            assert process.poll() is None, f"{command[0]} ended: {(DATA / 'peers.log').read_text()[-2000:]}"
            if _answers(ready):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(place: int | Path) -> bool:
    family = socket.AF_INET if isinstance(place, int) else socket.AF_UNIX
    with socket.socket(family) as trying:
        return trying.connect_ex(("127.0.0.1", place) if isinstance(place, int) else str(place)) == 0


def free_port() -> int:
    """A port on loopback that nobody has at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        return int(held.getsockname()[1])


FPM = """[global]
error_log = {folder}/fpm.log
[www]
user = root
group = root
listen = {folder}/socket
pm = static
pm.max_children = 4
"""
NGINX = """
user root;
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path {folder}/body;
  fastcgi_temp_path {folder}/fastcgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      fastcgi_pass unix:{folder}/socket;
      fastcgi_param SCRIPT_FILENAME {folder}/service.php;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param HTTP_SOAPACTION $http_soapaction;
    }}
  }}
}}
"""
