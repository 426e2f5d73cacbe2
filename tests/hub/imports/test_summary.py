"""What a load or an import changed, in words and in numbers."""

from __future__ import annotations

from doorsync.hub.imports.summary import Summary, plural


def test_each_verb_is_one_sentence_in_the_order_in_which_things_came() -> None:
    summary = Summary()
    for verb, thing, number in (("removed", "user", 1), ("added", "company", 1), ("added", "user", 2), ("added", "zone", 0)):
        summary.add(verb, thing, number)
    summary.note(differed=True, thing="user")
    summary.note(differed=False, thing="terminal")
    assert summary.lines() == ["Added 1 company, 2 users.", "Changed 1 user.", "Removed 1 user."]
    assert summary.as_json() == {"added": {"company": 1, "user": 2}, "changed": {"user": 1}, "removed": {"user": 1}}
    assert summary.people == 4


def test_nothing_is_said_to_be_nothing() -> None:
    assert (Summary().lines(), Summary().people) == (["Nothing had to be changed."], 0)


def test_things_are_named_in_their_number() -> None:
    assert [plural("company", number) for number in (0, 1, 2)] == ["companies", "company", "companies"]
    assert plural("access right", 2) == "access rights"
