"""UHPPOTE controllers (UT0311-L0x, sold under many names): the driver, and a simulator of a controller."""
