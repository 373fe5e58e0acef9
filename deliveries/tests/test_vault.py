"""Secrets go in, and come out only with the request that they are sent with."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection, connections
from django.test import TransactionTestCase

from conftest import NOW
from deliveries import vault
from deliveries.errors import SecretNotForHost, SecretNotFound, Undecipherable, UnfitSecret
from deliveries.hosts import UnfitHost
from deliveries.models import Secret
from rest import encryption

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)
VALUE = "pla1nt3d-s3cret"


def store(name: str = "bank", value: str = VALUE, *hosts: str) -> Secret:
    return vault.store_secret(name, value=value, hosts=hosts or ["bank.example"], by="operator", at=NOW)[0]


def revealed(*names: str, host: str = "bank.example", port: int = 443) -> dict[str, str]:
    return dict(vault.reveal(names, host=host, port=port, at=LATER))


def test_a_secret_is_revealed_for_its_hosts_and_stored_as_something_else() -> None:
    store("bank", "é ÿ~!" + VALUE)
    store("other", "x", "*.other.example", "bank.example")

    assert revealed("bank", "other") == {"bank": "é ÿ~!" + VALUE, "other": "x"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM deliveries_secret")
        assert VALUE not in str(cursor.fetchall())
    assert VALUE not in str(vars(Secret.objects.get(pk="bank")))


def test_storing_again_replaces_the_value_and_the_hosts_and_keeps_the_date() -> None:
    store()

    secret, is_new = vault.store_secret("bank", value="new", hosts=["a.example", "A.example:443"], by="eve", at=LATER)

    assert (is_new, secret.hosts, secret.updated_by) == (False, ["a.example"], "eve")
    stored = Secret.objects.get()
    assert (stored.created_at, stored.updated_at) == (NOW, LATER)
    assert revealed("bank", host="a.example") == {"bank": "new"}


def test_a_secret_is_never_revealed_for_another_host() -> None:
    store("a", "1")
    store("b", "2", "b.example")

    for names, host, port in ((["a", "b"], "bank.example", 443), (["b"], "b.example", 80), (["b"], "c.example", 443)):
        with pytest.raises(SecretNotForHost) as caught:
            revealed(*names, host=host, port=port)
        assert (caught.value.details["secrets"], caught.value.code) == (["b"], "secret_not_for_host")
    assert Secret.objects.get(pk="a").last_used_at is None, "what was not revealed was not used"


def test_a_secret_that_is_not_there_is_named() -> None:
    store()

    with pytest.raises(SecretNotFound) as caught:
        revealed("bank", "ghost", "gone")

    assert caught.value.details["secrets"] == ["ghost", "gone"]
    assert revealed() == {}


def test_when_a_secret_was_used_is_known_to_five_minutes() -> None:
    store()
    revealed("bank")
    vault.reveal(["bank"], host="bank.example", port=443, at=LATER + timedelta(minutes=4, seconds=59))
    assert Secret.objects.get().last_used_at == LATER

    vault.reveal(["bank"], host="bank.example", port=443, at=LATER + timedelta(minutes=5))
    assert Secret.objects.get().last_used_at == LATER + timedelta(minutes=5)


@pytest.mark.parametrize("name", ["", "Bank", "-bank", "bank-", "a.b", "a b", "a/b", "x" * 101, "é"])
def test_a_name_that_templates_could_not_write_is_refused(name: str) -> None:
    with pytest.raises(UnfitSecret, match="small letters"):
        store(name)


@pytest.mark.parametrize("value", ["", "x" * 8193, "a\nb", "\x00", "a\x7f", "Ω", " planted", "planted ", "\xa0x"])
def test_a_value_that_no_header_can_carry_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(UnfitSecret) as caught:
        store(value=value)

    assert "1 to 8192" in caught.value.message
    assert value.strip() == "" or value not in caught.value.message


def test_the_longest_name_and_value_are_taken() -> None:
    store("x" * 100, "y" * 8192)

    assert revealed("x" * 100) == {"x" * 100: "y" * 8192}


def test_a_secret_goes_to_some_host_and_not_to_any_number_of_them() -> None:
    for hosts in ([], [f"h{number}.example" for number in range(51)]):
        with pytest.raises(UnfitSecret, match="1 to 50 hosts"):
            vault.store_secret("bank", value="x", hosts=hosts, by="operator", at=NOW)
    with pytest.raises(UnfitHost):
        store("bank", "x", "https://bank.example")
    assert not Secret.objects.exists()


def test_hosts_are_said_anew_without_the_value() -> None:
    store()

    vault.bind_secret("bank", hosts=["*.bank.example:8443"], by="eve", at=LATER)

    assert revealed("bank", host="x.bank.example", port=8443) == {"bank": VALUE}
    assert (Secret.objects.get().updated_by, Secret.objects.get().updated_at) == ("eve", LATER)
    with pytest.raises(SecretNotFound):
        vault.bind_secret("ghost", hosts=["a.example"], by="eve", at=LATER)


def test_a_deleted_secret_is_gone() -> None:
    store()
    vault.delete_secret("bank")

    with pytest.raises(SecretNotFound):
        revealed("bank")
    with pytest.raises(SecretNotFound):
        vault.delete_secret("bank")


# ---- Keys ----


def _key() -> str:
    return Fernet.generate_key().decode()


def test_every_key_decrypts_and_the_first_encrypts(settings: Any) -> None:
    old, new = _key(), _key()
    settings.ENCRYPTION_KEYS = [old]
    store("old", "1")
    settings.ENCRYPTION_KEYS = [new, old]
    store("new", "2")
    assert revealed("old", "new") == {"old": "1", "new": "2"}

    settings.ENCRYPTION_KEYS = [new]
    assert revealed("new") == {"new": "2"}
    with pytest.raises(Undecipherable) as caught:
        revealed("old", "new")
    assert (caught.value.details["secrets"], caught.value.code) == (["old"], "secret_undecipherable")


def test_after_a_rotation_the_old_key_can_go(settings: Any) -> None:
    old, new = _key(), _key()
    settings.ENCRYPTION_KEYS = [old]
    for number in range(5):
        store(f"s{number}", str(number))
    settings.ENCRYPTION_KEYS = [new, old]

    assert [(done.count, done.lost) for done in vault.rotate(batch=2)] == [(2, []), (2, []), (1, [])]
    before = set(Secret.objects.values_list("ciphertext", flat=True))
    assert [(done.count, done.lost) for done in vault.rotate(batch=5)] == [(5, [])]
    assert set(Secret.objects.values_list("ciphertext", flat=True)) == before, "what is done is not done again"

    settings.ENCRYPTION_KEYS = [new]
    assert revealed(*(f"s{number}" for number in range(5))) == {f"s{number}": str(number) for number in range(5)}


def test_a_rotation_tells_what_is_lost_and_goes_on(settings: Any) -> None:
    store("a", "1")
    store("b", "2")
    Secret.objects.filter(pk="a").update(ciphertext="nonsense")

    assert [(done.count, done.lost) for done in vault.rotate()] == [(1, ["a"])]
    assert revealed("b") == {"b": "2"}


def test_a_value_that_is_stored_during_a_rotation_stays(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    store()
    settings.ENCRYPTION_KEYS = [_key(), *settings.ENCRYPTION_KEYS]

    def interrupted(kept: str) -> str:
        """Encrypt anew, and meanwhile somebody stores another value."""
        monkeypatch.undo()
        vault.store_secret("bank", value="newer", hosts=["bank.example"], by="eve", at=LATER)
        return encryption.renewed(kept)

    monkeypatch.setattr(encryption, "renewed", interrupted)
    assert [done.count for done in vault.rotate()] == [1]

    assert revealed("bank") == {"bank": "newer"}


class TwoOperators(TransactionTestCase):
    def test_two_people_who_store_the_same_secret_at_once_both_do(self) -> None:
        together, errors = threading.Barrier(6), list[BaseException]()

        def work(number: int) -> None:
            try:
                together.wait()
                vault.store_secret("bank", value=f"v{number}", hosts=["bank.example"], by=f"o{number}", at=NOW)
            except BaseException as error:  # noqa: BLE001  told below
                errors.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        secret = Secret.objects.get()
        (value,) = vault.reveal(["bank"], host="bank.example", port=443, at=NOW).values()
        assert value.removeprefix("v") == secret.updated_by.removeprefix("o"), "one of them, whole"
