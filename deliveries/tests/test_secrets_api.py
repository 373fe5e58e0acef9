"""Secrets over HTTP, in the admin and on the command line: they go in and never come out."""

import io
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from conftest import NOW
from deliveries import vault
from deliveries.models import Secret

VALUE = "pla1nt3d-s3cret"
LIST = "/api/secrets"
BANK = f"{LIST}/bank"
BODY: dict[str, Any] = {"value": VALUE, "hosts": ["Bank.example:443", "*.bank.example:8443"]}


def value_of(name: str = "bank", host: str = "bank.example") -> str:
    return vault.reveal([name], host=host, port=443, at=NOW)[name]


def test_a_secret_is_stored_listed_and_forgotten(client: APIClient) -> None:
    made = client.put(BANK, BODY)
    again = client.put(BANK, {**BODY, "value": "other"})
    listed, shown = client.get(LIST).json(), client.get(BANK).json()

    assert (made.status_code, again.status_code) == (201, 200)
    assert listed == {"count": 1, "next": None, "previous": None, "results": [shown]}
    assert (shown["name"], shown["hosts"]) == ("bank", ["bank.example", "*.bank.example:8443"])
    assert shown["updated_by"].startswith("key:")
    assert shown["last_used_at"] is None
    assert value_of() == "other"
    assert (client.delete(BANK).status_code, client.delete(BANK).status_code) == (204, 404)
    assert (client.get(LIST).json()["count"], client.get(BANK).status_code) == (0, 404)


def test_hosts_are_changed_alone_and_what_was_read_may_be_sent_back(client: APIClient) -> None:
    shown = client.put(BANK, BODY).json()

    changed = client.patch(BANK, {**shown, "hosts": ["a.example"]})

    assert (changed.status_code, changed.json()["hosts"]) == (200, ["a.example"])
    assert value_of(host="a.example") == VALUE
    assert client.patch(f"{LIST}/ghost", {"hosts": ["a.example"]}).status_code == 404


def test_no_answer_holds_the_value_not_even_one_about_a_mistake(client: APIClient) -> None:
    answers = [
        client.put(BANK, BODY),
        client.put(BANK, BODY),
        client.put(BANK, {**BODY, "hosts": []}),
        client.put(BANK, {**BODY, "hosts": ["https://x"]}),
        client.put(BANK, {**BODY, "value": VALUE + "\n"}),
        client.put(BANK, {**BODY, "value": VALUE * 1000}),
        client.put(BANK, {**BODY, "value": [VALUE]}),
        client.put(f"{LIST}/Bank", BODY),
        client.patch(BANK, {"hosts": ["a.example"], "value": VALUE}),
        client.get(BANK),
        client.get(LIST),
    ]

    assert [answer.status_code for answer in answers] == [201, 200, *[400] * 7, 200, 200]
    assert all(VALUE.encode() not in answer.content for answer in answers)


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("Bank", BODY, "unfit_secret"),
        ("bank", {**BODY, "value": "a\nb"}, "unfit_secret"),
        ("bank", {**BODY, "hosts": ["bank.example/x"]}, "unfit_host"),
        ("bank", {"hosts": ["bank.example"]}, "invalid"),
        ("bank", {"value": "x"}, "invalid"),
        ("bank", {**BODY, "host": "x"}, "invalid"),
    ],
)
def test_what_cannot_be_stored_is_refused(client: APIClient, name: str, body: dict[str, Any], code: str) -> None:
    response = client.put(f"{LIST}/{name}", body)

    assert (response.status_code, response.json()["code"]) == (400, code)
    assert not Secret.objects.exists()


def test_a_list_of_secrets_takes_a_fixed_number_of_queries(
    client: APIClient, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(5):
        client.put(f"{LIST}/s{number}", BODY)

    with django_assert_max_num_queries(4):
        assert client.get(LIST).json()["count"] == 5


# ---- Admin ----


@pytest.fixture
def operator(db: None) -> Client:
    person = User.objects.create_user("olga", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="deliveries"))
    browser = Client()
    browser.force_login(person)
    return browser


ADMIN = "/admin/deliveries/secret/"


def test_the_admin_takes_a_value_and_never_shows_it(operator: Client) -> None:
    form = {"name": "bank", "value": VALUE, "hosts_text": "bank.example\n*.bank.example:8443\n"}

    added = operator.post(f"{ADMIN}add/", form)
    pages = [operator.get(ADMIN), operator.get(f"{ADMIN}bank/change/"), operator.get(f"{ADMIN}bank/history/")]

    assert added.status_code == 302
    assert (value_of(), Secret.objects.get().updated_by) == (VALUE, "user:olga")
    assert all(page.status_code == 200 and VALUE.encode() not in page.content for page in pages)
    assert b"bank.example, *.bank.example:8443" in pages[0].content


def test_the_admin_keeps_the_value_where_none_is_given(operator: Client) -> None:
    vault.store_secret("bank", value=VALUE, hosts=["bank.example"], by="o", at=NOW)

    kept = operator.post(f"{ADMIN}bank/change/", {"name": "renamed", "value": "", "hosts_text": "a.example"})
    assert (kept.status_code, value_of(host="a.example")) == (302, VALUE)

    operator.post(f"{ADMIN}bank/change/", {"value": "new", "hosts_text": "a.example b.example"})
    assert (value_of(host="b.example"), [one.name for one in Secret.objects.all()]) == ("new", ["bank"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Bank"}, "name"),
        ({"name": ""}, "name"),
        ({"value": ""}, "value"),
        ({"value": "pla1nt3d\n s3cret"}, "value"),
        ({"value": "pla1nt3d" * 2000}, "value"),
        ({"hosts_text": ""}, "hosts_text"),
        ({"hosts_text": "https://x"}, "hosts_text"),
    ],
)
def test_the_admin_says_what_is_wrong_beside_its_field(operator: Client, changes: dict[str, str], field: str) -> None:
    form = {"name": "bank", "value": VALUE, "hosts_text": "bank.example", **changes}

    response = operator.post(f"{ADMIN}add/", form)

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert b"pla1nt3d" not in response.content
    assert not Secret.objects.exists()


# ---- Command line ----


def test_a_secret_is_stored_from_standard_input(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.StringIO(VALUE + "\n"))
        call_command("set_secret", "bank", "--host", "bank.example", stdout=told)

    assert (value_of(), told.getvalue()) == (VALUE, "Stored.\nReplaced.\n")


def test_a_secret_that_cannot_be_stored_is_refused_in_a_sentence(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))

    with pytest.raises(CommandError, match="1 to 8192"):
        call_command("set_secret", "bank", "--host", "bank.example")


def test_the_rotation_tells_what_it_did_and_what_is_lost(db: None) -> None:
    for name in "abc":
        vault.store_secret(name, value=VALUE, hosts=["bank.example"], by="o", at=NOW)
    told = io.StringIO()
    call_command("rotate_keys", "--batch", "2", stdout=told)
    assert told.getvalue().splitlines()[:2] == [
        "secrets: 3 under the first key.",
        "webhook endpoints: 0 under the first key.",
    ]

    Secret.objects.filter(pk="b").update(ciphertext="nonsense")
    with pytest.raises(CommandError, match="1 cannot be read with any of ENCRYPTION_KEYS: secret b"):
        call_command("rotate_keys", stdout=told)
    with pytest.raises(CommandError, match="between 1 and 10000"):
        call_command("rotate_keys", "--batch", "0")
