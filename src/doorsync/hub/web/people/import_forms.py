"""The form with which a file of people is uploaded."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from doorsync.hub.ui.forms import StyledForm
from doorsync.hub.users.card_formats import CardFormat
from doorsync.hub.users.files.csv_table import TITLES

ENCODINGS = [
    ("", _("UTF-8, or as the file says")),
    ("cp1252", _("Windows, western Europe (cp1252)")),
    ("cp1250", _("Windows, central Europe (cp1250)")),
    ("cp1251", _("Windows, Cyrillic (cp1251)")),
    ("cp1253", _("Windows, Greek (cp1253)")),
    ("cp1254", _("Windows, Turkish (cp1254)")),
    ("cp1255", _("Windows, Hebrew (cp1255)")),
    ("cp1256", _("Windows, Arabic (cp1256)")),
    ("cp1257", _("Windows, Baltic (cp1257)")),
    ("cp850", _("DOS, western Europe (cp850)")),
    ("mac_roman", _("older Macintosh")),
    ("latin-1", _("Latin-1")),
    ("utf-16", _("UTF-16")),
]
CARDS = [
    (CardFormat.DECIMAL, _("decimal")),
    (CardFormat.FACILITY, _("facility code and number, as 12,34567")),
    (CardFormat.HEX, _("hexadecimal")),
    (CardFormat.HEX_REVERSED, _("hexadecimal, bytes reversed")),
]
SEPARATORS = [("", _("automatic")), *TITLES.items()]
LARGEST = 2 * 1024 * 1024  # bytes; larger files are for the command line


class UploadForm(StyledForm):
    """A CSV file, and how to read it where it does not say so itself."""

    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}))
    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    cards = forms.ChoiceField(label=_("How cards are written"), choices=CARDS, required=False)
    complete = forms.BooleanField(
        label=_("The file names everybody: remove whoever is not in it"),
        required=False,
        help_text=_("You see whom, before anything is done."),
    )


class ReadingForm(StyledForm):
    """How a file that was uploaded is read; what is left open is found."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    separator = forms.ChoiceField(label=_("Separator between the columns"), choices=SEPARATORS, required=False)
