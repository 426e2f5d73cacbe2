from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OKPKey

from doorsync.messages import envelope
from doorsync.messages.envelope import fingerprint, introduced, seal, sign, unseal, verify
from doorsync.messages.errors import (
    BadSignature,
    Downgraded,
    Malformed,
    MessageRefused,
    TooLarge,
    TooNew,
    UnknownKey,
    Unsealed,
)
from doorsync.messages.keys import KeyPairs, PublicKeys
from doorsync.messages.schemas import VERSION, Batch, Enrolled, Enrolment, Hello, Message, Receipt, Refused
from tests.messages.samples import AGENT, BATCH, ENROLLED, ENROLMENT, HELLO, HUB, RECEIPT, REFUSED, STRANGER

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
Sealed = tuple[Message, KeyPairs, KeyPairs]


def header_of(text: str) -> dict[str, Any]:
    part = text.split(".", maxsplit=1)[0]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def encoded(content: object) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def signed_raw(payload: dict[str, Any], key: OKPKey, **header: Any) -> str:
    """What a sender with the right key but another mind could write; made without the library that reads it."""
    return signed_bytes(json.dumps(payload).encode(), key, **{"typ": payload.get("typ"), **header})


def signed_bytes(payload: bytes, key: OKPKey, **header: Any) -> str:
    full = {"alg": "Ed25519", "kid": key.thumbprint(), **header}
    text = f"{encoded(full)}.{encoded(payload)}"
    private = key.private_key
    assert isinstance(private, Ed25519PrivateKey)
    return f"{text}.{encoded(private.sign(text.encode()))}"


def sealed_raw(inner: str, to: PublicKeys) -> str:
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": to.seal.thumbprint()}
    return jwe.encrypt_compact(header, inner.encode(), to.seal, algorithms=["ECDH-ES", "A256GCM"])


def one_letter_changed(text: str) -> Iterator[str]:
    """Every place with several other letters; the last letter of each part, where base64 has spare bits, with all others."""
    for place, letter in enumerate(text):
        last = text[place + 1 : place + 2] in ("", ".")
        others = ALPHABET + ".=+/ \n\x00é" if last else "Aa0_." + chr(ord(letter) ^ 1)
        for other in others:
            if other != letter:
                yield text[:place] + other + text[place + 1 :]


@pytest.mark.parametrize(("message", "sender", "reader"), [(BATCH, HUB, AGENT), (RECEIPT, AGENT, HUB)])
def test_unseal_gives_back_what_was_sealed(message: Message, sender: KeyPairs, reader: KeyPairs) -> None:
    text = seal(message, sender, reader.public)
    assert unseal(text, type(message), reader, sender.public) == message


@pytest.mark.requirement("A-01", mutation="`_canonical` always true, and `unseal` writing the parts anew before it opens them")
@pytest.mark.parametrize(("message", "sender", "reader"), [(BATCH, HUB, AGENT), (RECEIPT, AGENT, HUB)])
def test_unseal_refuses_any_one_letter_changed(message: Message, sender: KeyPairs, reader: KeyPairs) -> None:
    text = seal(message, sender, reader.public)
    tried = 0
    for changed in one_letter_changed(text):
        with pytest.raises(MessageRefused):
            unseal(changed, type(message), reader, sender.public)
        tried += 1
    assert tried > 5 * len(text)


@pytest.mark.parametrize("message", [HELLO, REFUSED])
def test_verify_refuses_any_one_letter_changed(message: Message) -> None:
    text = sign(message, AGENT.sign)
    for changed in one_letter_changed(text):
        with pytest.raises(MessageRefused):
            verify(changed, type(message), AGENT.sign)


@given(text=st.text() | st.text(ALPHABET + ".", min_size=5))
def test_anything_else_is_refused_in_words_of_our_own(text: str) -> None:
    with pytest.raises(MessageRefused):
        verify(text, Hello, AGENT.sign)
    with pytest.raises(MessageRefused):
        unseal(text, Batch, AGENT, HUB.public)


@given(cut=st.integers(0, 2000), extra=st.text(ALPHABET + ".", max_size=4))
def test_a_cut_or_longer_message_is_refused(cut: int, extra: str) -> None:
    text = seal(BATCH, HUB, AGENT.public)
    changed = text[:cut] + extra
    if changed != text:
        with pytest.raises(MessageRefused):
            unseal(changed, Batch, AGENT, HUB.public)


def test_a_sealed_message_tells_nothing() -> None:
    text = seal(BATCH, HUB, AGENT.public)
    seen = b"".join(urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in text.split("."))
    for secret in (b"8642", b"gym", "Zoë".encode(), b"virtual"):
        assert secret not in seen
        assert secret not in text.encode()


def test_unseal_refuses_a_message_to_somebody_else() -> None:
    with pytest.raises(Unsealed):
        unseal(seal(BATCH, HUB, STRANGER.public), Batch, AGENT, HUB.public)


def test_unseal_refuses_a_message_to_somebody_else_under_my_name() -> None:
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": AGENT.seal.thumbprint()}
    theirs = STRANGER.public.seal
    text = jwe.encrypt_compact(header, sign(BATCH, HUB.sign).encode(), theirs, algorithms=["ECDH-ES", "A256GCM"])
    with pytest.raises(Unsealed):
        unseal(text, Batch, AGENT, HUB.public)


def test_unseal_refuses_a_message_from_somebody_else() -> None:
    with pytest.raises(UnknownKey):
        unseal(seal(BATCH, STRANGER, AGENT.public), Batch, AGENT, HUB.public)


def test_verify_refuses_a_signature_of_somebody_else_under_my_name() -> None:
    text = signed_raw(HELLO.model_dump(mode="json"), STRANGER.sign, kid=AGENT.sign.thumbprint())
    with pytest.raises(BadSignature):
        verify(text, Hello, AGENT.sign)


def test_verify_refuses_a_message_of_another_kind() -> None:
    with pytest.raises(Malformed):
        verify(sign(REFUSED, AGENT.sign), Hello, AGENT.sign)
    with pytest.raises(Malformed):
        unseal(seal(RECEIPT, HUB, AGENT.public), Batch, AGENT, HUB.public)


@pytest.mark.parametrize("typ", ["batch", "", None, 1, "HELLO"])
def test_verify_refuses_a_header_of_another_type(typ: object) -> None:
    with pytest.raises(MessageRefused):
        verify(signed_raw(HELLO.model_dump(mode="json"), AGENT.sign, typ=typ), Hello, AGENT.sign)


@pytest.mark.requirement("A-01", mutation="`_read` without its comparison with OLDEST")
@pytest.mark.parametrize("version", [0, -1])
def test_verify_refuses_an_older_version_as_a_downgrade_even_in_another_shape(version: int) -> None:
    for payload in ({**HELLO.model_dump(mode="json"), "v": version}, {"typ": "hello", "v": version, "old": True}):
        with pytest.raises(Downgraded):
            verify(signed_raw(payload, AGENT.sign), Hello, AGENT.sign)


@pytest.mark.parametrize(
    "change",
    [
        {"v": None},
        {"v": "1"},
        {"v": True},
        {"typ": "batch"},
        {"count": "1"},
        {"count": -1},
        {"count": 2**63},
        {"nonce": "0" * 31},
        {"nonce": "0" * 32 + "\n"},
        {"company": ""},
        {"company": "a\x00b"},
        {"surprise": 1},
        {"heads": [{"terminal": "gate", "surprise": 1}]},
        {"heads": None},
        {"heads": [{"v": 2, "terminal": "gate", "seq": 2**52 + 1, "hash": ""}]},
        {"heads": [{"v": 2, "terminal": "gate", "seq": 1, "hash": ""}] * 2},
    ],
)
def test_verify_refuses_what_does_not_fit_the_shape_exactly(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        verify(signed_raw({**HELLO.model_dump(mode="json"), **change}, AGENT.sign), Hello, AGENT.sign)


def test_verify_refuses_a_newer_version_even_in_another_shape() -> None:
    for payload in ({**HELLO.model_dump(mode="json"), "v": VERSION + 1}, {"typ": "hello", "v": VERSION + 1, "new": True}):
        with pytest.raises(TooNew, match="Update its reader"):
            verify(signed_raw(payload, AGENT.sign), Hello, AGENT.sign)


@pytest.mark.parametrize("twice", ['"count": 1,', '"heads": [],', '"typ": "hello",'])
def test_verify_refuses_two_values_under_one_name(twice: str) -> None:
    payload = json.dumps(HELLO.model_dump(mode="json"))
    text = signed_bytes(f"{{{twice}{payload[1:]}".encode(), AGENT.sign, typ="hello")
    with pytest.raises(Malformed):
        verify(text, Hello, AGENT.sign)


@pytest.mark.parametrize("name", ["v", "typ", "company", "count", "nonce"])
def test_verify_refuses_a_message_that_leaves_something_out(name: str) -> None:
    payload = HELLO.model_dump(mode="json")
    header_typ = payload["typ"]
    del payload[name]
    with pytest.raises(Malformed):
        verify(signed_raw(payload, AGENT.sign, typ=header_typ), Hello, AGENT.sign)


@pytest.mark.requirement("A-01", mutation="`unseal` and `verify` without their comparison of the algorithm")
def test_other_algorithms_are_a_downgrade() -> None:
    payload = encoded(HELLO.model_dump(mode="json"))
    kid = AGENT.sign.thumbprint()
    unsigned = f"{encoded({'alg': 'none', 'typ': 'hello', 'kid': kid})}.{payload}."
    start = f"{encoded({'alg': 'HS256', 'typ': 'hello', 'kid': kid})}.{payload}"
    mac = f"{start}.{encoded(hmac.digest(AGENT.sign.as_bytes(private=False), start.encode(), 'sha256'))}"
    old = signed_raw(HELLO.model_dump(mode="json"), AGENT.sign)
    renamed = ".".join([encoded({**header_of(old), "alg": "EdDSA"}), *old.split(".")[1:]])
    for text in (unsigned, mac, renamed):
        with pytest.raises(Downgraded):
            verify(text, Hello, AGENT.sign)


def test_other_sealing_algorithms_are_a_downgrade() -> None:
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": AGENT.seal.thumbprint()}
    inner = sign(BATCH, HUB.sign)
    text = jwe.encrypt_compact(header, inner.encode(), AGENT.public.seal, algorithms=["ECDH-ES+A256KW", "A256GCM"])
    weaker = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": AGENT.seal.thumbprint()}
    other = jwe.encrypt_compact(weaker, inner.encode(), AGENT.public.seal, algorithms=["ECDH-ES", "A128GCM"])
    for each in (text, other):
        with pytest.raises(Downgraded):
            unseal(each, Batch, AGENT, HUB.public)


def test_a_batch_in_clear_is_refused_though_the_hub_signed_it() -> None:
    with pytest.raises(Malformed):
        unseal(sign(BATCH, HUB.sign), Batch, AGENT, HUB.public)


@pytest.mark.parametrize("inner", ["", "x", "a.b.c", "é", "." * 9])
def test_unseal_refuses_a_seal_around_nonsense(inner: str) -> None:
    with pytest.raises(Malformed):
        unseal(sealed_raw(inner, AGENT.public), Batch, AGENT, HUB.public)


@pytest.mark.parametrize("extra", [{"crit": ["x"]}, {"b64": False}, {"jwk": {}}, {"jku": "https://x.example"}, {"zip": "DEF"}])
def test_headers_hold_nothing_but_what_we_write(extra: dict[str, object]) -> None:
    signed, sealed = sign(HELLO, AGENT.sign), seal(BATCH, HUB, AGENT.public)
    with pytest.raises(Malformed):
        verify(".".join([encoded({**header_of(signed), **extra}), *signed.split(".")[1:]]), Hello, AGENT.sign)
    with pytest.raises(Malformed):
        unseal(".".join([encoded({**header_of(sealed), **extra}), *sealed.split(".")[1:]]), Batch, AGENT, HUB.public)


@pytest.mark.parametrize("header", [b"[" * 700, b"[]", b"null", b"\xff", b'"alg"', b"{" + b" " * 5000 + b"}"])
def test_headers_that_are_no_small_object_are_refused(header: bytes) -> None:
    with pytest.raises(Malformed):
        verify(f"{encoded(header)}.e30.AAAA", Hello, AGENT.sign)


def test_too_large_a_message_is_refused_before_it_is_looked_at() -> None:
    before = time.process_time()
    with pytest.raises(TooLarge):
        unseal("." * (envelope.LIMIT + 1), Batch, AGENT, HUB.public)
    assert time.process_time() - before < 0.1


def test_neither_refusals_nor_their_causes_quote_what_was_sealed() -> None:
    payload = BATCH.model_dump(mode="json")
    payload["orders"][1]["fields"]["pin"] = 8642
    with pytest.raises(Malformed) as caught:
        unseal(sealed_raw(signed_raw(payload, HUB.sign), AGENT.public), Batch, AGENT, HUB.public)
    error: BaseException | None = caught.value
    while error:
        assert "8642" not in f"{error!r} {error}"
        error = error.__cause__


def test_each_sealing_is_another_text_and_each_text_has_its_own_fingerprint() -> None:
    one, other = seal(BATCH, HUB, AGENT.public), seal(BATCH, HUB, AGENT.public)
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(one)
    assert fingerprint("\ud800") != fingerprint("")


def test_introduced_takes_a_message_signed_with_the_key_that_it_brings() -> None:
    assert introduced(sign(ENROLMENT, AGENT.sign), Enrolment) == ENROLMENT
    assert introduced(sign(ENROLLED, HUB.sign), Enrolled) == ENROLLED


def test_introduced_refuses_a_message_signed_with_another_key() -> None:
    with pytest.raises(UnknownKey):
        introduced(sign(ENROLMENT, STRANGER.sign), Enrolment)


@pytest.mark.parametrize("keys", [{}, {"sign": 1, "seal": 2}, {"sign": {"kty": "OKP"}}])
def test_introduced_refuses_keys_that_are_none(keys: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        introduced(sign(ENROLMENT.model_copy(update={"keys": keys}), AGENT.sign), Enrolment)


def test_a_message_written_without_our_library_is_read() -> None:
    assert verify(signed_raw(HELLO.model_dump(mode="json"), AGENT.sign), Hello, AGENT.sign) == HELLO


def test_shapes_are_written_as_they_are_documented() -> None:
    """Agents in other languages read these: the names are a promise."""
    assert sorted(BATCH.model_dump()) == [
        *("address", "agent", "company", "make", "name", "nonce", "options", "orders", "prev", "secret", "seq", "serial"),
        *("terminal", "typ", "users", "v", "zone"),
    ]
    assert {typ.model_fields["typ"].default for typ in (Hello, Batch, Receipt, Refused, Enrolment, Enrolled)} == {
        *("hello", "batch", "receipt", "refused", "enrolment", "enrolled"),
    }
