"""Files of people between their upload and the moment they are taken: sealed, and gone after an hour at the latest."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.audit.trail import Actor
from doorsync.hub.companies import vault
from doorsync.hub.companies.errors import CannotUnseal
from doorsync.hub.companies.models import Company
from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.users.files.text_file import Upload
from doorsync.hub.users.models import ImportFile

LIFE = timedelta(hours=1)
ENCODINGS = ("utf-8", "cp1252", "utf-16-le")  # in which files of people come


def keep_upload(*, company: Company, upload: Upload, options: Mapping[str, Any], actor: Actor) -> ImportFile:
    """Keep it for whoever uploaded it; what is older than an hour goes."""
    public_id = secrets.token_urlsafe(16)
    sealed = vault.seal(company, "import", upload.data.decode("latin-1"), public_id)
    with company_transaction(company, actor):
        ImportFile.objects.filter(created_at__lt=timezone.now() - LIFE).delete()
        return ImportFile.objects.create(
            company=company,
            public_id=public_id,
            administrator_id=actor.administrator_id or 0,
            name=upload.name[:100],
            sealed=sealed,
            options=dict(options),
        )


def change_options(*, file: ImportFile, options: Mapping[str, Any], actor: Actor) -> None:
    """How it is to be read from now on."""
    with company_transaction(file.company, actor):
        file.options = dict(options)
        file.save(update_fields=["options"])


def drop_upload(*, file: ImportFile, actor: Actor) -> None:
    """It was taken, or is not wanted."""
    with company_transaction(file.company, actor):
        file.delete()


def find_upload(public_id: str, administrator_id: int) -> ImportFile | None:
    """This administrator's upload of this id, while it is kept."""
    kept = ImportFile.objects.filter(created_at__gte=timezone.now() - LIFE, administrator_id=administrator_id)
    return kept.select_related("company").filter(public_id=public_id).first() if "\0" not in public_id else None


def upload_of(file: ImportFile) -> Upload:
    """What was uploaded. Raises CannotUnseal."""
    text = vault.unseal(file.company, "import", bytes(file.sealed), file.public_id)
    return Upload(file.name, text.encode("latin-1"))


def delete_expired_uploads(now: datetime) -> int:
    """Delete the files of all companies whose hour is over; returns how many."""
    with scopes_disabled():
        expired = ImportFile.objects.filter(created_at__lt=now - LIFE)
        return expired.delete()[0] if expired.exists() else 0


def drop_uploads_with(last_name: str) -> None:
    """Delete the files that may name somebody so, whoever uploaded them. In a transaction of the company."""
    for file in ImportFile.objects.select_related("company"):
        if _may_name(file, last_name):
            file.delete()


def _may_name(file: ImportFile, name: str) -> bool:
    """Whether this name is somewhere in the file, or nobody can tell. Capitals count only outside ASCII."""
    try:
        data = upload_of(file).data.lower()
    except CannotUnseal:
        return True
    return any(name.encode(each, "ignore").lower() in data for each in ENCODINGS)
