"""The page courier's door: whoever is no page of the hub gets a bare status and learns nothing. Over real sockets."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from doorsync.agent.server import BODY_LIMIT
from tests.agent.courier import AgentProcess, Make
from tests.agent.hub import ORIGIN, Hub, Terminal, put
from tests.factories.patience import PATIENCE
from tests.factories.terminals import VirtualTerminal

PAGE = {"Origin": ORIGIN, "X-Doorsync": "1", "Content-Type": "application/json"}
Reply = tuple[int, dict[str, str], bytes]


@pytest.fixture(scope="module")
def hub_and_agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, AgentProcess]]:
    folder: Path = tmp_path_factory.mktemp("agent")
    hub = Hub()
    hub.identity().save(folder)
    agent = AgentProcess(folder, {"DOORSYNC_AGENT_HOSTS": '["gate-pc.example.com:8443"]'})
    agent.start()
    yield hub, agent
    assert agent.stop() == 0
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture
def agent(hub_and_agent: tuple[Hub, AgentProcess]) -> AgentProcess:
    return hub_and_agent[1]


def ask(
    agent: AgentProcess, method: str = "POST", path: str = "/hello", body: bytes | None = b"{}", **headers: str | None
) -> Reply:
    """A request with a page's headers; None leaves one out."""
    wished = {**PAGE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=PATIENCE)
    try:
        connection.putrequest(method, path, skip_host="Host" in wished, skip_accept_encoding=True)
        for name, value in wished.items():
            if value is not None:
                connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


def hello_count(agent: AgentProcess) -> str:
    count = agent.folder / "hello-count"
    return count.read_text() if count.exists() else "0"


def says_nothing(reply: Reply) -> bool:
    """No content, and no header that any other server would not send."""
    _, headers, content = reply
    return not content and set(headers) <= {"date", "content-length", "allow", "connection"}


def test_a_page_of_the_hub_gets_a_hello_that_it_may_read_and_nobody_keeps(hub_and_agent: tuple[Hub, AgentProcess]) -> None:
    hub, agent = hub_and_agent
    status, headers, content = ask(agent)
    assert status == 200
    assert hub.hello(json.loads(content)["hello"]) == {"nonce": hub.nonce}
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["vary"] == "Origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers
    assert "access-control-allow-credentials" not in headers


@pytest.mark.requirement("A-05", mutation="`_refusal` without its look at Origin")
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "https://evil.example",
        ORIGIN + ".evil.example",
        ORIGIN + "/",
        ORIGIN.upper(),
        ORIGIN.replace("http", "https"),
        "http://127.0.0.1:8001",
        "http://127.0.0.1",
        "*",
        f"{ORIGIN}, {ORIGIN}",
    ],
)
def test_a_foreign_origin_gets_nothing(agent: AgentProcess, origin: str | None) -> None:
    before = hello_count(agent)
    reply = ask(agent, Origin=origin)
    assert reply[0] == 403
    assert says_nothing(reply)
    assert hello_count(agent) == before


@pytest.mark.requirement("A-05", mutation="`_refusal` without its look at Host")
@pytest.mark.parametrize(
    "host", [None, "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1:{port}.evil.example", ""]
)
def test_a_foreign_host_gets_nothing_so_a_name_that_is_bent_to_here_is_no_use(agent: AgentProcess, host: str | None) -> None:
    before, port = hello_count(agent), agent.url.rpartition(":")[2]
    reply = ask(agent, Host=host and host.format(port=port))
    assert reply[0] in (400, 403)  # 400 without a Host, from the server itself
    assert reply[0] == 400 or says_nothing(reply)
    assert hello_count(agent) == before


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "gate-pc.example.com:8443"])
def test_its_own_names_are_answered(agent: AgentProcess, host: str) -> None:
    assert ask(agent, Host=host.format(port=agent.url.rpartition(":")[2]))[0] == 200


@pytest.mark.requirement("A-05", mutation="`_refusal` letting GET through")
@pytest.mark.parametrize("path", ["/", "/hello", "/batch", "/favicon.ico", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_happens_on_get_and_the_like(agent: AgentProcess, method: str, path: str) -> None:
    before = hello_count(agent)
    reply = ask(agent, method, path, body=b"")
    assert reply[0] == 405
    assert says_nothing(reply)
    assert hello_count(agent) == before


@pytest.mark.requirement("A-05", mutation="`_refusal` without its look at the content type")
@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx"]
)
def test_a_content_type_that_a_form_could_send_gets_nothing(agent: AgentProcess, kind: str | None) -> None:
    before = hello_count(agent)
    reply = ask(agent, Content_Type=kind)
    assert reply[0] == 415
    assert says_nothing(reply)
    assert hello_count(agent) == before


@pytest.mark.parametrize("value", [None, "", "2", "1, 1"])
def test_without_the_header_that_needs_a_preflight_nothing_happens(agent: AgentProcess, value: str | None) -> None:
    before = hello_count(agent)
    assert says_nothing(ask(agent, X_Doorsync=value))
    assert ask(agent, X_Doorsync=value)[0] == 400
    assert hello_count(agent) == before


@pytest.mark.requirement("A-05", mutation="`_body` without its two looks at the length")
def test_an_oversized_body_is_refused_said_or_unsaid(agent: AgentProcess) -> None:
    assert declared(agent, f"Content-Length: {BODY_LIMIT + 1}", b"") == 413
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert declared(agent, "Transfer-Encoding: chunked", chunk * 9) == 413


def declared(agent: AgentProcess, header: str, body: bytes) -> int:
    """The status of a request whose body is sent as it is, and never ended."""
    host = agent.url.removeprefix("http://")
    lines = ["POST /batch HTTP/1.1", f"Host: {host}", *(f"{name}: {value}" for name, value in PAGE.items()), header, "", ""]
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), 10) as connection:
        connection.sendall("\r\n".join(lines).encode())
        with suppress(OSError):  # it may have answered and hung up
            connection.sendall(body)
        return int(connection.makefile("rb").readline().split()[1])


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b'"x"', b"null", b"\xff", b"[" * 200_000, b'{"batch": 1}', b'{"batch": "x", "y": ""}']
)
@pytest.mark.parametrize("path", ["/hello", "/batch"])
def test_a_body_that_is_not_just_what_is_expected_is_refused(agent: AgentProcess, path: str, body: bytes) -> None:
    before = hello_count(agent)
    assert ask(agent, path=path, body=body)[0] == 400
    assert hello_count(agent) == before


def test_other_paths_are_not_found(agent: AgentProcess) -> None:
    assert ask(agent, path="/nothing")[0] == 404


def test_a_preflight_is_answered_to_the_hub_only(agent: AgentProcess) -> None:
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type,x-doorsync"}
    status, headers, _ = ask(agent, "OPTIONS", body=b"", X_Doorsync=None, Content_Type=None, **asked)
    assert status == 204
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-allow-methods"] == "POST"
    assert headers["access-control-allow-headers"] == "content-type, x-doorsync"
    foreign = ask(agent, "OPTIONS", body=b"", Origin="https://evil.example", **asked)
    assert foreign[0] == 403
    assert says_nothing(foreign)


def test_two_origins_or_hosts_are_none(agent: AgentProcess) -> None:
    for twice in ("Origin", "Host"):
        connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=PATIENCE)
        connection.putrequest("POST", "/hello")
        for name, value in (*PAGE.items(), (twice, PAGE.get(twice, "127.0.0.1")), ("Content-Length", "2")):
            connection.putheader(name, value)
        connection.endheaders(b"{}")
        assert connection.getresponse().status in (400, 403)
        connection.close()


def test_a_batch_travels_over_the_page_to_the_terminal_and_its_receipt_back(
    hub_and_agent: tuple[Hub, AgentProcess], gate: VirtualTerminal
) -> None:
    hub, agent = hub_and_agent
    hub.terminals["gate"] = Terminal(gate.address, serial=gate.serial)
    hub.hello(json.loads(ask(agent)[2])["hello"])
    sealed = hub.seal(hub.batch("gate", put("1", "Alice")))
    status, _, content = ask(agent, path="/batch", body=json.dumps({"batch": sealed}).encode())
    assert status == 200
    assert hub.read(json.loads(content)["receipt"]).state == "done"
    assert gate.users()["1"]["name"] == "Alice"
    stale = hub.seal(hub.batch("gate", put("2"), nonce="f" * 32))
    status, _, content = ask(agent, path="/batch", body=json.dumps({"batch": stale}).encode())
    assert (status, hub.code_of(json.loads(content)["refused"])) == (409, "stale-nonce")


def test_a_slow_terminal_answers_202_until_it_is_done(hub: Hub, gate: VirtualTerminal, agent_in: Make) -> None:
    agent = agent_in(DOORSYNC_AGENT_ANSWER_WITHIN="0.1")
    agent.start()
    hub.hello(json.loads(ask(agent)[2])["hello"])
    body = json.dumps({"batch": hub.seal(hub.batch("gate", put("1")))}).encode()
    with gate.frozen():
        replies = [ask(agent, path="/batch", body=body) for _ in range(3)]
    while replies[-1][0] == 202:
        assert json.loads(replies[-1][2]) == {"working": True}
        replies.append(ask(agent, path="/batch", body=body))
    assert replies[0][0] == 202
    assert hub.read(json.loads(replies[-1][2])["receipt"]).state == "done"
    assert agent.stop() == 0
