"""The access log in the browser: who was let in or refused at which door, live, with filters, and why."""
