"""The types of fields in messages. Texts hold no NUL and numbers fit 64 bits, so that any database can store them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Nonce = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hash = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]  # SHA-256 of a sealed batch; "" before the first
Number = Annotated[int, Field(ge=0, le=2**63 - 1)]
Sequence = Annotated[int, Field(ge=0, le=2**53)]  # of batches; a number in every language
Reached = Annotated[int, Field(ge=0, le=2**52)]  # the sequence number of a batch that others can still follow
Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
Fingerprint = Annotated[str, Field(pattern=r"^([0-9A-Z]{5}(-[0-9A-Z]{5}){3})?$")]  # of a pair of public keys
Name = Annotated[Text, Field(min_length=1, max_length=64)]  # of a company, an agent, a terminal
Key = Annotated[Text, Field(max_length=64)]  # under which a terminal keeps a record
Label = Annotated[Text, Field(max_length=64)]
Serial = Annotated[Text, Field(max_length=64)]  # of a terminal; "" where its make has none
Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,32}$")]
Words = Annotated[Text, Field(max_length=300)]  # for people
Value = Text | bool | None | list[Text] | list[list[Text]]
