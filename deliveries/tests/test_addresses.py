"""What may be dialled, decided on addresses and URLs alone."""

from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deliveries.addresses import NOTHING_ALLOWED, Allowed, UrlRefused, judge, judge_url, target_of
from deliveries.tests.hostile_urls import NAMES, REFUSED_WHEN_SAVED

PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


def codes(url: str, allow: str = "") -> list[str]:
    """Return the codes under which a URL is refused when it is saved."""
    return [code for code, _ in judge_url(url, allow=Allowed.parse(allow))]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_dialled_with_https_only(address: str) -> None:
    assert judge(address, allow=NOTHING_ALLOWED) is None
    assert judge(address, allow=NOTHING_ALLOWED, port=80) == "port"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.255", "loopback"),
        ("0.0.0.0", "unspecified"),  # noqa: S104
        ("0.1.2.3", "reserved"),
        ("10.0.0.0", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("100.127.255.255", "private"),
        ("169.254.0.1", "link_local"),
        ("192.0.0.1", "reserved"),
        ("192.0.2.1", "reserved"),
        ("198.18.0.1", "reserved"),
        ("198.51.100.1", "reserved"),
        ("203.0.113.1", "reserved"),
        ("192.88.99.1", "tunnel"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("169.254.169.254", "metadata"),
        ("169.254.170.2", "metadata"),
        ("168.63.129.16", "metadata"),
        ("100.100.100.200", "metadata"),
        ("192.0.0.192", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::8.8.8.8", "tunnel"),
        ("::ffff:0:8.8.8.8", "reserved"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::10.0.0.1", "private"),
        ("64:ff9b::169.254.169.254", "metadata"),
        ("64:ff9b:1::8.8.8.8", "tunnel"),
        ("2002:808:808::", "tunnel"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "tunnel"),
        ("2001:20::1", "reserved"),
        ("2001:db8::1", "reserved"),
        ("3fff::1", "reserved"),
        ("5f00::1", "reserved"),
        ("4000::1", "reserved"),
        ("100::1", "reserved"),
        ("fc00::1", "private"),
        ("fec0::1", "private"),
        ("fe80::1", "link_local"),
        ("fe80::1%eth0", "zone"),
        ("2606:2800:220:1::1%1", "zone"),
        ("ff02::1", "multicast"),
        ("ff0e::1", "multicast"),
        ("127.1", "malformed"),
        ("0x7f000001", "malformed"),
        ("example.com", "malformed"),
        ("", "malformed"),
    ],
)
def test_every_other_address_is_refused_for_what_it_is(address: str, code: str) -> None:
    assert judge(address, allow=NOTHING_ALLOWED) == code


@given(st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:0:0", "64:ff9b::", "::", "64:ff9b:1::"]))
@example(int(IPv4Address("127.0.0.1")), "::ffff:0:0")
def test_no_address_becomes_public_by_being_wrapped(number: int, prefix: str) -> None:
    bare = judge(str(IPv4Address(number)), allow=NOTHING_ALLOWED)

    wrapped = judge(str(ip_address(int(ip_address(prefix)) + number)), allow=NOTHING_ALLOWED)

    assert wrapped is not None or bare is None


def test_a_name_on_the_list_may_have_private_addresses_at_the_ports_it_names() -> None:
    allow = Allowed.parse("mail.intern, api.intern:8080")

    assert judge("10.0.0.1", allow=allow, host="mail.intern") is None
    assert judge("10.0.0.1", allow=allow, host="mail.intern", port=80) is None
    assert judge("127.0.0.1", allow=allow, host="api.intern", port=8080) is None
    assert judge("93.184.216.34", allow=allow, host="api.intern", port=8080) is None
    assert judge("10.0.0.1", allow=allow, host="mail.intern", port=25) == "private"
    assert judge("10.0.0.1", allow=allow, host="api.intern") == "private"
    assert judge("10.0.0.1", allow=allow, host="other.intern") == "private"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("169.254.169.254", "metadata"),
        ("169.254.1.1", "link_local"),
        ("100.100.100.200", "metadata"),
        ("fd00:ec2::254", "metadata"),
        ("0.0.0.0", "unspecified"),  # noqa: S104
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("2002:a00:1::", "tunnel"),
    ],
)
def test_a_name_on_the_list_opens_nothing_worse_than_private(address: str, code: str) -> None:
    assert judge(address, allow=Allowed.parse("mail.intern"), host="mail.intern") == code


def test_a_network_on_the_list_opens_its_addresses_under_any_name() -> None:
    allow = Allowed.parse("10.1.0.0/16, [fd00::]/8, 192.168.1.5:8080, [::1]:9000")

    assert judge("10.1.255.255", allow=allow, host="anything.example") is None
    assert judge("::ffff:10.1.0.1", allow=allow) is None
    assert judge("fdff::1", allow=allow) is None
    assert judge("192.168.1.5", allow=allow, port=8080) is None
    assert judge("::1", allow=allow, port=9000) is None
    assert judge("10.2.0.1", allow=allow) == "private"
    assert judge("10.1.0.1", allow=allow, port=22) == "private"
    assert judge("192.168.1.5", allow=allow) == "private"
    assert judge("::1", allow=allow) == "loopback"


def test_credentials_of_a_machine_are_opened_by_their_very_address_only() -> None:
    assert judge("169.254.169.254", allow=Allowed.parse("0.0.0.0/0")) == "metadata"
    assert judge("fd00:ec2::254", allow=Allowed.parse("[fd00::]/8")) == "metadata"
    assert judge("169.254.169.254", allow=Allowed.parse("169.254.169.254")) is None


def test_names_under_a_name_are_not_the_name_itself_nor_one_that_ends_alike() -> None:
    allow = Allowed.parse("*.example.com")

    assert allow.names("a.example.com", 443)
    assert allow.names("a.b.example.com", 80)
    assert not allow.names("example.com", 443)
    assert not allow.names("badexample.com", 443)
    assert not allow.names("a.example.com", 8080)


def test_a_name_on_the_list_is_not_one_that_ends_alike() -> None:
    allow = Allowed.parse("example.com")

    assert allow.names("example.com", 443)
    assert not allow.names("badexample.com", 443)
    assert not allow.names("a.example.com", 443)


@pytest.mark.parametrize("given", ["", " ", ",", " , "])
def test_an_empty_list_allows_nothing(given: str) -> None:
    assert Allowed.parse(given) == NOTHING_ALLOWED


def test_a_list_is_read_from_a_text_or_its_parts_in_any_case() -> None:
    allow = Allowed.parse(["Mail.Intern:25", " fd00::/8 ", "::1", "[FD00::1]/128:81"])

    assert allow == Allowed.parse("mail.intern:25,[fd00::]/8,[::1],[fd00::1]:81")


@pytest.mark.parametrize(
    "given",
    [
        "mail.intern:99999",
        "http://mail.intern",
        "mail.intern/",
        "mail.intern:",
        "mail.intern:0",
        "mail.intern:65536",
        "mail.intern:http",
        "mail.intern/8",
        "*",
        "*.",
        "a.*.com",
        "*example.com",
        "mail intern",
        "mail..intern",
        "mail.intern.",
        "10.1.2.3/16",
        "10.0.0.0/33",
        "10.1",
        "0x7f.0.0.1",
        "2130706433",
        "[10.0.0.1]",
        "[fd00::",
        "[mail.intern]",
        "fd00::1/8",
        "::ffff:10.0.0.0/104",
        "[64:ff9b::a00:1]",
        "é.example",
    ],
)
def test_an_entry_that_cannot_be_read_is_refused_by_name(given: str) -> None:
    with pytest.raises(ValueError, match=r"^'.*' (is neither|stands for)") as caught:
        Allowed.parse(f"good.example, {given}")

    assert "good.example" not in str(caught.value)


def test_an_entry_that_cannot_be_read_is_answered_with_what_can() -> None:
    with pytest.raises(ValueError, match="is neither") as caught:
        Allowed.parse("*")

    assert str(caught.value) == (
        "'*' is neither a host (mail.intern), names under a host (*.example.com), "
        "an address nor a network (10.1.0.0/16, [fd00::]/8), each with a port or without."
    )


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
