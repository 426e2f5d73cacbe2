"""Suprema devices through G-SDK's device gateway. Needs the extra doorsync[suprema]."""
