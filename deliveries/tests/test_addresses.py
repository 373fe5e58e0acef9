"""Which addresses may be dialled, and what an operator opens."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deliveries.addresses import NOTHING_ALLOWED, Allowed, judge

PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


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
