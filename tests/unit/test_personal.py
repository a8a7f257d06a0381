"""Keyed hashes, and the ways in which a value is written."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

import pytest

from ingestion.personal_values import Erased, Value, Values, glance
from ingestion.redact_rows import full_names, long_id, told_by
from warehouse import personal

SECRET = b"a secret of sixteen"
EMAIL: Value = ("email", "Ann.Lee@x.com")
PHONE: Value = ("phone", "+49 (30) 123-4567")
NAME: Value = ("name", "Zoë O'Hara")


def erased(*values: Value) -> Erased:
    return Erased(SECRET, [(kind, personal.keyed_hash(SECRET, kind, text)) for kind, text in values])


def test_the_keyed_hash_is_hmac_sha256() -> None:
    expected = hmac.new(SECRET, b"email\0ann.lee@x.com", hashlib.sha256).hexdigest()
    assert personal.keyed_hash(SECRET, "email", " Ann.Lee@X.com ") == expected
    assert personal.keyed_hash(b"another secret key", "email", "ann.lee@x.com") != expected


def test_the_pads_give_hmac_when_they_are_hashed() -> None:
    for secret in (b"short and secret", b"long" * 40):
        inner, outer = (bytes.fromhex(pad) for pad in personal.pads(secret))
        computed = hashlib.sha256(outer + hashlib.sha256(inner + b"text").digest()).hexdigest()
        assert computed == hmac.new(secret, b"text", hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "Ann.Lee@x.com",
        "ANN.LEE@X.COM",
        "<ann.lee@x.com>",
        "mailto:ann.lee@x.com.",
        "u?e=" + quote("ann.lee@x.com", safe="") + "&b",
        '{"a": "line\\nann.lee@x.com"}',
        "+49 (30) 123-4567",
        "0049 30 1234567",
        "4930/1234567",
        "zoë o'hara",
        "O'Hara, Zoë",
        "Zoë O&#x27;Hara",
        "Zo\\u00eb O'Hara",
    ],
)
def test_a_value_is_found_and_replaced_however_it_is_written(text: str) -> None:
    values = Values(erased(EMAIL, PHONE, NAME), [EMAIL, PHONE, NAME])
    assert values.found(text)
    assert not values.found(values.replace(text))
    assert "erased" in values.replace(text)


@pytest.mark.parametrize(
    "text", ["joann.lee@x.com", "ann.lee@x.community", "ann.lee@x.com.au", "9493012345678", "Zoë O'Harass", "Zoë"]
)
def test_what_only_looks_like_a_value_is_left(text: str) -> None:
    values = Values(erased(EMAIL, PHONE, NAME), [EMAIL, PHONE, NAME])
    assert values.replace(text) == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_value_is_found_and_replaced_in_bytes_of_any_encoding(encoding: str) -> None:
    values = Values(erased(EMAIL, NAME), [EMAIL, NAME])
    data = "a ANN.LEE@x.com b Zoë O'Hara".encode(encoding)
    assert len(values.found_bytes(data)) >= 2
    assert glance([EMAIL, NAME], [])(data)
    assert not values.found_bytes(values.replace_bytes(data))


def test_weak_values_and_marks_are_never_replaced_everywhere() -> None:
    values = [("name", "Ann"), ("phone", "12345"), ("identifier", "42"), ("email", "erased-0123456789ab@erased.invalid")]
    assert not Values(erased(*values), values)


def test_who_is_erased_is_recognised_in_free_text_by_hash_alone() -> None:
    known = erased(EMAIL, PHONE, NAME)
    assert told_by(known, "call Zoë O'Hara at +49 30 1234567 or ann.lee@x.com") == {
        ("name", "Zoë O'Hara"),
        ("phone", "+49 30 1234567"),
        ("email", "ann.lee@x.com"),
    }
    assert told_by(known, "call Zoë Ray at +49 30 7654321 or bob@x.com") == set()


def test_full_names_are_put_together_from_the_name_columns_of_a_record() -> None:
    assert full_names(["Ann Lee", "Ann", "Lee"]) == {"Ann Lee"}
    assert full_names(["Ann"]) == set()


def test_an_id_of_fifteen_characters_gets_its_check_characters() -> None:
    assert long_id("00Q000000000001") == "00Q000000000001EAA"
    assert long_id("00Q000000000001EAA") == "00Q000000000001EAA"
    assert long_id("some-other-text") == "some-other-text"
