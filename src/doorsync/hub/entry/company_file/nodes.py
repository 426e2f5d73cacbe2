"""YAML as it stands in the file: every value a text, so that a PIN of 0123 stays one, and every place with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from doorsync.hub.entry.company_file.faults import Fault, FileFaults

Data = str | list["Data"] | dict[str, "Data"]
Place = tuple[str | int, ...]
LARGEST = 64 * 1024 * 1024  # bytes


class _NoAliases(yaml.SafeLoader):
    """An alias may lead into itself, or grow a small file without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # its stubs leave it out
            raise yaml.composer.ComposerError(None, None, "it refers to another place with '*'; write it out", mark)
        return super().compose_node(parent, index)


@dataclass(slots=True)
class Document:
    """The values of a file, and the line of each place in it."""

    name: str
    data: Data
    lines: dict[Place, int] = field(default_factory=dict)

    def fault(self, place: Place, text: str) -> Fault:
        """What is wrong at this place, or at the nearest one around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return Fault(self.name, self.lines.get(place, 1), text)


def read_yaml(path: Path) -> Document:
    """Raises FileFaults when it cannot be read, or is no YAML."""
    document = Document(path.name, {})
    try:
        root = yaml.compose(read_text(path), Loader=_NoAliases)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileFaults([Fault(path.name, line, f"This is no YAML: {error.problem}.")]) from error
    except yaml.YAMLError as error:
        raise FileFaults([Fault(path.name, 1, "This is no YAML: it has characters that no text has.")]) from error
    if root is None:
        raise FileFaults([Fault(path.name, 1, "The file is empty.")])
    faults: list[Fault] = []
    document.data = _plain(root, (), document, faults)
    if faults:
        raise FileFaults(faults)
    return document


def read_text(path: Path) -> str:
    """The text of a file: UTF-8, or Windows-1252 as spreadsheets still write it. Raises FileFaults."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileFaults([Fault(path.name, 0, "The file is larger than 64 MiB.")])
        data = path.read_bytes()
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, f"The file cannot be read: {error.strerror}.")]) from error
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFaults([Fault(path.name, 0, "The file is neither UTF-8 nor Windows-1252. Save it as CSV UTF-8.")])


def _plain(node: yaml.Node, place: Place, document: Document, faults: list[Fault]) -> Data:
    line = node.start_mark.line + 1
    if place in document.lines:
        faults.append(Fault(document.name, line, f"'{place[-1]}' stands here twice."))
        return ""
    document.lines[place] = line
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*place, number), document, faults) for number, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return {key: _plain(value, (*place, key), document, faults) for key, value in _pairs(node, document, faults)}
    return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _pairs(node: yaml.MappingNode, document: Document, faults: list[Fault]) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            yield str(key.value), value
        else:
            faults.append(Fault(document.name, key.start_mark.line + 1, "A name must be a plain text."))
