"""YAML as it stands in the file: every value a text, so that a PIN of 0123 stays one, and every place with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from doorsync.domain.text import described_character
from doorsync.hub.users.files.file_faults import FileFault, FileFaults, quoted_word
from doorsync.hub.users.files.text_file import Text, read_text

Data = str | None | list["Data"] | dict[str, "Data"]
SourcePlace = tuple[str | int, ...]
DEEPEST = 10  # levels; a company file needs five
OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029]")  # YAML would end a line at them, an editor shows none


class _NotTaken(yaml.MarkedYAMLError):
    """Well-formed YAML that is refused; the message is safe to show."""


class _Plain(yaml.SafeLoader):
    """An alias may lead into itself or grow a small file without end; depth may exhaust the stack."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # its stubs leave it out
        if self.check_event(yaml.AliasEvent):
            raise _NotTaken(problem="It refers to another place with '*': write that out here.", problem_mark=mark)
        if self.depth >= DEEPEST:
            raise _NotTaken(problem=f"It is nested more than {DEEPEST} levels deep.", problem_mark=mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


@dataclass(slots=True)
class Document:
    """The values of a file, and the line of each place in it."""

    name: str
    data: Data
    lines: dict[SourcePlace, int] = field(default_factory=dict)

    def fault(self, place: SourcePlace, text: str) -> FileFault:
        """What is wrong at this place, or at the nearest one around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return FileFault(self.name, self.lines.get(place, 1), text)


def read_yaml(path: Path) -> Document:
    """Raises FileFaults when it cannot be read, or is no YAML. They never repeat what stands there: it could be a secret."""
    text = read_text(path, nameable=False)
    document = Document(path.name, {})
    root = _composed(text)
    if root is None:
        raise FileFaults([FileFault(text.name, 1, "The file is empty.")])
    faults: list[FileFault] = []
    document.data = _plain(root, (), document, faults)
    if faults:
        raise FileFaults(faults)
    return document


def _composed(text: Text) -> yaml.Node | None:
    if found := OTHER_LINE_ENDS.search(text.content):
        raise FileFaults([_bad_character(text, found.start())])
    try:
        return yaml.compose(text.content, Loader=_Plain)
    except _NotTaken as error:
        raise FileFaults([FileFault(text.name, _line(error), str(error.problem))]) from error
    except yaml.MarkedYAMLError as error:
        why = "Not valid YAML from here on, or a little before. Is a quotation mark, a bracket, a comma or a colon missing?"
        raise FileFaults([FileFault(text.name, _line(error), why)]) from error
    except yaml.reader.ReaderError as error:
        raise FileFaults([_bad_character(text, error.position)]) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # an escape beyond all characters, for one
        raise FileFaults([FileFault(text.name, 1, "Not valid YAML.")]) from error


def _line(error: yaml.MarkedYAMLError) -> int:
    return error.problem_mark.line + 1 if error.problem_mark else 1


def _bad_character(text: Text, at: int) -> FileFault:
    line = text.content.count("\n", 0, at) + 1
    return FileFault(
        text.name,
        line,
        f"Not valid YAML: it contains the invalid character {described_character(text.content[at])}. Delete it.",
    )


def _plain(node: yaml.Node, place: SourcePlace, document: Document, faults: list[FileFault]) -> Data:
    line = node.start_mark.line + 1
    if place in document.lines:
        faults.append(FileFault(document.name, line, f"{quoted_word(str(place[-1])) or 'A name'} stands here twice."))
        return ""
    document.lines[place] = line
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*place, number), document, faults) for number, child in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return {key: _plain(value, (*place, key), document, faults) for key, value in _pairs(node, document, faults)}
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _pairs(node: yaml.MappingNode, document: Document, faults: list[FileFault]) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            yield str(key.value), value
        else:
            faults.append(FileFault(document.name, key.start_mark.line + 1, "A name must be a plain text."))
