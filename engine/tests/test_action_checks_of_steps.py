"""What validation finds wrong with a step that the server is to answer."""

from typing import Any

import pytest

from engine.document_schema import MAX_ACTIONS
from engine.findings import Severity
from engine.tests.actions import URL, call
from engine.tests.builders import LIST, NUMBER, TEXT, document, found, info, only_finding, row, step
from engine.validation import validate


def funds(*more: dict[str, Any], action: Any = None, fields: tuple[str, ...] = ("balance",), **changes: Any) -> Any:
    """Return a document whose second step looks a balance up."""
    properties = {"account": TEXT, "balance": NUMBER, **changes.pop("properties", {})}
    return document(
        step("which", "account"),
        step("funds", *fields, action=call() if action is None else action),
        *more,
        properties=properties,
        **changes,
    )


def test_a_good_action_is_no_finding() -> None:
    assert found(funds()) == []
    assert found(funds(action=call(confirm=True, idempotent=False))) == []
    assert found(funds(action=call(on_failure="ask"))) == []


@pytest.mark.parametrize(
    ("changes", "rule", "path"),
    [
        ({"type": "workflow"}, "shape", "/type"),
        ({"type": "none"}, "shape", "/type"),
        ({"target": " "}, "shape", "/target"),
        ({"config": []}, "shape", "/config"),
        ({"result": ["balance"]}, "shape", "/result"),
        ({"result": {"balance": 1}}, "shape", "/result/balance"),
        ({"idempotent": "yes"}, "shape", "/idempotent"),
        ({"confirm": None}, "shape", "/confirm"),
        ({"on_failure": "ignore"}, "shape", "/on_failure"),
        ({"on_error": "skip"}, "unknown_key", "/on_error"),
        ({"idempotant": True}, "unknown_key", "/idempotant"),
        ({"result": {"balance": "available"}}, "not_a_pointer", "/result/balance"),
        ({"result": {"balance": "/a~2"}}, "not_a_pointer", "/result/balance"),
        ({"result": {"balance": "/a", "balanse": "/b"}}, "unknown_field", "/result/balanse"),
        ({"result": {}}, "action_leaves_open", "/result"),
        ({"target": URL + "{{state.balance}}"}, "later_field", "/target"),
        ({"config": {"body": ["{{state.acount}}"]}}, "unknown_field", "/config/body/0"),
        ({"config": {"headers": {"X": "{{state.balance}}"}}}, "later_field", "/config"),
        ({"config": {"metod": "GET"}}, "unknown_key", "/config/metod"),
        ({"config": {"result": {"balance": "/x"}}}, "misplaced_key", "/config/result"),
        ({"target": "ftp://bank.example"}, "target_not_a_url", "/target"),
    ],
)
def test_what_is_wrong_with_an_action_is_told_in_its_place(changes: dict[str, Any], rule: str, path: str) -> None:
    assert found(funds(action={**call(), **changes})) == [(rule, "/steps/1/action" + path)]


def test_an_action_says_what_it_is_and_what_it_reaches() -> None:
    assert found(funds(action={"idempotent": True})) == [
        ("missing_key", "/steps/1/action/type"),
        ("missing_key", "/steps/1/action/target"),
    ]


@pytest.mark.parametrize(
    ("action", "message", "suggestion"),
    [
        (call(idempotant=True), "There is no key 'idempotant' here. Did you mean 'idempotent'?", "idempotent"),
        (
            call({"balance": "", "balanc": ""}),
            "'balanc' is no field of this step. Did you mean 'balance'?",
            "balance",
        ),
        (call({"balance": "", "zzz": ""}), "'zzz' is no field of this step.", None),
        (
            call({"balance": "", "account": ""}),
            "'account' is no field of this step. Add it to the step's fields.",
            None,
        ),
        (
            call(config={"body": "{{state.acount}}"}),
            "The state schema has no property 'acount'. Did you mean 'account'?",
            "account",
        ),
        (call(config={"body": "{{state.zzz}}"}), "The state schema has no property 'zzz'.", None),
        (
            call(config={"body": "{{state.balance}}"}),
            "'balance' is not asked before this step, so it is never known here.",
            None,
        ),
        (
            call({"balance": "x"}),
            "This must be a JSON Pointer (RFC 6901) into the answer, like '/balance', or empty for all of it.",
            None,
        ),
    ],
)
def test_a_finding_says_what_to_do(action: Any, message: str, suggestion: str | None) -> None:
    finding = only_finding(funds(action=action))

    assert (finding.message, finding.suggestion) == (message, suggestion)


REQUIRED = "'balance' is required, and nothing of the answer fills it. Add it to result."
KEYWORD = "'balance' is found out by an action, and changes only with what that is asked for. Take x-depends-on out."
READ_ONLY = "'balance' is readOnly, so nobody can be asked for it if the action fails. Let it skip or fail."
NO_FIELD = "This step has no field to ask for if its action fails. Let it skip or fail."
NO_POINTER = "This must be a JSON Pointer (RFC 6901) into the answer, like '/balance', or empty for all of it."


@pytest.mark.parametrize(
    ("action", "keyword", "message", "field"),
    [
        (call({}), {}, REQUIRED, "balance"),
        (call({"balance": "x"}), {}, NO_POINTER, "balance"),
        (call({"balance": "", "zzz": ""}), {}, "'zzz' is no field of this step.", None),
        (
            call(config={"body": "{{state.balance}}"}),
            {},
            "'balance' is not asked before this step, so it is never known here.",
            None,
        ),
        (
            call(config={"result": {}}),
            {},
            "What the answer fills stands in the result of the action, beside its config.",
            None,
        ),
        (call(), {"x-depends-on": ["account"]}, KEYWORD, "balance"),
        (call(on_failure="ask"), {"readOnly": True}, READ_ONLY, "balance"),
    ],
)
def test_a_finding_names_the_step_the_field_and_the_way_out(
    action: Any, keyword: dict[str, Any], message: str, field: str | None
) -> None:
    finding = only_finding(funds(action=action, properties={"balance": {**NUMBER, **keyword}}))

    assert (finding.step, finding.field, finding.message) == ("funds", field, message)


@pytest.mark.parametrize(("on_failure", "words"), [("fail", []), ("skip", []), ("ask", [NO_FIELD])])
def test_a_step_without_fields_needs_no_list_of_them(on_failure: str, words: list[str]) -> None:
    notify = {"id": "notify", "name": "Notify", "action": call({}, on_failure=on_failure)}

    source = document(step("which", "account"), notify, properties={"account": TEXT})

    assert [(finding.step, finding.message) for finding in validate(source)] == [("notify", each) for each in words]


def test_a_field_that_the_schema_lacks_is_told_as_that_and_nothing_else() -> None:
    source = funds(fields=("balance", "ghost"), action=call(on_failure="ask"), required=["balance"])
    del source["state_schema"]["properties"]["ghost"]

    assert found(source) == [("unknown_field", "/steps/1/fields/1")]


def test_computed_fields_and_fields_of_no_step_may_be_inputs() -> None:
    action = call(target="https://a.example/{{state.total}}/{{ state.free }}/{{workflow.id}}")
    total = {**NUMBER, "x-computed": {"count": "people"}}

    source = funds(action=action, properties={"people": LIST, "total": total, "free": TEXT}, required=["balance"])

    assert found(source) == []


def test_the_words_of_the_other_placeholders_are_not_judged_here() -> None:
    assert found(funds(action=call(config={"headers": {"X": "{{secret:bank}} {{workflow.id}}"}}))) == []


@pytest.mark.parametrize("said", [{"idempotent": False}, {"idempotent": False, "confirm": False}, {}])
def test_an_action_that_is_done_once_and_unasked_is_a_warning(said: dict[str, Any]) -> None:
    action = {"type": "api_call", "target": URL, "result": {"balance": "/available"}, **said}

    finding = only_finding(funds(action=action))

    assert (finding.rule, finding.severity, finding.path) == (
        "action_unconfirmed",
        Severity.WARNING,
        "/steps/1/action",
    )
    assert finding.step == "funds"
    assert finding.message == (
        "Nobody confirms this before it is done, and once it may have been, its inputs stand. "
        "Set confirm to true, or idempotent to true if it may be done again."
    )


@pytest.mark.parametrize(
    ("keyword", "value", "rule"),
    [
        ("x-ask-first", True, "action_field_keyword"),
        ("x-choices", {"ref": "people"}, "action_field_keyword"),
        ("x-depends-on", ["account"], "action_field_keyword"),
        ("x-on-change", "reset", "action_field_keyword"),
        ("x-computed", {"count": "people"}, "computed_asked"),
    ],
)
def test_what_is_found_out_follows_from_its_action_alone(keyword: str, value: Any, rule: str) -> None:
    source = funds(
        info("people", fields=["people"]), properties={"people": LIST, "balance": {**NUMBER, keyword: value}}
    )

    assert [path for found_rule, path in found(source) if found_rule == rule] == ["/steps/1/fields/0"]


def test_what_is_found_out_is_in_no_other_step() -> None:
    source = funds(step("again", "balance"))

    finding = only_finding(source)

    assert (finding.rule, finding.path, finding.field) == ("action_field_shared", "/steps/1/fields/0", "balance")
    assert finding.step == "funds"
    assert finding.message == "'balance' is found out by the action of this step, so no other step has it."


def test_to_ask_instead_needs_something_that_can_be_asked() -> None:
    read_only = funds(action=call(on_failure="ask"), properties={"balance": {**NUMBER, "readOnly": True}})
    nothing = document(
        step("which", "account"), info("notify", action=call({}, on_failure="ask")), properties={"account": TEXT}
    )

    assert found(read_only) == [("asks_read_only", "/steps/1/action/on_failure")]
    assert found(nothing) == [("nothing_to_ask", "/steps/1/action/on_failure")]


def test_a_step_that_ends_the_workflow_asks_the_server_for_nothing() -> None:
    source = document(
        step("which", "account"),
        info(
            "end", when=row("account", "answered"), end={"outcome": "x"}, action=call({}, target="x", idempotent=False)
        ),
    )

    assert found(source) == [("end_asks", "/steps/1/action")]


def test_no_action_may_be_asked_for_again_by_what_it_finds_out_itself() -> None:
    direct = funds(properties={"account": {**TEXT, "x-depends-on": ["balance"]}})
    around = document(
        step("one", "kind"),
        step("two", "account", when=row("kind", "==", "x")),
        step("funds", "balance", action=call()),
        properties={"kind": {**TEXT, "x-depends-on": ["balance"]}, "balance": NUMBER},
    )
    everything = funds(
        action=call(target="https://a.example"), properties={"account": {**TEXT, "x-depends-on": ["balance"]}}
    )

    assert found(direct) == [("action_cycle", "/steps/1/action")]
    assert found(around) == [("action_cycle", "/steps/2/action")]
    assert found(everything) == [("action_cycle", "/steps/1/action")]
    assert only_finding(direct).message == (
        "What this finds out changes what it was asked for: balance. Take x-depends-on out."
    )


def test_everything_that_goes_round_in_a_circle_is_named() -> None:
    source = funds(
        fields=("balance", "owner"),
        action=call({"balance": "/available", "owner": "/owner"}),
        properties={"account": {**TEXT, "x-depends-on": ["owner", "balance"]}},
    )

    finding = only_finding(source)

    assert (finding.step, finding.message) == (
        "funds",
        "What this finds out changes what it was asked for: balance, owner. Take x-depends-on out.",
    )


def test_a_template_has_so_many_actions_and_no_more() -> None:
    many = [info(f"s{number}", action=call({}, target="https://a.example")) for number in range(MAX_ACTIONS + 1)]

    assert found(document(*many[:-1], properties={})) == []
    finding = only_finding(document(*many, properties={}))
    assert (finding.rule, finding.path) == ("too_many_actions", f"/steps/{MAX_ACTIONS}")
    assert finding.message == f"A template has at most {MAX_ACTIONS} steps with an action."


def test_an_action_that_says_nothing_is_none() -> None:
    source = document(step("which", "account", action=None))

    assert found(source) == []
