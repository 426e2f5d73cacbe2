"""deletePictureAndTemplates: see that no picture and no face template of the user is kept."""

from __future__ import annotations

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.flags import is_set
from doorsync.hub.esws.refusals import NoId, NoIdField, NoSuchUser, NothingToDo
from doorsync.hub.esws.users.lookup import known_user
from doorsync.hub.esws.values import STRING

PICTURE, TEMPLATES = "PROFILE_PICTURE_DELETED", "FACE_TEMPLATES_DELETED"


def delete_picture_and_templates(call: CompanyCall, *, alt_id: str, picture: str, templates: str) -> str:  # noqa: ARG001 - its scope counts
    """What is not kept any more. The hub keeps neither of both, so nothing is left to be done."""
    known_user(alt_id)
    if is_set(templates):
        return TEMPLATES
    if is_set(picture):
        return PICTURE
    raise NothingToDo


OPERATION = company_operation(
    name="Esws.deletePictureAndTemplates",
    about="Deletes the user's picture, face templates, or both. Doorsync keeps neither, so none is there afterwards.",
    parameters=(
        Parameter("p_wsAltUserId", "alt_id", STRING, "your own id of the user", missing=NoId),
        Parameter("p_deletePicture", "picture", STRING, "0 or 1"),
        Parameter("p_deleteTemplates", "templates", STRING, "0 or 1; with both, the result is that for templates"),
    ),
    returns=STRING,
    run=delete_picture_and_templates,
    return_strings={
        NoId: "NO_WS_ALT_USER_ID_SET",
        NoIdField: "NO_WS_ALT_USER_ID_INFOFIELD_SET",
        NoSuchUser: "NO_USER_FOUND_BASED_ON_WS_ALT_USER_ID_VALUE",
        NothingToDo: "NO_ACTION_SELECTED",
    },
    sample=PICTURE,
)
