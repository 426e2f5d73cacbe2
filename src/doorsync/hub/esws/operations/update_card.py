"""updateCard: the one card that the user has from now on, or none."""

from __future__ import annotations

from doorsync.hub.companies.transactions import company_transaction
from doorsync.hub.esws.company_operations import CompanyCall, company_operation
from doorsync.hub.esws.declarations import Parameter
from doorsync.hub.esws.refusals import CannotSave, CardNotSupported, CardNotValid, CardTaken
from doorsync.hub.esws.users.lookup import ALT_ID, NOT_KNOWN, known_user
from doorsync.hub.esws.users.saving import NOT_SAVED, replace_credentials
from doorsync.hub.esws.values import SAID, STRING
from doorsync.hub.users.cards import CARD_DIGITS


def update_card(call: CompanyCall, *, alt_id: str, card: str | None) -> str:
    """OK. Digits that are more than a card has are not supported; a card that is not there at all takes nothing away."""
    with company_transaction(call.company, call.actor):
        user = known_user(alt_id)
        card = None if card is None else card.strip()
        if card is None or (card and not card.strip("0")):
            raise CardNotValid
        if card.isdecimal() and len(card.lstrip("0")) > CARD_DIGITS:
            raise CardNotSupported
        replace_credentials(call, user, "card", frozenset(filter(None, [card])))
    return "OK"


OPERATION = company_operation(
    name="Esws.updateCard",
    about="Gives the user this card in place of all others, or takes the cards away.",
    parameters=(ALT_ID, Parameter("p_usbCardId", "card", SAID, "the card's decimal number; empty takes the card away")),
    returns=STRING,
    run=update_card,
    return_strings={**NOT_KNOWN, **{kind: NOT_SAVED[kind] for kind in (CannotSave, CardNotSupported, CardNotValid, CardTaken)}},
    sample="OK",
)
