"""The page and those who mean no good: with other links, other inputs, too much, and too often."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from pytest_django import Settings

from conftest import step
from conversations.links import page_link
from conversations.page import views
from conversations.page.rates import house_of
from conversations.tests.loans import ACCOUNT, ACTING, LOAN, acknowledged, given, stored, to_the_summary
from conversations.tests.visiting import Visitor, path_of
from events.models import Event
from instances import services
from instances.models import Workflow

type Make = Callable[..., Workflow]


# ---- Links ----


def test_a_link_that_had_its_time_tells_nothing_of_what_is_there(loan: Workflow) -> None:
    long_ago = timezone.now() - timedelta(hours=25)
    expired = page_link(loan, base_url="", at=long_ago).url
    current = path_of(loan)
    services.cancel(loan.pk, ACTING, reason="")
    services.delete(loan.pk, ACTING)

    old, deleted = Client().get(expired), Client().get(current)

    assert (old.status_code, deleted.status_code) == (410, 410)
    assert old.content == deleted.content
    assert "ask for a new link" in old.content.decode()


def test_an_altered_link_leads_nowhere(loan: Workflow, make_workflow: Make) -> None:
    mine, theirs = path_of(loan), path_of(make_workflow())
    for path in ("/w/1/", mine[:-2] + "/", mine.replace("/w/", "/w/0"), f"/w/{loan.pk}/", f"{mine[:35]}{theirs[35:]}"):
        response = Client().get(path)

        assert response.status_code == 404, path
        assert "ask for a new one" in response.content.decode()


def test_the_confirmation_of_one_workflow_confirms_no_other(loan: Workflow, make_workflow: Make) -> None:
    other = make_workflow(**{**LOAN, "name": "another"})
    mine, theirs = Visitor.of(loan), Visitor.of(other)
    to_the_summary(mine)
    to_the_summary(theirs)

    mine.send({**mine.inputs(), "token": theirs.inputs()["token"], "do": "confirm"})

    assert "Something was changed since you looked." in mine.text
    assert (stored(loan).status, stored(other).status) == ("active", "active")


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 1000])
def test_a_forged_confirmation_confirms_nothing(loan: Workflow, token: str) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)

    visitor.send({**visitor.inputs(), "token": token, "do": "confirm"})

    assert stored(loan).status == "active"


# ---- Methods, and what is kept ----


def test_looking_changes_nothing(loan: Workflow) -> None:
    before = (stored(loan).__dict__["revision"], Event.objects.count(), stored(loan).last_interaction_at)
    for query in ("", "?change=amount", "?do=skip&step=more", "?change=account&do=confirm"):
        assert Client().get(path_of(loan) + query).status_code == 200
        head = Client().head(path_of(loan) + query)
        assert (head.status_code, head.content) == (200, b"")

    assert (stored(loan).revision, Event.objects.count(), stored(loan).last_interaction_at) == before


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_there_are_no_other_methods(loan: Workflow, method: str) -> None:
    response = getattr(Client(), method)(path_of(loan))

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_nobody_keeps_the_page_or_follows_it(loan: Workflow) -> None:
    for path in (path_of(loan), "/w/forged/"):
        response = Client().get(path)

        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert response["X-Frame-Options"] == "DENY"
        assert "script" not in response.content.decode()


def test_the_only_cookie_is_that_which_protects_the_form(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    visitor.press("answer", amount=5000, purpose='"home"')

    assert set(visitor.browser.cookies) == {"csrftoken"}


def test_another_site_can_press_no_button(loan: Workflow) -> None:
    stranger = Client(enforce_csrf_checks=True)

    response = stranger.post(path_of(loan), {"do": "answer", "asked": "amount", "answer-amount": "5000", "revision": 1})

    assert response.status_code == 403
    assert "What you wrote was not sent" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    assert stored(loan).progress.values == {}


@pytest.fixture
def log(settings: Settings) -> Iterator[StringIO]:
    """Return what is written to the log, as the settings have it."""
    written, handler_settings = StringIO(), settings.LOGGING["handlers"]["console"]
    handler = logging.StreamHandler(written)
    for name in handler_settings["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_no_link_is_in_the_log(loan: Workflow, log: StringIO, settings: Settings) -> None:
    settings.PAGE_RATE_PER_LINK = "1/minute"
    path = path_of(loan)

    answers = [Client().delete(path), Client().get(path), Client().get(path), Client().post(path)]
    forbidden = Client(enforce_csrf_checks=True).post(path)

    assert [answer.status_code for answer in (*answers, forbidden)] == [405, 200, 429, 429, 403]
    assert "/w/.../" in log.getvalue()
    assert path.split("/")[2] not in log.getvalue()


# ---- Inputs ----


def sent(loan: Workflow, **inputs: Any) -> Any:
    """Post what no form of ours holds, with the revision that is stored."""
    visitor = Visitor.of(loan)
    token = visitor.inputs()["csrfmiddlewaretoken"]
    visitor.send({"csrfmiddlewaretoken": token, "revision": str(stored(loan).revision), **inputs})
    return visitor


def test_what_is_not_a_persons_to_give_is_not_taken(loan: Workflow) -> None:
    given(loan, amount=5000)
    names = ["score", "double", "plate", "nothing", "amount\x00"]

    visitor = sent(loan, do="answer", asked=names, **{f"answer-{name}": "7" for name in names})

    assert visitor.page.status_code == 200
    assert stored(loan).progress.values == {"amount": 5000}


def test_what_was_not_on_the_form_is_not_read(loan: Workflow) -> None:
    sent(loan, do="answer", asked=["amount"], **{"answer-amount": "5000", "answer-note": "x", "answer-score": "7"})

    assert stored(loan).progress.values == {"amount": 5000}


def test_consent_is_not_given_before_it_is_asked_for(make_workflow: Make) -> None:
    workflow = make_workflow(
        properties={"name": {"type": "string"}, "consent": {"type": "boolean", "x-ask-first": True}},
        steps=[step("who", fields=["name"]), step("consent", fields=["consent"])],
    )

    visitor = sent(workflow, do="answer", asked=["consent"], **{"answer-consent": "true"})

    assert "was not asked yet" in visitor.text
    assert stored(workflow).progress.values == {}


@pytest.mark.parametrize("revision", ["", "0", "-1", "1.0", "٣", "9" * 5000, "\x00", "true"])
def test_a_revision_that_is_none_is_an_old_one(loan: Workflow, revision: str) -> None:
    visitor = sent(loan, do="answer", asked=["amount"], **{"answer-amount": "5000", "revision": revision})

    assert "not stored yet" in visitor.text
    assert stored(loan).progress.values == {}


@pytest.mark.parametrize(
    "button", ["", "delete", "retry", "cancel", "confirm", "resume", "remove:amount", "skip:terms"]
)
def test_a_button_that_is_not_there_does_nothing(loan: Workflow, button: str) -> None:
    visitor = sent(loan, do=button, step="terms", token="x")

    assert visitor.page.status_code == 200
    assert (stored(loan).status, stored(loan).revision) == ("active", loan.revision)


def test_only_the_step_that_is_shown_is_skipped_or_read(loan: Workflow) -> None:
    for button in ("skip", "acknowledge"):
        for name in ("terms", "more", "what", "\x00", "nothing"):
            assert sent(loan, do=button, step=name).page.status_code == 200

    assert stored(loan).revision == loan.revision
    assert (stored(loan).skipped_steps, stored(loan).acknowledged_steps) == ([], [])


def test_a_required_step_is_not_skipped(loan: Workflow) -> None:
    visitor = sent(loan, do="skip", step="what")

    assert "The loan cannot be skipped." in visitor.text
    assert stored(loan).skipped_steps == []


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "</textarea><b>", "{{ shown }}{% now %}", "&lt;b&gt;"])
def test_whatever_is_written_is_shown_as_it_was_written(loan: Workflow, text: str) -> None:
    visitor = Visitor.of(loan)
    visitor.press("answer", amount=text, purpose='"car"')
    assert visitor.inputs()["answer-amount"] == [text]
    visitor.press("answer", amount="5000")
    visitor.press("answer", plate=text)
    acknowledged(loan, "terms")
    given(loan, account=ACCOUNT, born="1990-01-01", note=text, children=[{"name": text}])
    visitor.open()

    assert visitor.text.count(text) == 3
    assert "<script" not in visitor.html
    assert "<b>" not in visitor.html


def test_the_words_of_authors_are_words(make_workflow: Make) -> None:
    evil = "<img src=x onerror=alert(1)>"
    workflow = make_workflow(
        name=evil,
        properties={"a": {"enum": [evil], "title": evil, "description": evil, "x-ask": [evil]}},
        steps=[step("one", name=evil, description=evil, fields=["a"])],
    )

    assert "<img" not in Visitor.of(workflow).html
    assert Visitor.of(workflow).text.count(evil) >= 6


@pytest.mark.parametrize(
    "text", ["\x00", "\u202e1000", "1e999", "-0", "{", '[["', "9" * 400, "\ud800", "a" * 100_000, "***"]
)
def test_whatever_is_written_is_answered(loan: Workflow, text: str) -> None:
    visitor = Visitor.of(loan)

    for name in ("amount", "purpose"):
        visitor.send({**visitor.inputs(), "do": "answer", f"answer-{name}": text.encode(errors="surrogatepass")})
        assert visitor.page.status_code == 200


# ---- Too much, too often ----


def test_a_body_that_is_too_large_is_not_even_read(loan: Workflow) -> None:
    visitor = Visitor.of(loan)

    visitor.send({**visitor.inputs(), "do": "answer", "answer-amount": "x" * 1_100_000})

    assert visitor.page.status_code == 413
    assert "too long to be sent" in visitor.text


def test_a_length_that_is_none_is_refused(loan: Workflow) -> None:
    assert views._length_of(Client().get(path_of(loan)).wsgi_request) == 0
    response = Client().post(path_of(loan), CONTENT_LENGTH="9" * 5000)

    assert response.status_code == 413


def test_one_link_is_good_for_so_many_requests(loan: Workflow, make_workflow: Make, settings: Settings) -> None:
    settings.PAGE_RATE_PER_LINK = "3/minute"
    other = path_of(make_workflow())

    answers = [Client().get(path_of(loan)).status_code for _ in range(3)]
    refused = Client(REMOTE_ADDR="192.0.2.1").get(path_of(loan))

    assert answers == [200, 200, 200]
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Wait a minute" in refused.content.decode()
    assert Client().get(other).status_code == 200


def test_one_address_may_try_so_many_links(loan: Workflow, settings: Settings) -> None:
    settings.PAGE_RATE_PER_ADDRESS = "2/hour"
    guesser, somebody_else = Client(REMOTE_ADDR="192.0.2.7"), Client(REMOTE_ADDR="192.0.2.8")

    answers = [guesser.get(f"/w/{number}/").status_code for number in range(3)]

    assert answers == [404, 404, 429]
    assert guesser.get(path_of(loan)).status_code == 429
    assert somebody_else.get(path_of(loan)).status_code == 200


def test_nobody_is_somebody_else_by_saying_so(loan: Workflow, settings: Settings) -> None:
    settings.PAGE_RATE_PER_ADDRESS = "1/minute"

    answers = [Client(HTTP_X_FORWARDED_FOR=f"192.0.2.{n}").get(path_of(loan)).status_code for n in range(2)]

    assert answers == [200, 429]


def test_behind_a_proxy_people_are_told_apart(loan: Workflow, settings: Settings) -> None:
    settings.PAGE_RATE_PER_ADDRESS = "1/minute"
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    answers = [Client(HTTP_X_FORWARDED_FOR=f"10.0.0.1, 192.0.2.{n}").get(path_of(loan)).status_code for n in range(2)]
    lying = Client(HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.1").get(path_of(loan)).status_code

    assert (answers, lying) == ([200, 200], 429)


@pytest.mark.parametrize(
    ("address", "house"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::"),
        ("2001:db8::ffff:1", "2001:db8::"),
        ("2001:db8:0:1::1", "2001:db8:0:1::"),
        ("a\nb" * 1000, "none"),
        ("", "none"),
    ],
)
def test_a_house_has_one_address(address: str, house: str) -> None:
    assert house_of(address) == house


def test_a_database_that_is_busy_is_told_to_the_person_and_its_words_to_the_log(
    loan: Workflow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def busy(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(views, "press", busy)
    visitor = Visitor.of(loan)

    visitor.press("answer", amount=5000)

    assert visitor.page.status_code == 503
    assert visitor.page["Retry-After"] == "5"
    assert "It shows whether what you did just now was stored." in visitor.text
    assert "database is locked" in caplog.text


def test_what_is_deleted_while_somebody_writes_is_gone(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    services.cancel(loan.pk, ACTING, reason="")
    services.delete(loan.pk, ACTING)

    visitor.press("answer", amount=5000)

    assert visitor.page.status_code == 410
