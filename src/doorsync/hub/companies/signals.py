"""The signal that lower apps send when a change affects who may open a door."""

from django.dispatch import Signal

# Sent inside the transaction with `company` (Company), `users` (a set of ids, or None for everybody in the company and all time
# schedules), `terminals` (ids of those at which all records may be written otherwise), `dates` (whether also everybody with a
# start or an expiry is affected), `schedules` (whether time schedules may have changed; left out: only as far as `users` says),
# `sending` (whether something that waits already may be sent automatically now) and `actor` (who changed it; None when nobody in
# particular did).
access_changed = Signal()
