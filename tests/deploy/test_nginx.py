"""nginx with the configuration of the guide, in front of a hub: it starts, passes on, and keeps tokens out of its logs."""

from __future__ import annotations

import re
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.factories.live import LiveHub
from tests.factories.patience import PATIENCE
from tests.factories.ports import bound, hold_port
from tests.factories.tls import certificate

FILE = Path(__file__).resolve().parents[2] / "deploy/nginx/doorsync.conf"
TOKEN = "5557b128" * 16


def test_nginx_passes_on_and_its_logs_hold_no_token(hub: LiveHub, tmp_path: Path) -> None:
    with nginx(tmp_path, hub.url) as address:
        assert status(f"{address}/webservicesesws?wsdl", tmp_path) == 200
        for path in ("users/totalSyncUsersLogin", "users/totalSyncUserLogin", "users/oneSyncUserLogin", "sync/start"):
            assert status(f"{address}/{path}/{TOKEN}", tmp_path) != 502

    log = (tmp_path / "doorsync.log").read_text()
    assert log.count('"GET /users/totalSyncUsersLogin/-"') == 2
    assert log.count('"GET /users/oneSyncUserLogin/-"') == 1
    assert log.count('"GET /sync/start/-"') == 1
    assert TOKEN not in log


def test_nginx_quotes_no_token_when_the_hub_does_not_answer(tmp_path: Path) -> None:
    with nginx(tmp_path, f"http://127.0.0.1:{hold_port()}") as address:
        assert status(f"{address}/users/totalSyncUsersLogin/{TOKEN}", tmp_path) == 502

    assert [path.name for path in tmp_path.iterdir() if path.is_file() and TOKEN in path.read_text()] == []


@contextmanager
def nginx(folder: Path, hub: str) -> Iterator[str]:
    """The file as it stands, but for its places and ports; yields its address."""
    placeholder, key = bound(), certificate(folder, "localhost")  # bound all the while, so that nobody else is given this port
    port = placeholder.getsockname()[1]
    text = FILE.read_text()
    for old, new in (
        (r"listen 443 ", f"listen 127.0.0.1:{port} "),
        (r"ssl_certificate /\S+;", f"ssl_certificate {key};"),
        (r"ssl_certificate_key /\S+;", f"ssl_certificate_key {key};"),
        (r"/var/log/nginx/", f"{folder}/"),
        (r"http://127.0.0.1:8000", hub),
    ):
        text, changed = re.subn(old, new, text)
        assert changed, f"{old} is no longer there"
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = folder / "nginx.conf"
    whole.write_text(f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{\n{places}{text}\n}}\n")
    command = ["/usr/sbin/nginx", "-e", f"{folder}/start.log", "-c", str(whole)]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert tried.returncode == 0, tried.stderr
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(folder / "pid", process)
        yield f"https://localhost:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)
        placeholder.close()


def status(address: str, folder: Path) -> int:
    """What it answers, redirects not followed."""
    trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=folder / "certificate.pem"))
    try:
        with urllib.request.build_opener(trusting, _Stay()).open(address, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _wait_for(started: Path, process: subprocess.Popen[bytes]) -> None:
    """nginx listens before it writes its process id; its look at the configuration left the file empty."""
    deadline = time.monotonic() + PATIENCE
    while not (started.exists() and started.read_text()):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
