"""The documented shape is the one that is written."""

from __future__ import annotations

import json
from pathlib import Path

from doorsync.hub.privacy.person_file import PersonFile

DOCUMENTED = Path(__file__).parents[3] / "docs/reference/person-file.schema.json"


def test_the_documented_schema_is_that_of_the_file() -> None:
    assert json.loads(DOCUMENTED.read_text()) == PersonFile.model_json_schema()
