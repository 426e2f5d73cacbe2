"""The hub's commands, one module a group. Their modules import nothing heavy: `doorsync --help` must be quick."""
