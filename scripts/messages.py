"""Brings the catalogues up to date with the code and the templates: `make messages`. Needs GNU gettext (apt-get install gettext).

New texts come in without a translation, texts that are gone go out, and what only resembles an old text is not guessed.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

HUB = Path("src/doorsync/hub")
LANGUAGES = ("de", "fr", "nl")
# Whose errors pages show.
ROOMS = ("access", "administrators", "providers", "companies", "imports", "sync", "terminals", "users", "visitors", "web")
KEPT = {"Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms"}


def main(root: Path) -> int:
    """Write the three catalogues anew, and print how many texts each lacks."""
    for language, catalogue in collected(root).items():
        path = root / HUB / "locale" / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        print(f"{language}: {len(catalogue)} texts, {len(catalogue.untranslated_entries())} to translate")
    return 0


def collected(root: Path) -> dict[str, polib.POFile]:
    """The catalogues as they should be: every text of today, with the translation that it has."""
    with tempfile.TemporaryDirectory(prefix="doorsync-messages-") as folder:
        copy = Path(folder) / "hub"
        shutil.copytree(root / HUB, copy, ignore=shutil.ignore_patterns("*.mo", "static", "__pycache__", "migrations"))
        (copy / "locale").mkdir(exist_ok=True)
        for errors in [each for room in ROOMS for each in (copy / room).rglob("*errors.py")]:
            errors.write_text(errors.read_text() + _messages_of(errors))
        chosen = [f"--locale={language}" for language in LANGUAGES]
        command = [sys.executable, "-m", "django", "makemessages", *chosen, "--no-wrap", "--add-location=file", "--no-obsolete"]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)  # noqa: S603 - Django's own command
        if done.returncode:
            raise SystemExit(done.stderr)
        return {language: _tidy(copy / "locale" / language / "LC_MESSAGES" / "django.po", language) for language in LANGUAGES}


def _messages_of(errors: Path) -> str:
    """An error's docstring is its message, so it is a text like those in `gettext`."""
    classes = [node for node in ast.parse(errors.read_text()).body if isinstance(node, ast.ClassDef)]
    told = [ast.get_docstring(each) for each in classes if _tells_its_docstring(each)]
    return "".join(f"\ngettext({text!r})" for text in told if text)


def _tells_its_docstring(error: ast.ClassDef) -> bool:
    """One that makes its message of parameters has a docstring for us only."""
    own = [node for node in error.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    return all("__doc__" in ast.unparse(each) for each in own)


def _tidy(path: Path, language: str) -> polib.POFile:
    """Without what changes at each run, and sorted, so that two people who add texts rarely meet in one place."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    catalogue.header = "The texts of the hub: see CONTRIBUTING.md for how, docs/reference/field-terms.md for the words."
    catalogue.metadata_is_fuzzy = False
    catalogue.metadata = {name: value for name, value in catalogue.metadata.items() if name in KEPT} | {"Language": language}
    for entry in catalogue:
        entry.occurrences.sort()
        entry.comment = ""
        if entry.fuzzy:  # a translation that was guessed from another text
            entry.flags.remove("fuzzy")
            entry.previous_msgid = entry.previous_msgid_plural = None
            entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    return catalogue


if __name__ == "__main__":
    raise SystemExit(main(Path(__file__).parents[1]))
