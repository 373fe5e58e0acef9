"""What operators see of deliveries in the admin, and what they can do."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from deliveries.models import Delivery
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.working import only_delivery, work_patiently
from instances.models import Workflow
from instances.tests.calls import stored

type Builder[T] = Callable[..., T]

LIST = "/admin/deliveries/delivery/"
SECRET_VALUE = "ada.lovelace@example.org"


@pytest.fixture
def failed(listen: Builder[Receiver], make_workflow: Builder[Workflow]) -> Delivery:
    """Return a delivery that was given up, of a receiver that is well again."""
    server = listen(lambda _received, number: Reply(status=404 if number == 1 else 200, body=b"not today"))
    workflow = make_workflow(
        end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data={"email": SECRET_VALUE}
    )
    work_patiently()
    return only_delivery(workflow.pk)


def browser(*permissions: str) -> Client:
    user = User.objects.create_user(f"person {len(permissions)}", is_staff=True)
    for name in permissions:
        user.user_permissions.add(Permission.objects.get(content_type__app_label="deliveries", codename=name))
    client = Client()
    client.force_login(user)
    return client


def send_again(client: Client, delivery: Delivery) -> str:
    form = {"action": "send_again", "_selected_action": [str(delivery.pk)]}
    return client.post(LIST, form, follow=True).content.decode()


def test_the_front_page_tells_of_what_was_given_up(failed: Delivery) -> None:
    page = browser("view_delivery", "view_channel").get("/admin/").content.decode()

    assert "1 delivery of the last week was given up" in page


def test_the_front_page_tells_nothing_to_those_who_may_not_see_it(failed: Delivery) -> None:
    page = browser().get("/admin/").content.decode()

    assert "given up" not in page


def test_a_delivery_is_shown_with_its_attempts_and_without_what_people_said(failed: Delivery) -> None:
    page = browser("view_delivery", "view_deliveryattempt").get(f"{LIST}{failed.pk}/change/").content.decode()

    assert "http_404" in page
    assert "not today" in page
    assert "/loans" in page
    assert SECRET_VALUE not in page


def test_an_operator_sends_again_what_was_given_up(failed: Delivery) -> None:
    page = send_again(browser("view_delivery", "change_delivery"), failed)
    work_patiently()

    assert "1 will be sent again." in page
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Sent again."]
    assert failed.workflow is not None
    assert stored(failed.workflow).status == "completed"


def test_who_may_only_look_cannot_send_again(failed: Delivery) -> None:
    send_again(browser("view_delivery"), failed)

    assert failed.workflow is not None
    assert stored(failed.workflow).status == "failed"


def test_what_got_through_is_not_sent_again_and_it_says_why(failed: Delivery) -> None:
    operator = browser("view_delivery", "change_delivery")
    send_again(operator, failed)
    work_patiently()

    assert "It got through." in send_again(operator, failed)
