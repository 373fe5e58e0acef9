"""`manage.py sweep`, once: what it says and how it ends. As a process it is tested beside `serve`."""

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from authoring.tests.commands import run
from instances.idempotency import KEPT_FOR
from instances.models import IdempotencyKey, Workflow
from instances.tests.calls import stored

pytestmark = pytest.mark.django_db

type Builder[T] = Callable[..., T]


@pytest.fixture
def due(make_workflow: Builder[Workflow]) -> Callable[[], Workflow]:
    def make() -> Workflow:
        workflow = make_workflow(expires_after="P7D")
        Workflow.objects.filter(pk=workflow.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        return workflow

    return make


def test_it_says_what_it_did(due: Callable[[], Workflow]) -> None:
    workflows = [due(), due()]
    IdempotencyKey.objects.create(digest="old", fingerprint="", created_at=timezone.now() - KEPT_FOR)

    first, second = run("sweep"), run("sweep")

    assert (first.output, first.error) == ("Workflows expired: 2. Idempotency keys forgotten: 1.\n", "")
    assert (second.output, second.error) == ("Workflows expired: 0. Idempotency keys forgotten: 0.\n", "")
    assert {stored(workflow).reason for workflow in workflows} == {"expired"}


def test_it_fails_when_a_workflow_could_not_expire_and_does_the_rest(due: Callable[[], Workflow]) -> None:
    broken, sound = due(), due()
    Workflow.objects.filter(pk=broken.pk).update(previous_values=["x"])
    IdempotencyKey.objects.create(digest="old", fingerprint="", created_at=timezone.now() - KEPT_FOR)

    ran = run("sweep")

    assert ran.output == "Workflows expired: 1. Idempotency keys forgotten: 1.\n"
    assert ran.error == "Workflows that could not expire: 1. The log names them."
    assert stored(sound).status == "cancelled"


def test_it_leaves_the_signals_as_it_found_them() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]

    run("sweep")

    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--every", "0"], "--every must be between 1 and 86400."),
        (["--every", "86401"], "--every must be between 1 and 86400."),
        (["--every", "soon"], "Error: argument --every: invalid int value: 'soon'"),
        (["--while", "1"], "--while goes with --every."),
    ],
)
def test_options_that_make_no_sense_are_said_in_a_sentence(options: list[str], words: str) -> None:
    ran = run("sweep", *options)

    assert ran.error == words
    assert ran.output == ""
