"""What a document means: fields, steps, end action and time zone fit together."""

from typing import Any

import pytest

from engine.findings import Severity
from engine.tests.builders import NUMBER, TEXT, document, found, info, only_finding, row, rule, step
from engine.validation import validate


def plain(**changes: Any) -> dict[str, Any]:
    return document(step("one", "a"), **changes)


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("document", "tests", [{}]),
        ("step", "for_each", "sites"),
    ],
)
def test_what_is_reserved_is_refused_rather_than_half_obeyed(part: str, key: str, value: Any) -> None:
    source = document(
        step("one", "a", **({key: value} if part == "step" else {})),
        **({key: value} if part == "document" else {}),
    )

    finding = only_finding(source)

    place = {"document": "", "step": "/steps/0"}[part]
    assert (finding.rule, finding.path) == ("not_supported_yet", f"{place}/{key}")
    assert finding.message == f"{key!r} is reserved and not carried out by this version yet. Take it out."
    assert finding.step == ("one" if part == "step" else None)


def test_what_is_reserved_may_say_nothing() -> None:
    empty, absent = plain(tests=[]), plain(tests=None)

    assert (validate(empty), validate(absent)) == ((), ())


@pytest.mark.parametrize(("key", "value"), [("tests", ""), ("tests", {})])
def test_what_is_reserved_says_nothing_in_its_own_way_only(key: str, value: Any) -> None:
    assert found(plain(**{key: value})) == [("not_supported_yet", f"/{key}")]


def test_several_reserved_keys_are_told_in_order() -> None:
    source = plain(tests=[1])

    assert [path for _, path in found(source)] == ["/tests"]


def test_a_required_name_must_be_a_property() -> None:
    finding = only_finding(plain(properties={"a": TEXT, "amount": TEXT}, required=["a", "amuont"]))

    assert (finding.rule, finding.path) == ("unknown_field", "/state_schema/required/1")
    assert finding.message == "The state schema has no property 'amuont'. Did you mean 'amount'?"
    assert (finding.field, finding.suggestion) == ("amuont", "amount")


def test_a_step_asks_only_for_properties() -> None:
    source = document(step("one", "a"), step("two", "zzz"))
    del source["state_schema"]["properties"]["zzz"]
    source["state_schema"]["required"] = ["a"]

    finding = only_finding(source)

    assert (finding.rule, finding.path) == ("unknown_field", "/steps/1/fields/0")
    assert finding.message == "The state schema has no property 'zzz'."
    assert (finding.step, finding.field, finding.suggestion) == ("two", "zzz", None)


def test_ids_are_unique() -> None:
    source = document(step("one", "a"), step("two", "b"), step("one", "c"), step("one", "d"))

    first, second = validate(source)

    assert (first.rule, first.path, first.step) == ("duplicate_id", "/steps/2/id", "one")
    assert first.message == "The id 'one' is that of step 1 already; ids are unique."
    assert (second.path, second.message) == ("/steps/3/id", first.message)


def test_a_field_that_no_step_asks_for_is_pointed_out_if_it_is_required() -> None:
    properties = {"a": TEXT, "b": TEXT, "given": {**TEXT, "readOnly": True}, "free": TEXT}

    finding = only_finding(plain(properties=properties, required=["a", "b", "given"]))

    assert (finding.rule, finding.path, finding.field) == ("never_asked", "/state_schema/properties/b", "b")
    assert finding.severity is Severity.WARNING
    assert finding.message == "'b' is required, but no step asks for it."


@pytest.mark.parametrize(
    ("later", "findings"),
    [
        ("a", []),
        ("b", []),
        ("loose", []),
        ("c", [("later_field", "/steps/1/when")]),
        ("d", [("later_field", "/steps/1/when")]),
        ("ghost", [("unknown_field", "/steps/1/when")]),
    ],
)
def test_a_step_may_look_at_what_is_asked_before_it(later: str, findings: list[tuple[str, str]]) -> None:
    source = document(
        step("one", "a", "b"),
        step("two", "c", when=row(later, "answered")),
        step("three", "d"),
        properties={"loose": TEXT},
        required=[],
    )

    assert found(source) == findings


@pytest.mark.parametrize(
    ("later", "findings"),
    [
        ("a", []),
        ("b", []),
        ("c", [("later_field", "/steps/0/rules/0/check")]),
    ],
)
def test_a_rule_may_look_at_its_own_step_too(later: str, findings: list[tuple[str, str]]) -> None:
    source = document(step("one", "a", "b", rules=[rule(row(later, "answered"), field="a")]), step("two", "c"))

    assert found(source) == findings


@pytest.mark.parametrize(
    ("later", "findings"),
    [
        ("before", []),
        ("a", []),
        ("b", [("later_field", "/state_schema/properties/b/x-when")]),
        ("c", [("later_field", "/state_schema/properties/b/x-when")]),
        ("after", [("later_field", "/state_schema/properties/b/x-when")]),
    ],
)
def test_a_field_may_look_at_earlier_ones_of_its_own_step(later: str, findings: list[tuple[str, str]]) -> None:
    source = document(
        step("zero", "before"),
        step("one", "a", "b", "c"),
        step("two", "after"),
        properties={"b": {**TEXT, "x-when": row(later, "answered")}},
    )

    assert found(source) == findings


@pytest.mark.parametrize(
    ("later", "rules"),
    [("z_first", []), ("m_second", ["later_field"]), ("a_third", ["later_field"]), ("a", ["later_field"])],
)
def test_a_field_in_no_step_may_look_at_those_ordered_before_it(later: str, rules: list[str]) -> None:
    properties = {
        "a_third": {**TEXT, "x-order": 3},
        "m_second": {**TEXT, "x-order": 2, "x-when": row(later, "answered")},
        "z_first": {**TEXT, "x-order": 1},
    }

    places = [(rule_id, "/state_schema/properties/m_second/x-when") for rule_id in rules]
    assert found(plain(properties=properties, required=["a"])) == places


def test_fields_in_no_step_without_an_order_are_ordered_by_name() -> None:
    backward = {"c": {**TEXT, "x-when": row("b", "answered")}, "b": TEXT}
    forward = {"c": TEXT, "b": {**TEXT, "x-when": row("c", "answered")}}

    assert found(plain(properties=backward, required=["a"])) == []
    assert found(plain(properties=forward, required=["a"])) == [("later_field", "/state_schema/properties/b/x-when")]


def test_a_finding_in_a_condition_names_its_step_and_field() -> None:
    source = document(
        step("one", "a"),
        step("two", "b", when=row("x", "empty")),
        properties={"b": {**TEXT, "x-when": row("y", "empty")}, "z": {**TEXT, "x-when": row("w", "empty")}},
        required=[],
    )

    assert [(finding.step, finding.field) for finding in validate(source)] == [(None, "z"), ("two", None), ("two", "b")]


@pytest.mark.parametrize(
    ("named", "bad"), [("a", []), (["a", "b"], []), ("c", ["c"]), (["a", "c", "ghost"], ["c", "ghost"])]
)
def test_a_rule_asks_again_only_what_was_asked(named: Any, bad: list[str]) -> None:
    source = document(
        step("one", "a"), step("two", "b", rules=[rule(row("b", "!=", "x"), field=named)]), step("three", "c")
    )

    findings = validate(source)

    assert [(finding.rule, finding.path, finding.field) for finding in findings] == [
        ("unknown_field", "/steps/1/rules/0/field", name) for name in bad
    ]
    assert all(finding.step == "two" for finding in findings)


def test_the_author_reads_why_a_rule_cannot_ask_again() -> None:
    source = document(step("one", "a", rules=[rule(row("a", "!=", "x"), field="ghost")]))

    words = "A broken rule can ask again only what this step or an earlier one asks, not 'ghost'."
    assert only_finding(source).message == words


@pytest.mark.parametrize("kind", ["api_call", "workflow", "tool_call"])
@pytest.mark.parametrize("target", [{}, {"end_action_target": ""}, {"end_action_target": "  "}])
def test_an_end_action_needs_a_target(kind: str, target: dict[str, str]) -> None:
    finding = only_finding(plain(end_action_type=kind, **target))

    assert (finding.rule, finding.path) == ("target_missing", "/end_action_target")
    assert finding.message == f"An action of type {kind!r} needs a target."


@pytest.mark.parametrize("target", [{}, {"end_action_target": ""}, {"end_action_target": "anything"}])
def test_an_end_without_action_needs_no_target(target: dict[str, str]) -> None:
    assert validate(plain(end_action_type="none", **target)) == ()


@pytest.mark.parametrize("kind", ["workflow", "tool_call"])
def test_a_target_that_is_a_name_is_any_text(kind: str) -> None:
    assert validate(plain(end_action_type=kind, end_action_target="anything")) == ()


@pytest.mark.parametrize(
    "target",
    [
        "https://bank.example/loans",
        "http://bank.example:8080",
        "https://bank.example/loans/{{state.a}}?x={{workflow.id}}",
        "https://[2001:db8::1]/",
        "HTTPS://BANK.example",
    ],
)
def test_an_api_call_goes_to_a_web_address(target: str) -> None:
    assert validate(plain(end_action_type="api_call", end_action_target=target)) == ()


@pytest.mark.parametrize(
    "target",
    [
        "bank",
        "bank.example/loans",
        "//bank.example/loans",
        "ftp://bank.example/",
        "file:///etc/hostname",
        "javascript:alert(1)",
        "https://",
        "https:///loans",
        "https://:80/",
        "https://ada@bank.example/",
        "https://ada:secret@bank.example/",
        "https://{{state.a}}/loans",
        "https://{{state.a}}.example/loans",
        "https://bank.example:{{state.a}}/",
        "{{state.a}}://bank.example/",
        "https://bank.example:99999/",
        "https://bank.example:abc/",
        "https://[bank/",
        "https://bank.example/a b",
        "https://bank.example/\n",
    ],
)
def test_an_api_call_goes_nowhere_else(target: str) -> None:
    finding = only_finding(plain(end_action_type="api_call", end_action_target=target))

    assert (finding.rule, finding.path) == ("target_not_a_url", "/end_action_target")
    assert finding.message == (
        "An api_call needs an http or https address whose host is spelt out, without user or password."
    )


@pytest.mark.parametrize("config", [{}, {"state": {}}, {"state": {"theirs": "a"}}])
def test_a_following_workflow_takes_values_over(config: dict[str, Any]) -> None:
    source = plain(end_action_type="workflow", end_action_target="next", end_action_config=config)

    assert validate(source) == ()


@pytest.mark.parametrize("ours", ["ghost", 5, None, ["a"], {"a": 1}])
def test_a_following_workflow_takes_only_fields_over(ours: Any) -> None:
    config = {"state": {"x": "a", "the/irs": ours}}

    finding = only_finding(plain(end_action_type="workflow", end_action_target="next", end_action_config=config))

    assert (finding.rule, finding.path) == ("unknown_field", "/end_action_config/state/the~1irs")
    assert finding.message == f"The state schema has no property {ours!r}."


@pytest.mark.parametrize("state", ["a", 5, ["a"], False])
def test_what_a_following_workflow_takes_over_is_an_object(state: Any) -> None:
    config = {"state": state}

    finding = only_finding(plain(end_action_type="workflow", end_action_target="next", end_action_config=config))

    assert (finding.rule, finding.path) == ("shape", "/end_action_config/state")
    assert finding.message == "This must be an object from a field of the target to a field of this template."


@pytest.mark.parametrize("part", [{}, TEXT, {"format": "email"}, {"type": ["string", "null"], "format": "email"}])
def test_an_own_address_is_an_e_mail_address(part: dict[str, Any]) -> None:
    finding = only_finding(plain(properties={"a": {**part, "x-own-address": True}}))

    assert (finding.rule, finding.path) == ("own_address_not_email", "/state_schema/properties/a/x-own-address")
    assert finding.field == "a"
    assert finding.message == (
        "The person's own address is an e-mail address: of the type 'string', with the format 'email'."
    )
    assert validate(plain(properties={"a": {**part, "x-own-address": False}})) == ()
    assert validate(plain(properties={"a": {**TEXT, "format": "email", "x-own-address": True}})) == ()


def test_where_nothing_happens_at_the_end_its_config_says_nothing() -> None:
    assert validate(plain(end_action_type="none", end_action_config={"state": 5})) == ()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Asia/Kolkata"])
def test_a_time_zone_of_the_database_is_known(zone: str) -> None:
    assert validate(plain(time_zone=zone)) == ()


@pytest.mark.parametrize(
    "zone", ["Mars", "Europe", "../etc/hostname", "/etc/hostname", "x" * 5000, "Europe/Pa\x00ris", "é"]
)
def test_any_other_time_zone_is_not(zone: str) -> None:
    finding = only_finding(plain(time_zone=zone))

    assert (finding.rule, finding.path) == ("unknown_time_zone", "/time_zone")
    assert finding.message == (
        f"There is no time zone {zone!r}. Name one like 'Europe/Paris' (IANA time zone database)."
    )


def test_a_field_of_unsound_shape_is_still_a_name_to_look_at() -> None:
    source = document(
        step("one", "a"), info("two", when=row("a", "<", 5)), properties={"a": {**NUMBER, "type": "nmuber"}}
    )

    assert {path for _, path in found(source)} == {"/state_schema/properties/a/type"}


def test_what_a_broken_step_asks_for_is_not_mistaken_for_asked_by_none() -> None:
    source = document(
        step("one", "a", required="yes"),
        step("two", "b", when=row("a", "==", "x")),
        properties={"a": {**TEXT, "x-when": row("b", "empty")}},
    )

    assert found(source) == [("shape", "/steps/0/required")]


def test_a_step_without_any_fields_is_fine() -> None:
    assert validate(document() | {"steps": [{"id": "hello", "name": "Hello"}]}) == ()


def test_a_broken_property_does_not_hide_what_is_wrong_with_another() -> None:
    properties = {"a": {**TEXT, "x-order": "first"}, "b": {**TEXT, "x-when": row("ghost", "empty")}}

    assert sorted(found(plain(properties=properties, required=[]))) == [
        ("shape", "/state_schema/properties/a/x-order"),
        ("unknown_field", "/state_schema/properties/b/x-when"),
    ]


def test_required_names_of_which_one_is_no_name_are_left_alone() -> None:
    source = plain()
    source["state_schema"]["required"] = ["a", "ghost", 5]

    assert set(found(source)) == {("shape", "/state_schema/required/2"), ("schema_invalid", "/state_schema/required/2")}


def test_at_most_two_hundred_findings_are_told() -> None:
    mistakes = [info(f"s{number}", when=row("ghost", "empty")) for number in range(300)]

    assert len(validate({f"k{number}": 1 for number in range(300)})) == 200
    assert len(validate(document(*mistakes))) == 200


def test_names_with_slashes_and_tildes_have_their_places() -> None:
    source = document(step("one", "a/b", "c~d"), properties={"c~d": {**TEXT, "x-when": row("ghost", "empty")}})

    assert found(source) == [("unknown_field", "/state_schema/properties/c~0d/x-when")]
