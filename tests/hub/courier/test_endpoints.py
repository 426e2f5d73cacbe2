"""What an endpoint of the courier takes before it looks at any message."""

from __future__ import annotations

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
BODY = json.dumps({"agent": "nobody", "hello": "e30.e30.e30"})


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
def test_only_json_is_taken(kind: str) -> None:
    """Any page of the world may make a browser send the other kinds without asking first."""
    answer = Client().post("/courier/hello", BODY, content_type=kind)
    assert (answer.status_code, answer.json()["error"]) == (409, "malformed")
    assert "application/json" in answer.json()["message"]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
def test_json_is_taken(kind: str) -> None:
    answer = Client().post("/courier/hello", BODY, content_type=kind)
    assert (answer.status_code, answer.json()["error"]) == (409, "wrong-agent")


@pytest.mark.parametrize("body", ["", "[]", "1", '{"agent": 1}', '{"agent": "\\u00e9"}', '{"agent": "\\u0000"}', "[" * 100_000])
def test_what_is_no_object_of_plain_texts_is_malformed(body: str) -> None:
    answer = Client().post("/courier/hello", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (409, "malformed")


def test_only_a_post_is_answered() -> None:
    answer = Client().get("/courier/hello")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_pages_of_elsewhere_learn_nothing(origin: str) -> None:
    answer = Client().post("/courier/enrol", BODY, content_type="application/json", headers={"origin": origin})
    assert (answer.status_code, answer.json()) == (403, {"error": "foreign-origin"})
