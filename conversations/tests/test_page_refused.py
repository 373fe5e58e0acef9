"""What the page cannot take in is refused in words for people, who learn that it was not stored."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from conversations.links import page_link
from conversations.tests.visiting import Visitor, path_of
from instances.models import Workflow


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=latin-1",
    ],
)
def test_what_cannot_be_read_is_refused_in_words_for_people(
    loan: Workflow, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Visitor.of(loan).browser.post(path_of(loan), b"do=answer", content_type=content_type)

    assert (answer.status_code, answer["Cache-Control"]) == (400, "private, no-store")
    assert "That could not be read" in answer.content.decode()
    assert not [record for record in caplog.records if record.exc_info]


def test_too_many_inputs_are_refused_in_words_for_people(loan: Workflow, settings: Settings) -> None:
    visitor = Visitor.of(loan)
    inputs = visitor.inputs()
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    assert visitor.send({**inputs, "do": "answer"}).status_code == 400
    assert "That could not be read" in visitor.text


def test_whoever_writes_while_the_link_expires_is_told_that_it_was_in_vain(loan: Workflow, settings: Settings) -> None:
    visitor = Visitor.of(loan)
    inputs = {**visitor.inputs(), "do": "answer", "answer-amount": "5000"}
    visitor.path = page_link(loan, base_url="", at=timezone.now() - timedelta(hours=25)).url

    assert visitor.send(inputs).status_code == 410
    assert "What you did just now was not stored. Links are good for a while only." in visitor.text
    visitor.open()
    assert "was not stored" not in visitor.text

    visitor.path, settings.PAGE_RATE_PER_LINK = path_of(loan), "0/minute"
    assert visitor.send(inputs).status_code == 429
    assert "What you did just now was not stored." in visitor.text
