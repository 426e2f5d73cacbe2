"""Importing people from a CSV file: upload, see what it would do at each door, take it or drop it."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorsync.hub.administrators.authentication import SignedInRequest
from doorsync.hub.administrators.rules import Permission
from doorsync.hub.imports.summary import Summary
from doorsync.hub.imports.user_import import Import, ImportStopped
from doorsync.hub.users.errors import UserError
from doorsync.hub.users.files.csv_header import COLUMNS
from doorsync.hub.users.files.file_faults import FileFaults
from doorsync.hub.users.files.text_file import Upload
from doorsync.hub.users.import_files import change_options, drop_upload, keep_upload
from doorsync.hub.users.models import ImportFile
from doorsync.hub.web.decorators import needs_permission
from doorsync.hub.web.flash import tell
from doorsync.hub.web.people.held_back import tell_held_back
from doorsync.hub.web.people.import_forms import LARGEST, UploadForm
from doorsync.hub.web.people.import_reading import own_file, prepared, reading_of, remember_reading, revision
from doorsync.hub.web.sign_in import answers
from doorsync.hub.web.sign_in.answers import SeeOther

INVALID, REFUSED = 422, 409
MOST_ROWS = 5000  # of a file that is tried while somebody waits
SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PEOPLE)
def upload(request: SignedInRequest) -> HttpResponse:
    """Ask for the file, and keep it for the page that shows what it would do."""
    if request.signed_in.administrator.limited:  # a file may name anybody, at any location
        return answers.not_allowed(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        status = 200 if request.method != "POST" else INVALID
        return render(request, "people/import.html", {"form": form, "columns": COLUMNS}, status=status)
    given = form.cleaned_data
    if given["file"].size > LARGEST:
        form.add_error("file", _("The file is larger than 2 MiB. Part it, or import it with the command line."))
        return render(request, "people/import.html", {"form": form, "columns": COLUMNS}, status=INVALID)
    options = {name: given[name] for name in ("encoding", "cards", "complete")}
    options |= {"separator": "", "columns": None}
    kept = Upload(given["file"].name, given["file"].read())
    file = keep_upload(company=request.signed_in.company, upload=kept, options=options, actor=request.signed_in.actor)
    return SeeOther(reverse("people:import-preview", args=[file.public_id]))


@require_http_methods(["GET", "HEAD", "POST"])
@needs_permission(Permission.PEOPLE)
def preview(request: SignedInRequest, public_id: str) -> HttpResponse:
    """What the file would do, found by doing it and taking it back; with POST it is taken."""
    file = own_file(request, public_id)
    try:
        ready, encoding = prepared(request, file)
        if len(ready.people) > MOST_ROWS:
            told = _("The file names more than %(n)s people. Part it, or import it with the command line: doorsync user import.")
            return _page(request, file, INVALID, problem=told % {"n": MOST_ROWS})
        if request.method == "POST":
            return _take(request, file, ready)
        shown = ready.preview(encoding)
    except FileFaults as error:
        return _page(request, file, INVALID, faults=error.faults[:100], more_faults=max(0, len(error.faults) - 100))
    losing = sum(len(door.loses) for door in shown.doors)
    change_options(file=file, options={**file.options, "losing": losing}, actor=request.signed_in.actor)
    return _page(request, file, preview=shown, losing=losing)


@require_POST
@needs_permission(Permission.PEOPLE)
def drop(request: SignedInRequest, public_id: str) -> HttpResponse:
    """Forget the file."""
    drop_upload(file=own_file(request, public_id), actor=request.signed_in.actor)
    tell(request, _("The file was dropped. Nothing was changed."))
    return SeeOther(reverse("people:list"))


@require_safe
@needs_permission(Permission.PEOPLE)
def bad_rows(request: SignedInRequest, public_id: str) -> HttpResponse:
    """All that is wrong with the file, a row for each thing, by the line in the file. No cell is repeated."""
    file = own_file(request, public_id)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow([_("line"), _("what is wrong")])
    try:
        prepared(request, file)
    except FileFaults as error:
        table.writerows([fault.line, fault.text] for fault in error.faults)
    answer = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="bad-rows.csv"'
    return answer


def _take(request: SignedInRequest, file: ImportFile, ready: Import) -> HttpResponse:
    losing, typed = file.options.get("losing"), request.POST.get("word", "").strip()
    if losing is None or request.POST.get("revision") != str(revision(file)):
        tell(request, _("Nothing was imported: the file is read in another way now. This is what it would do."), "wait")
        return SeeOther(reverse("people:import-preview", args=[file.public_id]))
    if losing and typed != str(losing):
        wrong = _("That is not %(n)s. Nothing was imported.") % {"n": losing}
        return _page(request, file, REFUSED, preview=ready.preview(), losing=losing, problem=wrong)
    summary = Summary()
    try:
        ready.write(summary)
    except UserError as error:
        problem = str(error) if isinstance(error, ImportStopped) else _("Nothing was imported: %(why)s") % {"why": error}
        return _page(request, file, REFUSED, preview=ready.preview(), losing=losing, problem=problem)
    remember_reading(request, file)
    drop_upload(file=file, actor=request.signed_in.actor)
    tell(request, " ".join(summary.lines()))
    tell_held_back(request)
    return SeeOther(reverse("people:list"))


def _page(request: SignedInRequest, file: ImportFile, status: int = 200, **more: Any) -> HttpResponse:
    data = {"file": file, "most": SHOWN, **reading_of(file), **more}
    return render(request, "people/import_preview.html", data, status=status)
