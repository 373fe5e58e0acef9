"""Who gets a lease when several ask at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from deliveries.claiming import MOST_IN_A_CHANNEL, Held, claim
from deliveries.dispatch import dispatch
from instances.models import Workflow

CLAIMANTS = 12


@pytest.mark.django_db(transaction=True)
def test_no_more_of_one_receiver_are_under_way_than_may_be_however_many_claim_at_once(
    make_workflow: Callable[..., Workflow],
) -> None:
    first = make_workflow(
        end_action_type="api_call", end_action_target="https://example.com/", state_data={"email": "a@example.org"}
    )
    for _ in range(CLAIMANTS):
        make_workflow(template=first.template, user_type=first.user_type, state_data={"email": "a@example.org"})
    dispatch(timezone.now())
    together = Barrier(CLAIMANTS)

    def claiming(_number: int) -> Held | None:
        try:
            together.wait()
            return claim(timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(CLAIMANTS) as others:
        leases = [held for held in others.map(claiming, range(CLAIMANTS)) if held is not None]

    assert len(leases) == MOST_IN_A_CHANNEL
    assert len({held.delivery.pk for held in leases}) == MOST_IN_A_CHANNEL
