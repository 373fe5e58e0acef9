"""Which URLs may be saved and sent to, decided without a network."""

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deliveries.addresses import NOTHING_ALLOWED, Allowed, UrlRefused, judge_url, target_of
from deliveries.tests.hostile_urls import NAMES, REFUSED_WHEN_SAVED


def codes(url: str, allow: str = "") -> list[str]:
    """Return the codes under which a URL is refused when it is saved."""
    return [code for code, _ in judge_url(url, allow=Allowed.parse(allow))]


@pytest.mark.parametrize(("url", "code"), REFUSED_WHEN_SAVED)
def test_a_hostile_url_is_refused_when_it_is_saved(url: str, code: str) -> None:
    findings = judge_url(url.replace("PORT", "8765"), allow=NOTHING_ALLOWED)

    assert code in [found for found, _ in findings]
    assert all(sentence.endswith(".") for _, sentence in findings)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "HTTPS://Example.COM/Path?q=1&r[]=2",
        "https://example.com:443/",
        "https://xn--bcher-kva.example/",
        "https://a_b.example.com/a..b/...",
        "https://8.8.8.8/",
        "https://[2606:2800:220:1::1]/",
        "https://example.com/{{state.id}}/{{ workflow.id }}?x={{state.a/b}}",
        "https://example.com?at={{state.at}}",
        "https://example.com/?to=https://user@10.0.0.1:22/../x",
    ],
)
def test_a_plain_url_may_be_saved(url: str) -> None:
    assert judge_url(url, allow=NOTHING_ALLOWED) == []


def test_everything_wrong_with_a_url_is_said_at_once() -> None:
    assert codes("http://me@10.0.0.1:8080/../#x") == [
        "userinfo",
        "fragment",
        "dot_segment",
        "private",
        "scheme",
        "port",
    ]


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("example.com", "Begin with https:// and the name of a host, written out."),
        ("ftp://example.com/", "Use https; nothing else is spoken."),
        (
            "http://example.com:443/",
            "Use https. Plain http goes only to hosts and ports that an operator adds to EGRESS_ALLOW.",
        ),
        ("https://example.com:22/", "Port 22 is open only where an operator adds host and port to EGRESS_ALLOW."),
        ("https://example.com:65536/", "Write the port as a number from 1 to 65535, or leave it out with its colon."),
        ("https://example.com:/", "Write the port as a number from 1 to 65535, or leave it out with its colon."),
        (
            "https://exa+mple.com/",
            "Write the host as letters, digits and hyphens with dots between, other scripts as xn--...",
        ),
        (
            "https://intranet/",
            "'intranet' is no public name. If it is meant to be reached, an operator adds it to EGRESS_ALLOW.",
        ),
        ("https://127.1/", "Write an IPv4 address as four decimal numbers, and an IPv6 address in brackets."),
        (
            "https://[2606:2800:220:1::1/",
            "Write an IPv4 address as four decimal numbers, and an IPv6 address in brackets.",
        ),
        (
            "https://10.0.0.1/",
            "This address is not public. If it is meant to be reached, an operator adds it to EGRESS_ALLOW.",
        ),
        (
            "https://{{state.host}}/",
            "Placeholders may stand in path and query only. Write out scheme, host and port.",
        ),
        (
            "https://example.com/a b",
            "A URL holds no spaces, line breaks, backslashes, braces nor letters beyond ASCII. Write %20 and the like.",
        ),
        ("https://example.com/#x", "A fragment (#) is never sent. Leave it out, or write %23."),
        ("https://me@example.com/", "User and password must not stand in a URL. Use a header with a secret."),
        (
            "https://example.com/../",
            "The path must not hold '.' or '..' as a segment: each reader goes elsewhere from there.",
        ),
        (
            "https://example.com/{{secret:bank}}",
            "A secret must not stand in a URL, which is logged on its way. Use a header.",
        ),
        ("https://example.com/" + "a" * 8173, "A URL has at most 8192 characters."),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(url: str, sentence: str) -> None:
    assert [said for _, said in judge_url(url, allow=NOTHING_ALLOWED)] == [sentence]


def test_what_is_wrong_is_said_together_when_sending() -> None:
    with pytest.raises(UrlRefused) as caught:
        target_of("ftp://example.com/#x", allow=NOTHING_ALLOWED)

    assert str(caught.value) == (
        "A fragment (#) is never sent. Leave it out, or write %23. Use https; nothing else is spoken."
    )


def test_a_url_may_be_as_long_as_is_said() -> None:
    assert codes("https://example.com/" + "a" * 8172) == []


def test_ports_end_at_65535() -> None:
    assert codes("https://mail.intern:65535/", "mail.intern:65535") == []
    assert codes("https://mail.intern:65536/", "mail.intern:65535") == ["port"]


def test_a_port_is_said_once_to_be_closed() -> None:
    assert codes("https://8.8.8.8:8443/") == ["port"]


def test_what_an_operator_opens_may_be_saved() -> None:
    allow = "mail.intern, localhost:8000, 127.0.0.1:8765, 10.0.0.0/8, *.corp, [::1]:99"

    for url in (
        "http://mail.intern/",
        "https://mail.intern/",
        "http://LOCALHOST:8000/",
        "http://127.0.0.1:8765/x",
        "https://127.0.0.1:8765/x",
        "http://10.1.2.3/",
        "https://wiki.corp/",
        "http://[::1]:99/",
        "http://[0::1]:99/",
    ):
        assert codes(url, allow) == [], url


def test_what_an_operator_opens_is_open_at_that_port_only() -> None:
    allow = "mail.intern:8080, 127.0.0.1:8765"

    assert codes("http://127.0.0.1/", allow) == ["loopback", "scheme", "port"]
    assert codes("http://127.0.0.1:8766/", allow) == ["loopback", "scheme", "port"]
    assert codes("http://127.0.0.2:8765/", allow) == ["loopback", "scheme", "port"]
    assert codes("http://mail.intern/", allow) == ["scheme", "port"]
    assert codes("https://mail.intern:8081/", allow) == ["port"]


def test_a_network_does_not_open_http_for_names_that_may_resolve_to_anything() -> None:
    assert codes("http://crm.example/", "10.0.0.0/8") == ["scheme", "port"]


def test_a_url_is_taken_apart_once_for_judging_and_sending() -> None:
    target = target_of("HTTPS://Example.COM/A?b=C/d", allow=NOTHING_ALLOWED)

    assert (target.scheme, target.host, target.port, target.path) == ("https", "example.com", 443, "/A?b=C/d")
    assert target.authority == "example.com"


def test_host_and_port_are_named_as_the_receiver_expects() -> None:
    allow = Allowed.parse("[::1]:99, mail.intern")

    assert target_of("http://[::1]:99", allow=allow).authority == "[::1]:99"
    assert target_of("http://mail.intern", allow=allow).authority == "mail.intern"
    assert target_of("http://mail.intern?x", allow=allow).path == "/?x"


@pytest.mark.parametrize("url", ["https://example.com/{{state.id}}", "https://example.com/\x00", "http://example.com/"])
def test_a_url_with_placeholders_left_or_otherwise_unfit_has_no_target(url: str) -> None:
    with pytest.raises(UrlRefused) as caught:
        target_of(url, allow=NOTHING_ALLOWED)

    assert caught.value.findings
    assert str(caught.value).startswith(caught.value.findings[0][1])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_not_resolved_when_it_is_saved(name: str) -> None:
    assert judge_url(f"https://{name}/", allow=NOTHING_ALLOWED) == []


@given(
    st.text(alphabet="ab1.:/@?#[]%-_x0\\ &=", max_size=25).map("https://".__add__)
    | st.from_regex(r"https://[a-z0-9.\[\]:@%-]{1,20}(:[0-9]{1,5})?[/?#@:a-z.%]{0,10}", fullmatch=True)
)
@example("https://a.b?@127.0.0.1/")
@example("https://a.b/\\@127.0.0.1")
def test_what_we_accept_other_readers_take_for_the_same_host_and_port(url: str) -> None:
    if judge_url(url, allow=NOTHING_ALLOWED):
        return

    target = target_of(url, allow=NOTHING_ALLOWED)

    assert (urlsplit(url).hostname, urlsplit(url).port or 443) == (target.host, target.port)
    assert (httpx.URL(url).host, httpx.URL(url).port or 443) == (target.host, target.port)
