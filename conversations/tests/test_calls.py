"""What a model calls is carried out as every other surface would, and answered in words that it can go on with."""

from collections.abc import Callable
from typing import Any

from conftest import NOW, OPERATOR
from conversations.calls import ToolCall, carry_out
from conversations.contexts import Wanted
from conversations.parties import Conversation
from instances.acting import Acting
from instances.models import Workflow

type Make = Callable[..., Any]

ACTING = Acting(caller=OPERATOR, at=NOW)


def call(conversation: str, name: str, arguments: Any = None, **more: Any) -> dict[str, Any]:
    """Carry out a call in a conversation."""
    said = ToolCall(name=name, arguments={} if arguments is None else arguments)
    return carry_out(Conversation(id=conversation, **more), said, ACTING, wanted=Wanted())


def test_what_a_person_said_is_handed_over_and_read_exactly(make_workflow: Make) -> None:
    workflow = make_workflow(properties={"amount": {"type": "number"}, "name": {"type": "string"}})

    answer = call(workflow.conversation_id, "submit_data", {"data": {"amount": "5,000", "name": None}})

    assert answer["error"] is None
    assert answer["result"]["accepted"] == [{"field": "amount", "coerced_from": "5,000"}]
    assert Workflow.objects.get().state_data == {"amount": 5000}
