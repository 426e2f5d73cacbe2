"""imageToFaceTemplate: refused, because no terminal here makes face templates from pictures."""

from __future__ import annotations

from typing import NoReturn

from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.flags import is_set
from doorsync.hub.esws.refusals import BadId, NoData, NoExtension, NoFaceTerminal, NoId, NoSuchUser, OtherExtension
from doorsync.hub.esws.users.lookup import user_number, user_of_number
from doorsync.hub.esws.values import STRING


def image_to_face_template(
    call: CompanyCall,  # noqa: ARG001 - its scope counts
    *,
    number: str,
    update: str,
    data: str,
    extension: str,
    **terminal: str,  # noqa: ARG001 - whichever it is
) -> NoReturn:
    """Nothing is kept of the picture. Raises what is wrong with the call first, and NoFaceTerminal in the end."""
    if user_of_number(user_number(number)) is None:
        raise NoSuchUser
    if is_set(update):
        _check_picture(data, extension.strip().lower())
    raise NoFaceTerminal


def _check_picture(data: str, extension: str) -> None:
    if not data:
        raise NoData
    if not extension:
        raise NoExtension
    if extension not in ("jpg", "png"):
        raise OtherExtension


OPERATION = company_operation(
    name="Esws.imageToFaceTemplate",
    about="Is always refused: no terminal that Doorsync drives makes a face template from a picture. The picture is not kept.",
    parameters=(
        Parameter("p_updatePicture", "update", STRING, "0 or 1"),
        Parameter("p_Id", "number", STRING, "the user's number", missing=NoId),
        Parameter("p_data", "data", STRING, "the picture in base64"),
        Parameter("p_extenstion", "extension", STRING, "jpg or png"),
        Parameter("p_ip", "ip", STRING, "address of the terminal"),
        Parameter("p_port", "port", STRING, "port of the terminal"),
        Parameter("p_did", "did", STRING, "serial number of the terminal"),
    ),
    returns=STRING,
    run=image_to_face_template,
    return_strings={
        NoId: "NO_ID_RECEIVED",
        NoSuchUser: "USER_WAS_NOT_FOUND",
        BadId: "USER_WAS_NOT_FOUND",
        NoData: "NO_IMAGE_DATA_RECEIVED",
        NoExtension: "NO_EXTENSION_RECEIVED",
        OtherExtension: "ONLY_PNG_OR_JPG_EXTENSIONS_ARE_ACCEPTED",
        NoFaceTerminal: "DID_NOT_ALLOWED",
    },
    sample="DID_NOT_ALLOWED",
)
