from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import OKPKey

from doorsync.messages.keys import KeyPairs, PublicKeys, typed
from tests.messages.samples import AGENT


def test_key_pairs_and_public_keys_survive_json() -> None:
    again = KeyPairs.load(AGENT.as_dict())
    assert again.sign.thumbprint() == AGENT.sign.thumbprint()
    assert PublicKeys.load(AGENT.public.as_dict()).seal.thumbprint() == AGENT.seal.thumbprint()


def test_public_keys_hold_no_private_part() -> None:
    public = AGENT.public
    assert not public.sign.is_private
    assert not public.seal.is_private
    assert all("d" not in key for key in public.as_dict().values())


@pytest.mark.parametrize("keys", [AGENT, AGENT.public])
def test_the_representation_of_keys_shows_no_key(keys: KeyPairs | PublicKeys) -> None:
    for key in AGENT.as_dict().values():
        assert key["d"] not in repr(keys)


def test_public_keys_refuse_private_ones_that_were_sent_by_mistake() -> None:
    with pytest.raises(ValueError, match="no Doorsync keys"):
        PublicKeys.load(AGENT.as_dict())


def test_key_pairs_refuse_public_ones() -> None:
    with pytest.raises(ValueError, match="no Doorsync keys"):
        KeyPairs.load(AGENT.public.as_dict())


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"sign": AGENT.public.as_dict()["sign"]},
        {"sign": AGENT.public.as_dict()["seal"], "seal": AGENT.public.as_dict()["sign"]},
        {**AGENT.public.as_dict(), "seal": OKPKey.generate_key("X448").as_dict(private=False)},
        {**AGENT.public.as_dict(), "seal": {"kty": "OKP", "crv": "X25519", "x": "AA"}},
        {**AGENT.public.as_dict(), "sign": None},
    ],
)
def test_public_keys_refuse_what_is_none(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no Doorsync keys"):
        PublicKeys.load(data)


def test_public_keys_refuse_a_point_that_gives_everybody_the_same_secret() -> None:
    low = {"kty": "OKP", "crv": "X25519", "x": "A" * 43}
    with pytest.raises(ValueError, match="no Doorsync keys"):
        PublicKeys.load({**AGENT.public.as_dict(), "seal": low})


def test_a_refused_key_is_not_quoted() -> None:
    secret = AGENT.as_dict()["sign"]
    with pytest.raises(ValueError, match="no Doorsync keys") as caught:
        KeyPairs.load({"sign": {**secret, "x": 5}, "seal": secret})
    assert secret["d"] not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    "text", ["7K2QM-0H5XN-T9B4C-W8D3E", "7k2qm 0h5xn t9b4c w8d3e\n", "7K2QMOH5XNT9B4CW8D3E", "\t7K2QM-OH5XN-T9B4C-W8D3E"]
)
def test_typed_takes_every_spelling_of_one_code(text: str) -> None:
    assert typed(text) == "7K2QM-0H5XN-T9B4C-W8D3E"


@pytest.mark.parametrize("text", ["", "7K2QM-0H5XN", "7K2QM-0H5XN-T9B4C-W8D3U", "7K2QM-0H5XN-T9B4C-W8D3EE"])
def test_typed_takes_nothing_else(text: str) -> None:
    assert typed(text) == ""
