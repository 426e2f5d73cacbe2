"""What a load or an import has changed, counted, in words for whoever started it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

MANY = {"company": "companies"}


@dataclass(slots=True)
class Summary:
    """How many things of each sort were added, changed, removed, and what of it is worth a warning."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def add(self, verb: str, thing: str, number: int = 1) -> None:
        """So many more of these."""
        if number:
            self.counts[verb, thing] += number

    def note(self, differed: bool, thing: str) -> None:
        """One that was looked at, and changed if it differed."""
        self.add("changed", thing, int(differed))

    @property
    def people(self) -> int:
        """How many users were added, changed or removed."""
        return sum(number for (_, thing), number in self.counts.items() if thing == "user")

    def lines(self) -> list[str]:
        """One sentence for each verb, or that nothing had to be changed."""
        verbs = [(verb, self._things(verb)) for verb in ("added", "changed", "removed")]
        return [f"{verb.capitalize()} {things}." for verb, things in verbs if things] or ["Nothing had to be changed."]

    def as_json(self) -> dict[str, dict[str, int]]:
        """The counts for programs: verb, then thing."""
        verbs = ("added", "changed", "removed")
        return {verb: {thing: n for (v, thing), n in self.counts.items() if v == verb} for verb in verbs}

    def _things(self, verb: str) -> str:
        return ", ".join(f"{n} {plural(thing, n)}" for (v, thing), n in self.counts.items() if v == verb)


def plural(thing: str, number: int) -> str:
    """The thing as it is called in this number."""
    return thing if number == 1 else MANY.get(thing, f"{thing}s")
