"""What rooms above must hear of at once: a terminal that is reached otherwise, and a door that is to be opened."""

from django.dispatch import Signal

# Sent inside the transaction, in the company's scope, with `terminal` (Terminal, as it is now) and `agent_before` (Agent):
# the terminal is reached otherwise than before, so another device may be there.
terminal_moved = Signal()

# Sent inside the transaction, in the company's scope, with `agent` (Agent): a door of one of its terminals is to be opened now.
opening_asked = Signal()
