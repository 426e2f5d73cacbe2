"""Prints how biostarPython's methods and messages look on the wire.

{path: [in, out]} and {message: {number: [type, repeated, inner]}}. Runs in a process of its own: importing it opens a log
file where it stands.
"""

import importlib
import json
from typing import Any

SERVICES = ("access", "auth", "connect", "device", "door", "event", "operator", "schedule", "time", "user")
methods: dict[str, list[str]] = {}
messages: dict[str, dict[int, list[Any]]] = {}


def describe(message: Any) -> None:
    if message.full_name in messages:
        return
    fields: dict[int, list[Any]] = {}
    messages[message.full_name] = fields
    for field in message.fields:
        inner = field.message_type.full_name if field.message_type else ""
        fields[field.number] = [field.type, field.is_repeated, inner]
        if field.message_type:
            describe(field.message_type)


for name in SERVICES:  # some of the others cannot be imported
    module = importlib.import_module(f"biostarPython.service.{name}_pb2")
    for service in module.DESCRIPTOR.services_by_name.values():
        for method in service.methods:
            methods[f"/{service.full_name}/{method.name}"] = [method.input_type.full_name, method.output_type.full_name]
            describe(method.input_type)
            describe(method.output_type)
print(json.dumps({"methods": methods, "messages": messages}))
