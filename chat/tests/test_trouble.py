"""What goes wrong at the terminal is said in words, and the chat goes on."""

from collections.abc import Iterator

import pytest

from chat.__main__ import main
from chat.exchange import Refused, Trouble, exchange
from chat.model import Model
from chat.stand_in import serving


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as base_url:
        yield base_url


def test_an_address_at_which_nobody_answers_is_named() -> None:
    with pytest.raises(Trouble, match=r"Nobody answers at http://127\.0\.0\.1:9"):
        exchange("http://127.0.0.1:9/v1", key="none")


@pytest.mark.parametrize("address", ["no address", "ftp://127.0.0.1:9/", "file:///etc/hostname"])
def test_what_is_no_web_address_is_refused(address: str) -> None:
    with pytest.raises(Trouble, match="is no web address"):
        exchange(address, key="none")


def test_a_refusal_is_told_in_the_words_of_the_other_side(url: str) -> None:
    with pytest.raises(Refused, match=r"answered 404: This is the scripted stand-in \(no AI\)") as refusal:
        exchange(f"{url}/nowhere", key="none", body={})

    assert refusal.value.status == 404


def test_an_endpoint_that_speaks_another_language_is_named(url: str) -> None:
    model = Model(base_url=url.replace("/v1", "/v1/messages?"), key="none", name="any")

    with pytest.raises(Trouble, match="did not answer in the format of OpenAI"):
        model.reply([{"role": "user", "content": "Hello"}], tools=[])


def test_without_a_key_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WORKFLOWS_KEY", raising=False)

    status = main([])

    assert status == 2
    assert "WORKFLOWS_KEY is not set" in capsys.readouterr().err


def test_a_service_that_does_not_run_is_told_before_anybody_types(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKFLOWS_KEY", "wf_any")
    monkeypatch.setenv("WORKFLOWS_URL", "http://127.0.0.1:9")

    status = main([])

    assert status == 1
    assert "Nobody answers at http://127.0.0.1:9" in capsys.readouterr().out
