"""The parameters of the updateUser operations, and what a call says by them. Order and spelling are each operation's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.info_fields import INFO_FIELDS
from doorsync.hub.esws.values import SAID

OPTIONAL = False
PIN = Parameter("p_PIN", "pin", SAID, "digits; empty or 0 for somebody without a PIN")
LAST_NAME = Parameter("p_Achternaam", "last_name", SAID, "last name")
FIRST_NAME = Parameter("p_Voornaam", "first_name", SAID, "first name")
ADMIN = Parameter("p_Admin", "admin", SAID, "0 or 1; kept and given back, opens nothing")
SECURITY = Parameter("p_Security", "security", SAID, "0 or 1; kept and given back, opens nothing")
START = Parameter(
    "p_StartDate", "start", SAID, "active from: yyyy-mm-dd, with hh:ii or hh:ii:ss behind it; empty: today; else refused"
)
EXPIRE = Parameter(
    "p_ExpireDate",
    "expire",
    SAID,
    "inactive from, in the same forms; a date alone is the last day, until 23:59; empty: 2030-12-31; else refused",
)
INFO = Parameter("p_infoFields", "info", INFO_FIELDS, "info1 to info14: a struct, a map or an array of key and value")
GROUP_NAME = Parameter("p_groupName", "group_names", SAID, "names of groups, with ; between them", OPTIONAL)
GROUP_ID = Parameter("p_groupId", "group_ids", SAID, "ids of groups, with ; between them", OPTIONAL)
GROUP_UPDATE = Parameter(
    "p_groupUpdate",
    "group_update",
    SAID,
    "0 leaves a known user's groups as they are; 1 without a group takes all away",
    OPTIONAL,
)
CARD_ID = Parameter(
    "p_cardId",
    "card",
    SAID,
    "the card's decimal number, or several with ; between them, in place of all others; Remove takes them away",
    OPTIONAL,
)
CARD_CUSTOM = Parameter("p_cardCustom", "card_custom", SAID, "empty, 0 or the same as p_cardId", OPTIONAL)
PLATE = Parameter("p_licensePlate", "plates", SAID, "licence plates, with ; between them; Remove takes them away", OPTIONAL)
VISITOR = Parameter("p_isVisitor", "visitor", SAID, "0 or 1", OPTIONAL)
LOCATION = Parameter("p_locationID", "location", SAID, "id of a location; counts in companies of the type Branches", OPTIONAL)

PERSON = (PIN, LAST_NAME, FIRST_NAME, ADMIN, SECURITY, START, EXPIRE, INFO)
CARD = (CARD_ID, CARD_CUSTOM)
REST = (PLATE, VISITOR, LOCATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The fields of a user as a call sent them. None means that the field was not sent."""

    pin: str | None = field(default=None, repr=False)
    last_name: str | None = None
    first_name: str | None = None
    admin: str | None = None
    security: str | None = None
    start: str | None = None
    expire: str | None = None
    info: Mapping[str, str] = field(default_factory=dict)
    group_names: str | None = None
    group_ids: str | None = None
    group_update: str | None = None
    card: str | None = field(default=None, repr=False)
    card_custom: str | None = field(default=None, repr=False)
    plates: str | None = None
    visitor: str | None = None
    location: str | None = None
    phone: str | None = None
    contractor_code: str | None = None
    contractor_name: str | None = None
