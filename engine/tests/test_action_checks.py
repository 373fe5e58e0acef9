"""What an author may ask an action to do, and where placeholders may stand in it."""

from typing import Any

import pytest

from engine.action_checks import check
from engine.findings import Finding
from engine.tests.builders import LIST, NUMBER, TEXT, document, info, only_finding, row, step

PROPERTIES = {"amount": NUMBER, "name": TEXT, "sites": LIST, "a/b": {"type": "object"}}
URL = "https://bank.example/loans"

GOOD: dict[str, Any] = {
    "method": "PUT",
    "headers": {"Authorization": "Bearer {{secret:bank}}", "X-Id": "{{workflow.id}}", "X-Name": "{{ state.name }}"},
    "body": {"a": ["{{state.sites}}", "{{secret:bank}}", 5, None], "{b}": "{{state.a/b}}"},
    "success": [200, "3xx"],
    "retry_on": [],
    "max_attempts": 20,
    "max_hours": 1.5,
    "timeout": 1,
    "result": {"id": "/loan/id", "all": "", "odd": "/a~1b/~0"},
}


def findings(kind: str = "api_call", target: str = URL, **config: Any) -> list[Finding]:
    found = check(kind, target, config, path_target="/target", path_config="/config", properties=PROPERTIES)
    return list(found)


def told(kind: str = "api_call", target: str = URL, **config: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in findings(kind, target, **config)]


def test_a_call_may_say_all_of_this() -> None:
    assert (
        findings(target="https://bank.example:8443/{{state.amount}}/x-{{workflow.user_id}}?q={{state.name}}", **GOOD)
        == []
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("success", [100, 599]),
        ("retry_on", [429] * 50),
        ("max_attempts", 1),
        ("max_hours", 1),
        ("max_hours", 168),
        ("timeout", 20),
        ("timeout", 0.5e1),
    ],
)
def test_a_number_may_be_as_small_and_as_large_as_the_words_say(key: str, value: Any) -> None:
    assert findings(**{key: value}) == []


@pytest.mark.parametrize("config", [None, [], "x"])
def test_a_config_that_is_no_object_is_for_others_to_tell(config: Any) -> None:
    assert list(check("api_call", URL, config, path_target="", path_config="", properties={})) == []


def test_a_misspelt_key_is_told_with_the_nearest_one() -> None:
    (finding,) = findings(metod="POST")

    assert (finding.rule, finding.path, finding.suggestion) == ("unknown_key", "/config/metod", "method")
    assert finding.message == "There is no key 'metod' here. Did you mean 'method'?"


@pytest.mark.parametrize(("kind", "key"), [("api_call", "arguments"), ("tool_call", "method"), ("workflow", "result")])
def test_each_kind_has_keys_of_its_own(kind: str, key: str) -> None:
    assert told(kind, URL, **{key: {}}) == [("unknown_key", f"/config/{key}")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("method", "HEAD"),
        ("method", "post"),
        ("method", 5),
        ("headers", []),
        ("headers", {f"X-{number}": "" for number in range(51)}),
        ("success", []),
        ("success", "2xx"),
        ("success", [200] * 51),
        ("success", ["6xx"]),
        ("success", ["200"]),
        ("success", [True]),
        ("success", [99]),
        ("retry_on", [600]),
        ("retry_on", [4.5]),
        ("retry_on", None),
        ("max_attempts", 0),
        ("max_attempts", 21),
        ("max_attempts", 5.0),
        ("max_attempts", True),
        ("max_hours", 0.5),
        ("max_hours", 169),
        ("timeout", 21),
        ("timeout", "5"),
        ("result", ["/a"]),
        ("result", {"a": "id"}),
        ("result", {"a": "/~2"}),
        ("result", {"a": 5}),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_at_its_place(key: str, value: Any) -> None:
    (finding,) = findings(**{key: value})

    assert (finding.rule, finding.path) == ("shape", f"/config/{key}")
    assert finding.message.startswith("This must be ")


# ---- Headers ----


@pytest.mark.parametrize("name", ["Host", "content-length", "X Y", "Idempotency-Key", "Proxy-Authorization"])
def test_a_header_that_is_not_the_authors_is_refused(name: str) -> None:
    assert told(headers={name: "x"}) == [("header_refused", f"/config/headers/{name}")]


def test_a_header_is_given_once_and_holds_what_a_header_can() -> None:
    assert told(headers={"X": "a", "x": "b"}) == [("header_refused", "/config/headers/x")]
    assert told(headers={"X": "Ω"}) == [("header_refused", "/config/headers/X")]
    assert told(headers={"X": 5}) == [("shape", "/config/headers")]
    assert told(headers={"Host": 5}) == [("shape", "/config/headers"), ("header_refused", "/config/headers/Host")]


# ---- Where placeholders stand ----


def test_a_field_that_is_not_there_is_told_wherever_it_is_asked_for() -> None:
    config: dict[str, Any] = {"headers": {"X": "{{state.nam}}"}, "body": {"a": [1, {"b/c": "- {{state.amuont}}"}]}}

    found = findings(target=URL + "/{{state.ghost}}", **config)

    assert [(finding.rule, finding.path, finding.suggestion) for finding in found] == [
        ("unknown_field", "/target", None),
        ("unknown_field", "/config/headers/X", "name"),
        ("unknown_field", "/config/body/a/1/b~1c", "amount"),
    ]
    assert found[1].message == "The state schema has no property 'nam'. Did you mean 'name'?"


def test_a_workflow_tells_only_what_it_tells() -> None:
    (finding,) = findings(body="{{workflow.usr_id}}")

    assert (finding.rule, finding.path, finding.suggestion) == ("unknown_placeholder", "/config/body", "user_id")
    assert told(body="{{workflow.metadata}}") == [("unknown_placeholder", "/config/body")]


@pytest.mark.parametrize(
    "text", ["{{amount}}", "{{state.}}", "{{secret.bank}}", "{{state.a b}}", "{{", "{{{{state.name}}}}"]
)
def test_braces_that_ask_for_nothing_known_are_a_mistake(text: str) -> None:
    assert told(body=[text]) == [("malformed_placeholder", "/config/body/0")]
    assert told(headers={"X": text}) == [("malformed_placeholder", "/config/headers/X")]


@pytest.mark.parametrize("text", ["{state.name}", "}}", "{}", "{{{state.name}}}", "{{{state.name}}{"])
def test_other_braces_are_just_braces(text: str) -> None:
    assert told(body=[text]) == []


def test_names_are_never_filled_in() -> None:
    assert told(body={"{{state.name}}": "{{state.ghost}}"}) == [
        ("placeholder_misplaced", "/config/body/{{state.name}}"),
        ("unknown_field", "/config/body/{{state.name}}"),
    ]


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        (URL + "/{{secret:bank}}", "secret_misplaced"),
        (URL + "?k={{secret:bank}}", "secret_misplaced"),
        (URL + "#{{state.name}}", "placeholder_misplaced"),
        (URL + "/{{name}}", "malformed_placeholder"),
        (URL + "/{{state.sites}}", "placeholder_not_plain"),
        (URL + "/{{state.a/b}}", "placeholder_not_plain"),
        (URL + "/../x", "path_segment"),
        (URL + "/%zz", "placeholder_misplaced"),
        ("https://{{state.name}}/", "target_not_a_url"),
        ("https://bank.example:{{state.amount}}/", "target_not_a_url"),
        ("https://bank.example/{{ state.name }} x", "target_not_a_url"),
    ],
)
def test_a_url_takes_placeholders_only_where_they_cannot_lead_elsewhere(target: str, rule: str) -> None:
    assert told(target=target) == [(rule, "/target")]


def test_spaces_inside_a_placeholder_are_none_of_the_url() -> None:
    assert told(target=URL + "/{{ state.name }}") == []


def test_a_secret_has_a_name_that_one_can_have() -> None:
    assert told(body="{{secret:Bank}}", headers={"X": "{{secret:a.b}}"}) == [
        ("secret_name", "/config/headers/X"),
        ("secret_name", "/config/body"),
    ]


def test_a_get_carries_nothing() -> None:
    assert told(method="GET", body={}) == [("body_not_sent", "/config/body")]
    assert told(method="DELETE", body={}) == []


# ---- Words ----


@pytest.mark.parametrize(
    ("target", "config", "message"),
    [
        (URL, {"method": "GET", "body": {}}, "A GET carries no body. Take the body out, or use another method."),
        (
            URL,
            {"body": {"{{state.name}}": 5}},
            "Names are never filled in, only what stands beside them. Take the placeholder out.",
        ),
        (
            URL,
            {"body": "{{name}}"},
            (
                "This holds a {{...}} that asks for nothing known. "
                "Write {{state.field}}, {{workflow.id}} or {{secret:name}}, with nothing else in the braces."
            ),
        ),
        (
            URL,
            {"body": "{{workflow.metadata}}"},
            "A workflow tells id, template, version, conversation_id, user_id, and no 'metadata'.",
        ),
        (
            URL,
            {"body": "{{secret:Bank}}"},
            "'Bank' is no name of a secret: small letters, digits, '-' and '_', 100 at most.",
        ),
        (
            URL + "/{{secret:bank}}",
            {},
            "A secret never stands in a URL, which is logged everywhere. Send it in a header or in the body.",
        ),
        (
            URL + "/{{state.sites}}",
            {},
            "'sites' is a list or an object, which no part of a URL can be. Send it in the body.",
        ),
        (
            URL + "/../x",
            {},
            "A part of the URL's path would be empty, '.' or '..'. It is made of: no field.",
        ),
        (URL, {"headers": {"X": "a", "x": "b"}}, "The header x is given twice."),
        (
            URL,
            {"headers": {"Idempotency-Key": "x"}},
            "The header Idempotency-Key is set by this service, to the same value for every attempt. Leave it out.",
        ),
    ],
)
def test_the_author_is_told_what_to_do(target: str, config: dict[str, Any], message: str) -> None:
    (finding,) = findings(target=target, **config)

    assert finding.message == message


def test_a_field_that_no_url_can_hold_is_named() -> None:
    (finding,) = findings(target=URL + "/{{state.sites}}")

    assert finding.field == "sites"


# ---- Tools ----


def test_a_tool_is_given_arguments_and_no_secrets() -> None:
    assert told("tool_call", "send", arguments={"to": "{{state.name}}", "n": 5}, result={"id": "/id"}) == []
    assert told("tool_call", "send", arguments=[]) == [("shape", "/config/arguments")]
    assert told("tool_call", "send", arguments={"to": ["{{secret:bank}}", "{{state.ghost}}"]}) == [
        ("secret_misplaced", "/config/arguments/to/0"),
        ("unknown_field", "/config/arguments/to/1"),
    ]


# ---- In a document ----


def test_an_end_action_and_an_ending_in_the_middle_are_checked_alike() -> None:
    end = {
        "outcome": "x",
        "end_action_type": "api_call",
        "end_action_target": URL,
        "end_action_config": {"verb": "PUT"},
    }
    source = document(step("one", "a"), info("two", when=row("a", "==", "x"), end=end))

    assert only_finding(source).path == "/steps/1/end/end_action_config/verb"
    whole: dict[str, Any] = {key: part for key, part in end.items() if key != "outcome"}
    assert only_finding(document(step("one", "a"), **whole)).path == "/end_action_config/verb"
