"""How the agent talks to terminals: one folder for each make. Drivers are found through the entry points `doorsync.drivers`."""
