"""Which hosts a secret may be sent to."""

import pytest

from deliveries.hosts import HostPattern, UnfitHost, fits_any, host_of


@pytest.mark.parametrize(
    ("pattern", "host", "port", "fits"),
    [
        ("bank.example", "bank.example", 443, True),
        ("bank.example", "BANK.Example", 443, True),
        ("bank.example", "bank.example", 80, False),
        ("bank.example", "bank.example", 8443, False),
        ("bank.example", "api.bank.example", 443, False),
        ("bank.example", "bank.example.evil.example", 443, False),
        ("bank.example", "evilbank.example", 443, False),
        ("bank.example", "bank.example.", 443, False),
        ("bank.example", "bankxexample", 443, False),
        ("*.bank.example", "api.bank.example", 443, True),
        ("*.bank.example", "a.b.bank.example", 443, True),
        ("*.bank.example", "bank.example", 443, False),
        ("*.bank.example", "evilbank.example", 443, False),
        ("*.bank.example:8443", "api.bank.example", 8443, True),
        ("*.bank.example:8443", "api.bank.example", 443, False),
        ("localhost:8000", "localhost", 8000, True),
        ("10.0.0.1", "10.0.0.1", 443, True),
        ("[2001:DB8::1]:8443", "2001:db8::1", 8443, True),
        ("[2001:db8::1]", "[2001:db8::1]", 443, True),
        ("bücher.example", "xn--bcher-kva.example", 443, True),
        ("xn--bcher-kva.example", "bücher.example", 443, True),
        (" bank.example ", "bank.example", 443, True),
        ("bank.example:1", "bank.example", 1, True),
        ("bank.example:65535", "bank.example", 65535, True),
    ],
)
def test_a_host_is_named_exactly_and_without_a_port_that_of_https_is_meant(
    pattern: str, host: str, port: int, fits: bool
) -> None:
    assert HostPattern.parse(pattern).fits(host, port) is fits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "*.example",
        "*.*.example",
        "a.*.example",
        "https://bank.example",
        "bank.example/path",
        "ada@bank.example",
        "bank.example:0",
        "bank.example:65536",
        "bank.example:",
        "bank.example:https",
        "bank..example",
        ".bank.example",
        "bank.example.",
        "[::1",
        "a b.example",
        "x" * 64 + "ü.example",
    ],
)
def test_what_names_no_host_or_too_many_is_refused(text: str) -> None:
    with pytest.raises(UnfitHost) as caught:
        HostPattern.parse(text)

    assert "without https://" in caught.value.message


def test_a_long_text_that_names_no_host_is_repeated_in_part() -> None:
    with pytest.raises(UnfitHost) as caught:
        HostPattern.parse("/" * 200)

    assert caught.value.message.startswith(f"'{'/' * 100}' names no host. ")


@pytest.mark.parametrize(
    ("text", "kept"),
    [("BANK.example:443", "bank.example"), ("*.A.example:80", "*.a.example:80"), ("[::1]:8000", "[::1]:8000")],
)
def test_a_host_is_kept_in_one_way_of_writing_it(text: str, kept: str) -> None:
    assert str(HostPattern.parse(text)) == kept
    assert HostPattern.parse(kept) == HostPattern.parse(text)


def test_one_fitting_pattern_is_enough() -> None:
    assert fits_any(["a.example", "*.b.example"], "x.b.example", 443)
    assert not fits_any(["a.example", "*.b.example"], "c.example", 443)
    assert not fits_any([], "a.example", 443)


def test_the_host_of_a_url_comes_with_its_port() -> None:
    assert host_of("https://Bank.example/x") == ("bank.example", 443)
    assert host_of("http://bank.example?x") == ("bank.example", 80)
    assert host_of("https://[2001:db8::1]:8443") == ("2001:db8::1", 8443)
