"""The access log: what terminals saw at their doors, as agents brought it; how long it is kept, and reads of it."""
