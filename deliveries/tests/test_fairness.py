"""Receivers that never end, always fail or crash, with a pile of deliveries each, delay none of the others."""

import time
from collections.abc import Callable

import pytest
from django.utils import timezone

from deliveries.models import Delivery
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.working import at_work, until
from instances.models import Workflow

GOOD = 100
PILE = 20
WITHIN_SECONDS = 30

NO_END = Reply(body=b" ", body_pause=0.5, is_endless=True)
BROKEN = Reply(status=500)
CRASH = Reply(is_reset=True)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_good_receivers_are_served_while_three_bad_ones_have_a_pile(
    listen: Callable[..., Receiver], make_workflow: Callable[..., Workflow]
) -> None:
    good = listen()
    bad = [listen(lambda _received, _number, reply=reply: reply) for reply in (NO_END, BROKEN, CRASH)]
    for server in bad:
        first = ask(make_workflow, f"{server.url}/")
        for _ in range(PILE - 1):
            make_workflow(template=first.template, user_type=first.user_type, state_data={"email": "ada@example.org"})
    for number in range(GOOD):
        ask(make_workflow, f"{good.url}/{number}")

    def let_go() -> None:
        for server in bad:
            server.close()

    began_at = time.monotonic()
    with at_work(threads=8, let_go=let_go):
        until(lambda: Workflow.objects.filter(status="completed").count() == GOOD, seconds=2 * WITHIN_SECONDS)
        seconds = time.monotonic() - began_at
        left = Delivery.objects.filter(status="pending").count()
        due = Delivery.objects.due(timezone.now()).count()

    assert seconds < WITHIN_SECONDS
    assert len({request.target for request in good.requests}) == GOOD == len(good.requests)
    assert left == PILE * len(bad)
    assert due > PILE
    assert all(server.requests for server in bad)


def ask(make_workflow: Callable[..., Workflow], url: str) -> Workflow:
    """Return a workflow that is to be sent to this URL, of a template of its own."""
    return make_workflow(end_action_type="api_call", end_action_target=url, state_data={"email": "ada@example.org"})
