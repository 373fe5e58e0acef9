"""A worker whose attempts are made by another engine hands over no more than may be under way."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django import Settings

from conftest import step
from deliveries.models import Delivery
from deliveries.tests.working import at_work, until
from instances.models import Workflow

ENGINE_THAT_STANDS_STILL = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_stands_still_is_not_flooded(settings: Settings, make_workflow: Callable[..., Workflow]) -> None:
    settings.TASKS = ENGINE_THAT_STANDS_STILL
    for number in range(5):
        make_workflow(
            end_action_type="api_call",
            end_action_target=f"https://example.com/{number}",
            steps=[step(fields=["email"])],
            state_data={"email": "ada@example.org"},
        )

    with at_work(threads=3):
        until(lambda: under_way() == 3)
        seen = {under_way() for _ in range(100)}

    assert seen == {3}
    assert Delivery.objects.filter(attempts=0).count() == 5


def under_way() -> int:
    """Return how many deliveries somebody has a lease of."""
    return Delivery.objects.under_way(timezone.now()).count()
