"""API keys as text."""

import hashlib

import pytest

from permissions.keys import KeyText, new_key, new_prefix, read_key

PREFIX, SECRET = "0123456789ab", "s" * 64
KEY = KeyText(prefix=PREFIX, secret=SECRET)


def test_a_fresh_key_can_be_read_back_from_its_text() -> None:
    key = new_key()

    assert read_key(str(key)) == key
    assert str(key).startswith("wf_")


def test_no_two_fresh_keys_have_anything_in_common() -> None:
    keys = [new_key() for _ in range(50)]

    assert len({key.prefix for key in keys}) == 50
    assert len({key.secret for key in keys}) == 50


def test_a_key_under_a_prefix_that_was_named_beforehand_has_a_secret_of_its_own() -> None:
    prefix = new_prefix()
    first, second = new_key(prefix), new_key(prefix)

    assert first.prefix == second.prefix == prefix
    assert first.secret != second.secret
    assert read_key(str(first)) == first


def test_no_two_fresh_prefixes_are_the_same() -> None:
    assert len({new_prefix() for _ in range(50)}) == 50


def test_a_fresh_secret_has_256_random_bits() -> None:
    assert len(bytes.fromhex(new_key().secret)) == 32


def test_the_text_of_a_key_is_its_mark_prefix_and_secret() -> None:
    assert str(KEY) == f"wf_{PREFIX}_{SECRET}"


def test_the_digest_is_that_of_the_secret_alone() -> None:
    assert KEY.digest == hashlib.sha256(SECRET.encode()).hexdigest()
    assert KeyText(prefix="ffffffffffff", secret=SECRET).digest == KEY.digest


def test_a_key_matches_the_digest_of_its_own_secret_and_no_other() -> None:
    other = KeyText(prefix=PREFIX, secret="t" * 64)

    assert KEY.matches(KEY.digest)
    assert not KEY.matches(other.digest)
    assert not KEY.matches("")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wf",
        "wf__",
        PREFIX,
        f"wf_{PREFIX}",
        f"wf_{PREFIX}_",
        f"{PREFIX}_{SECRET}",
        f"xx_{PREFIX}_{SECRET}",
        f"WF_{PREFIX}_{SECRET}",
        f"wf_{PREFIX}_{SECRET}_",
        f"wf_{PREFIX}_{SECRET}_more",
        f"wf_{PREFIX}0_{SECRET}",
        f"wf_{PREFIX[1:]}_{SECRET}",
        f"wf_{PREFIX}_{SECRET}s",
        f"wf_{PREFIX}_{SECRET[1:]}",
        f"wf_{PREFIX}_{SECRET[1:]}é",
        f"wf-{PREFIX}-{SECRET}",
    ],
)
def test_what_is_no_key_is_not_read_as_one(text: str) -> None:
    assert read_key(text) is None
