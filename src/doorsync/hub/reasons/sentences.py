"""Each code of a reason in words, with plural forms. docs/reference/errors.md lists them; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

SENTENCES: Mapping[str, str | Promise] = {
    # domain.refusals
    "pin-length": ngettext_lazy(
        "The PIN has %(digits)s digit; this terminal takes %(least)s to %(most)s.",
        "The PIN has %(digits)s digits; this terminal takes %(least)s to %(most)s.",
        "digits",
    ),
    "too-many-cards": ngettext_lazy(
        "%(cards)s card; this terminal takes %(limit)s for each person.",
        "%(cards)s cards; this terminal takes %(limit)s for each person.",
        "cards",
    ),
    "card-too-long": ngettext_lazy(
        "A card number is longer than the %(bits)s bit this terminal can store.",
        "A card number is longer than the %(bits)s bits this terminal can store.",
        "bits",
    ),
    "card-not-shown": _("The readers of this door cannot show one of their cards whole."),
    "too-many-schedules": ngettext_lazy(
        "%(schedules)s time schedule; this terminal takes %(limit)s for each person.",
        "%(schedules)s time schedules; this terminal takes %(limit)s for each person.",
        "schedules",
    ),
    "no-room-for-people": ngettext_lazy(
        "No room: this terminal holds %(limit)s person.", "No room: this terminal holds %(limit)s people.", "limit"
    ),
    "no-room-for-schedules": _("No room for its time schedules: this terminal holds %(limit)s."),
    "no-room-for-schedule": _("This terminal has no room for another time schedule."),
    "key-too-long": _("The number has %(digits)s digits; this terminal takes %(limit)s."),
    "no-card": _("This terminal knows people by their card, and this person has none."),
    "hours-not-held": _("One of their time schedules has hours that this terminal cannot hold."),
    "too-many-intervals": _("%(intervals)s intervals on one weekday; this terminal takes %(limit)s. Make it several schedules."),
    # domain.notices
    "name-not-held": _("This terminal holds no names."),
    "name-spelt": _("This terminal spells the name %(name)s."),
    "name-cut": _("This terminal holds the name as %(name)s."),
    "expiry-by-hub": _("This terminal holds no expiry: Doorsync removes them at the moment, and has to reach it then."),
    "expiry-to-the-day": _("This terminal holds the last day only: Doorsync removes them at the minute."),
    # domain.refusals, of large ones
    "person-too-large": _("Too much for one message. Give this person fewer cards."),
    "schedule-too-large": _("Too much for one message. Give this time schedule fewer hours."),
    "unreadable-credential": _("Their stored %(kind)s cannot be read. Enter it again."),
    "unknown-credential": _("They have a credential of a kind that is not known here. Update the hub."),
    "unreadable-schedule": _("The hours of this time schedule are damaged in the database. Set them again."),
    "unreadable-zone": _("The time zone of this location is damaged in the database. Set it again."),
    "unreadable-dates": _("Their stored start or expiry cannot be read. Enter it again."),
    "number-of-administrator": _("Number %(key)s is %(name)s at this terminal, one of its own administrators."),
    "number-taken": _(
        "Number %(key)s is held at this terminal by %(name)s, who was enrolled there. Decide on the terminal's page."
    ),
    "schedule-number-taken": _(
        "Number %(key)s is another time schedule at this terminal: %(name)s. Decide on the terminal's page."
    ),
    # hub.terminals.reason_codes
    "two-copies": _(
        "Two copies of this agent are at work, or it was put back from a backup. Stop the other one, then enrol this one again."
    ),
    "erase-uncertain": _("Nobody knows whether it was erased."),
    "schedule-lost": _("It does not know a time schedule that was confirmed there."),
    "changed-between": _("Its agent found it changed since the last batch."),
    "people-lost": ngettext_lazy(
        "It holds %(found)s person where %(held)s were confirmed: it was emptied, or has lost somebody.",
        "It holds %(found)s people where %(held)s were confirmed: it was emptied, or has lost somebody.",
        "found",
    ),
    "people-enrolled": ngettext_lazy(
        "It holds %(more)s person more than were sent to it: somebody enrolled them there.",
        "It holds %(more)s people more than were sent to it: somebody enrolled them there.",
        "more",
    ),
    "clock-jumped": _("Its clock jumped by more than a day: it may have been reset."),
    "address-changed": _("It is reached at another address than before."),
    "device-replaced": _("The device was replaced."),
    "device-moved": _("Its device is now that of another terminal."),
    "keys-changed": _("It keeps people or time schedules under other keys than before."),
    "agent-forked": _("Its agent has done other work than this database knows of: one of the two was restored."),
    # hub.sync.reason_codes
    "refused": _("The terminal refused."),
    "still-held": _("The terminal said that it removed this, but still holds it."),
    "not-there": _("The terminal accepted this, but it is not there when read back."),
    "holds-another": _("The terminal holds something else than it accepted."),
    "not-read-whole": _("The terminal could not be read whole."),
    "not-erased": _("The terminal could not be erased."),
    "only-removals": _("%(cause)s It has to be read whole before anybody is added; removals are sent all the same."),
    "before-a-restore": _(
        "A backup was restored after this was started, so it only removes. Look at the plan and press Sync to send the rest."
    ),
    "no-answer": _("The terminal did not answer."),
    "other-device": _("Another device answers at this address. Nothing was sent to it."),
    "schedule-unconfirmed": _("Waits until a time schedule that this person needs is confirmed here."),
    "credential-still-kept": _("Waits for a card or PIN that this terminal still keeps for somebody else."),
    "stopped": ngettext_lazy(
        "Stopped: %(removals)s person would be removed here. Look at the plan and type the number.",
        "Stopped: %(removals)s people would be removed here. Look at the plan and type the number.",
        "removals",
    ),
    "stopped-over-number": ngettext_lazy(
        "Stopped: %(removals)s person would be removed here. %(foreseen)s were foreseen. Look at the plan and type the number.",
        "Stopped: %(removals)s people would be removed here. %(foreseen)s were foreseen. Look at the plan and type the number.",
        "removals",
    ),
    "agent-newer": _("The agent is newer than this hub. Update the hub."),
    "secret-refused": _("The terminal answers, but does not accept the secret that is set for it."),
    "no-place": _("The terminal has no free place for it, or keeps somebody else there."),
    "agent-older": _("The agent is older than this hub. Update the agent."),
    "not-understood": _("Agent and hub do not understand each other here. What was under way counts as unknown."),
    "unanswerable": _("The agent cannot say what became of this (%(why)s). It counts as unknown."),
    # messages.terminal_codes, in the same words
    "agent-stopped": _("The agent was stopped on the way."),
    "no-driver": _("This agent has no driver for '%(make)s'."),
    "driver-broken": _("The driver for '%(make)s' is broken: %(why)s."),
    "driver-absent": _("The driver for '%(make)s' needs %(needs)s, which this agent was installed without."),
    "driver-failed": _("The driver failed (%(error)s)."),
    "door-mode-not-set-from-here": _("This terminal does not hold this door open or lock it down when it is told to."),
    "door-in-other-mode": _("The terminal took it, and says that the door is in another mode."),
    "agent-cannot-write": _("The agent could not write down when the hold ends, so it did not begin."),
    "door-too-late": _("The command came too late, or the terminal was busy until then."),
    "door-not-opened-from-here": _("This terminal does not open this door when it is told to."),
    "device-differs": _("Another device answers at this address. Nothing was sent to it."),
    "order-unanswered": _("The terminal did not say what became of an order."),
    "memory-not-shown": _("What this terminal holds cannot be read."),
    "lists-without-end": _("It was asked for a few entries and lists without end."),
    "lists-too-much": _("The terminal lists more than %(most)s entries, and says that it holds %(stated)s. It was not read."),
    "address-silent": _("%(address)s did not answer: %(why)s."),
    "address-lost": _("%(address)s stopped answering."),
    "address-garbled": _("%(address)s answers in a way that its driver does not understand."),
    "address-malformed": _("'%(address)s' is no address; it should be like %(example)s."),
    "request-refused": _("The terminal refused the request."),
    "removals-refused": _("The terminal refused to remove some people."),
    "agent-says": _("The agent says: “%(text)s”"),
    "terminal-says": _("The terminal says: “%(text)s”"),
    # from before there were codes
    "text": "%(text)s",
}
