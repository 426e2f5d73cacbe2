"""What can be wrong with users and groups."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext


class UserError(Exception):
    """The user cannot be saved."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or gettext(self.__doc__ or ""))


class BadFields(UserError):
    """Some fields are not valid. `faults` says for each field what is wrong with it; `nameless` the same, naming nobody else."""

    def __init__(self, faults: Mapping[str, str], nameless: Mapping[str, str] | None = None) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)
        self.nameless = self.faults | dict(nameless or {})


class ChangedMeanwhile(UserError):
    """Somebody else has changed this meanwhile."""

    def __init__(self, present: Mapping[str, object]) -> None:
        super().__init__()
        self.present = dict(present)


class CredentialGone(UserError):
    """The credential is not there any more."""


class CredentialTaken(UserError):
    """Somebody else in the company has this credential."""

    def __init__(self, title: str = "credential") -> None:
        super().__init__(gettext("Somebody else in the company has this: %(what)s.") % {"what": gettext(title)})


class CredentialLost(CredentialTaken):
    """It was reported lost, and is given to nobody until it was found."""

    def __init__(self, kind: str, title: str) -> None:
        super().__init__(title)
        self.kind = kind


class ExternalIdTaken(UserError):
    """Somebody else in the company has this id."""


class NumberTaken(UserError):
    """Somebody in the company has this number, or had it before."""


class GroupIdTaken(UserError):
    """The company has a group with this id already."""


class InfoFieldInUse(UserError):
    """Another info field stands for this already, or this one holds values that would be hidden. Empty it first."""


class GroupNameTaken(UserError):
    """The company has a group of this name already."""


class UserGone(UserError):
    """Somebody has removed a user meanwhile."""
