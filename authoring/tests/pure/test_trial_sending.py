"""What an action would send is shown as it would be sent, but for the secrets."""

import json

from authoring.trial.sending import Sending, sending_of
from engine.definition import EndAction, EndActionType

CALL = EndAction(
    type=EndActionType.API_CALL,
    target="https://bank.example/loans/{{state.amount}}",
    config={
        "method": "PUT",
        "headers": {"Authorization": "Bearer {{secret:bank}}"},
        "body": {
            "who": "{{state.name}}",
            "by": "{{workflow.template}}",
            "key": "{{secret:bank}}",
            "for": "{{workflow.user_id}}",
        },
    },
)


def _sent(action: EndAction, **state: object) -> Sending:
    sending = sending_of(action, template="loan", state=state)
    assert sending is not None
    return sending


def test_a_request_is_shown_with_its_secrets_named() -> None:
    sending = _sent(CALL, amount=5, name="Zoë")

    assert (sending.kind, sending.target) == ("api_call", CALL.target)
    assert (sending.method, sending.url) == ("PUT", "https://bank.example/loans/5")
    assert sending.headers == {"Authorization": "Bearer {{secret:bank}}", "Content-Type": "application/json"}
    assert json.loads(sending.content) == {"who": "Zoë", "by": "loan", "key": "{{secret:bank}}", "for": "person-1"}
    assert sending.problem == ""


def test_the_content_is_easy_to_read() -> None:
    action = EndAction(
        type=EndActionType.API_CALL, target="https://a.example", config={"body": {"who": "{{state.name}}"}}
    )

    assert _sent(action, name="Zoë").content == '{\n  "who": "Zoë"\n}'


def test_without_a_body_of_the_authors_everything_known_is_sent() -> None:
    sending = _sent(EndAction(type=EndActionType.API_CALL, target="https://a.example"), name="Ada")

    assert json.loads(sending.content) == {
        "workflow_id": "00000000-0000-4000-8000-000000000000",
        "template": "loan",
        "version": 1,
        "conversation_id": "conversation-1",
        "user_id": "person-1",
        "state": {"name": "Ada"},
        "metadata": {},
    }


def test_a_request_without_content_shows_none() -> None:
    action = EndAction(type=EndActionType.API_CALL, target="https://a.example", config={"method": "GET"})

    assert _sent(action).content == ""


def test_what_cannot_be_sent_says_why() -> None:
    sending = _sent(CALL, name="Ada")

    assert sending.problem == "state.amount in the URL has no value. Answer it first."
    assert (sending.url, sending.content, dict(sending.headers)) == ("", "", {})


def test_a_tool_is_shown_with_what_it_is_given() -> None:
    arguments = {"to": "{{state.email}}", "copy": "{{state.other}}"}
    action = EndAction(type=EndActionType.TOOL_CALL, target="send_email", config={"arguments": arguments})

    sending = _sent(action, email="ada@example.org")

    assert (sending.kind, sending.target, sending.method) == ("tool_call", "send_email", "")
    assert json.loads(sending.content) == {"to": "ada@example.org"}


def test_a_workflow_that_starts_next_is_named() -> None:
    sending = _sent(EndAction(type=EndActionType.WORKFLOW, target="account_opening"))

    assert sending == Sending(kind=EndActionType.WORKFLOW, target="account_opening")


def test_an_action_that_does_nothing_sends_nothing() -> None:
    assert sending_of(EndAction(), template="loan", state={}) is None
