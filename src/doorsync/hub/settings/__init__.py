"""The typed settings of the hub, its key files, and the module that Django reads. Imports no other room."""
