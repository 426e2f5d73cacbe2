"""Judge every page with programs of others: the Nu checker, pa11y (axe and HTMLCS), Lighthouse. `make judges`; some minutes.

Starts a demo of its own, signs in as its owner, follows every link once for each kind of page, and asks for the pages in four
languages. Needs Java 17, Node 20 and Chromium; the judges are pinned in tests/judges/node. Exits with 1 when anything is found.

# requirement: W-02
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import httpx2

from tests.factories.demo import demo
from tests.factories.node_packages import install_node_packages

FOLDER = Path(__file__).parents[1] / "tests/judges/node"
LANGUAGES = ("en", "nl", "de", "fr")
STARTS = ("/overview/", "/sync/", "/people/1/credentials/", "/people/1/doors/")
OUTSIDE = ("/sign-in/", "/sign-in/company/?refused=1", "/signed-out/", f"/users/totalSyncUsersLogin/{'0' * 128}", "/nowhere/")
OWNER = {"company": "harbour-gym", "username": "username", "password": "passwrod"}  # of the documented sample
LINK = re.compile(r'href="(/[^"#]*)"')
NO_PAGES = re.compile(r"^/(static|sign-out|styleguide|activity/live)|\.(csv|json|pdf|ics)\b|events/?\?")
HANDLE = re.compile(r"/(\d+|[A-Za-z0-9_-]{16,})(?=/|$)")
LIGHTHOUSE = ("/overview/", "/people/", "/sync/", "/people/1/", "/sign-in/")
ENOUGH = 0.95  # of each of Lighthouse's classes; SEO is about pages for everybody, and these must not be found
OUTSIDE_CLASSES = {"seo"}


def main() -> int:
    """Print what each judge found; 1 when it is anything."""
    packages = install_node_packages(FOLDER)
    with tempfile.TemporaryDirectory() as folder:
        home, answers = Path(folder, "home"), Path(folder, "answers")
        home.mkdir()
        answers.mkdir()
        with demo(home) as running:
            pages, cookie = crawl(running.address)
            print(f"{len(pages)} kinds of pages", flush=True)
            found = [*nu(packages, answers, running.address, pages, cookie), *others(running.address, pages, cookie)]
    print("\n".join(found) or "Nothing was found.")
    return int(bool(found))


def crawl(address: str) -> tuple[list[str], str]:
    """One address for each kind of page that links lead to, and the cookie of the owner's session."""
    with httpx2.Client(base_url=address) as client:
        cookie = sign_in(client)
        waiting, known, kinds = [*STARTS, *OUTSIDE], {*STARTS, *OUTSIDE}, dict[str, str]()
        while waiting:
            page = waiting.pop(0)
            kind = HANDLE.sub("/*", page.partition("?")[0])
            if kind in kinds and page not in STARTS:
                continue
            answer = client.get(page)
            if "text/html" not in answer.headers.get("content-type", "") or answer.is_redirect:
                continue
            kinds[kind] = page
            links = {unescape(link) for link in LINK.findall(answer.text)} - known
            links = {link for link in links if not NO_PAGES.search(link)}
            known |= links
            waiting += sorted(links)
    return list(kinds.values()), cookie


def sign_in(client: httpx2.Client) -> str:
    """As the demo's owner; returns the cookies as a header."""
    client.post("/sign-in/", data=OWNER, headers={"Origin": str(client.base_url).rstrip("/")})
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def nu(packages: Path, folder: Path, address: str, pages: list[str], cookie: str) -> Iterator[str]:
    """What the Nu checker says of each page, in each language."""
    for language in LANGUAGES:
        headers = {"Cookie": cookie, "Accept-Language": language}
        for page in pages:
            file = folder / f"{quote(page, safe='')[-200:]} in {language}.html"
            file.write_text(httpx2.get(f"{address}{page}", headers=headers).text)
    checker = str(packages / "vnu-jar/build/dist/vnu.jar")
    command = ["java", "-jar", checker, "--format", "json", "--exit-zero-always", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stderr
    told: dict[str, list[str]] = {}
    for each in json.loads(said)["messages"]:
        place = unquote(unquote(each.get("url", "").rsplit("/", 1)[-1])).removesuffix(".html")
        told.setdefault(f"{each['type']}: {each['message']}", []).append(f"{place}: {each.get('extract', '')!r}")
    for message, places in told.items():
        yield f"Nu: {message} {len(places)} times, first at {places[0]}"


def others(address: str, pages: list[str], cookie: str) -> Iterator[str]:
    """What pa11y says of each page, and Lighthouse of the most visited ones."""
    asked = {
        "pages": [address + page for page in pages],
        "headers": {"Cookie": cookie},
        "lighthouse": [address + page for page in LIGHTHOUSE],
    }
    command = ["node", str(FOLDER / "judge.mjs")]
    said = subprocess.run(command, input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True, timeout=1800)
    found = json.loads(said.stdout)
    for each in found["pa11y"]:
        page = each["page"].removeprefix(address)
        yield f"pa11y, {each['runner']}: {page}: {each['code']}: {each['message']} ({each['selector']})"
    for each in found["lighthouse"]:
        text = f"Lighthouse: {each['page'].removeprefix(address)}: {each['id']} {each['score']}"
        if each["id"] not in OUTSIDE_CLASSES and (each["score"] or 0) < ENOUGH:
            yield f"{text}; {', '.join(each['failed'])}"
        else:
            print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
