"""Choices out of a collected list: what there is to choose depends on what was found out before."""

from typing import Any

import pytest

from engine.asking import ask_next
from engine.definition import ChoicesFrom, Sensitivity
from engine.report import Ignored, Invalidated
from engine.summary import summary
from engine.tests.builders import (
    LIST,
    NUMBER,
    TEXT,
    begin,
    definition_of,
    document,
    found,
    give,
    only_finding,
    progress,
    step,
)

SLOTS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "object", "properties": {"id": TEXT, "time": TEXT}},
}
FREE = [{"id": "a", "time": "Ten"}, {"id": "b"}, {"time": "Noon"}]


def booking(**slot: Any) -> Any:
    choices = {"ref": "free", "value": "id", "label": "time"}
    return definition_of(
        step("look", "free"), step("choose", "slot"), properties={"free": SLOTS, "slot": {"x-choices": choices, **slot}}
    )


def test_there_is_nothing_to_choose_from_before_the_list_is_there() -> None:
    nothing: list[dict[str, Any]] = [{}, {"free": []}, {"free": [{"time": "Noon"}]}]
    for values in nothing:
        decision = give(booking(), progress(values), {"slot": "a"})

        assert decision.report.ignored == (Ignored(field="slot", reason="nothing_to_choose_from"),)


def test_a_choice_is_one_of_the_entries() -> None:
    taken = give(booking(), progress({"free": FREE}), {"slot": "b"})
    refused = give(booking(), progress({"free": FREE}), {"slot": "c"})

    assert taken.report.accepted == ("slot",)
    (no,) = refused.report.rejected
    assert (no.code, no.message, no.path) == ("enum", "Slot must be one of: Ten, b.", None)


def test_what_is_private_is_not_listed_in_a_refusal() -> None:
    definition = definition_of(
        step("one", "pins", "pin"),
        properties={"pins": {**LIST, "x-sensitive": "mask"}, "pin": {"x-choices": {"ref": "pins"}}},
    )

    (no,) = give(definition, progress({"pins": ["1", "2"]}), {"pin": "3"}).report.rejected

    assert definition.fields["pin"].sensitive is Sensitivity.MASK
    assert no.message == "Pin is not one of the choices."


def test_a_choice_is_read_by_its_title_and_shown_by_it() -> None:
    decision = give(booking(), progress({"free": FREE}), {"slot": "ten"}, coerce=True)

    assert decision.position.live["slot"] == "a"
    assert [line.words for line in summary(booking(), decision.position)][1:] == ["Ten"]


def test_list_and_choice_may_come_together_in_any_order() -> None:
    for data in ({"slot": "a", "free": FREE}, {"free": FREE, "slot": "a"}):
        assert set(give(booking(), progress(), data).report.accepted) == {"free", "slot"}
    assert set(give(booking(), progress(), {"slot": "a"}, append={"free": FREE[:1]}).report.accepted) == {
        "free",
        "slot",
    }


def test_a_choice_that_is_gone_with_the_list_is_taken_out() -> None:
    before = progress({"free": FREE, "slot": "a"})

    gone = give(booking(), before, {"free": FREE[1:]})
    kept = give(booking(), before, {"free": FREE[:1]})
    cleared = give(booking(), before, clear=("free",))

    assert gone.report.invalidated == (Invalidated(field="slot", because="free"),)
    assert (gone.progress.previous, kept.report.invalidated) == ({"slot": "a"}, ())
    assert cleared.report.invalidated == (Invalidated(field="slot", because="free"),)


def test_several_can_be_chosen() -> None:
    several = {"type": "array", "x-choices": {"ref": "free", "value": "id"}}
    definition = definition_of(step("one", "free", "slots"), properties={"free": SLOTS, "slots": several})
    before = progress({"free": FREE})

    assert give(definition, before, {"slots": ["a", "b"]}).report.accepted == ("slots",)
    assert give(definition, before, {"slots": ["a", "c"]}).report.rejected[0].code == "enum"
    assert give(definition, before, append={"slots": ["b", "c"]}).report.rejected[0].path == "/append/slots/1"


def test_titles_are_asked_with_the_question() -> None:
    values = progress({"free": FREE})
    decision = give(booking(), values)

    assert ask_next(booking(), values, decision.position)[0].choices == (("a", "Ten"), ("b", "b"))


def test_a_list_is_judged_before_what_is_chosen_from_it() -> None:
    definition = booking()

    assert definition.fields["slot"].choices_from == ChoicesFrom(ref="free", value="id", label="time")
    assert definition.fields["slot"].depends_on == ("free",)
    assert definition.distances == {"free": 0, "slot": 1}


@pytest.mark.parametrize(
    ("choices", "rule", "path", "suggestion", "words"),
    [
        ({"ref": "freee"}, "unknown_field", "/ref", "free",
         "The state schema has no property 'freee'. Did you mean 'free'?"),
        ({"ref": "zzz"}, "unknown_field", "/ref", None, "The state schema has no property 'zzz'."),
        ({"ref": "n"}, "not_a_list", "/ref", None, "Choices come out of a list (type 'array'), and 'n' is none."),
        ({"ref": "free", "value": "idd"}, "unknown_field", "/value", "id",
         "The entries of 'free' have no 'idd'. Did you mean 'id'?"),
        ({"ref": "free", "value": "tiem"}, "unknown_field", "/value", "time",
         "The entries of 'free' have no 'tiem'. Did you mean 'time'?"),
        ({"ref": "free", "value": "id", "label": "zzz"}, "unknown_field", "/label", None,
         "The entries of 'free' have no 'zzz'."),
        ({"ref": "free", "valeu": "id"}, "unknown_key", "/valeu", "value",
         "There is no key 'valeu' here. Did you mean 'value'?"),
        ({"ref": "free", "lable": "time"}, "unknown_key", "/lable", "label",
         "There is no key 'lable' here. Did you mean 'label'?"),
    ],
)  # fmt: skip
def test_where_choices_come_from_is_checked(
    choices: Any, rule: str, path: str, suggestion: str | None, words: str
) -> None:
    properties = {"free": SLOTS, "n": NUMBER, "slot": {"x-choices": choices}}

    finding = only_finding(document(step("one", "free", "n", "slot"), properties=properties))

    assert (finding.rule, finding.path) == (rule, f"/state_schema/properties/slot/x-choices{path}")
    assert (finding.suggestion, finding.message) == (suggestion, words)
    assert finding.field == ("slot" if rule != "unknown_key" else None)


def test_there_is_one_sort_of_choices_and_no_circle() -> None:
    circle = {"free": {**LIST, "x-choices": {"ref": "other"}}, "other": {**LIST, "x-depends-on": ["free"]}}

    for own in ({"enum": ["a"]}, {"oneOf": [{"const": "a"}]}):
        finding = only_finding(document(properties={"free": LIST, "slot": {**own, "x-choices": {"ref": "free"}}}))
        assert (finding.rule, finding.field) == ("two_sorts_of_choices", "slot")
        assert finding.path == "/state_schema/properties/slot/x-choices"
        assert finding.message == "The choices of 'slot' come out of 'free'. Take 'enum' and 'oneOf' out."
    assert [rule for rule, _ in found(document(properties=circle))] == ["dependency_cycle"]


def team() -> Any:
    people = {"type": "array", "items": TEXT}
    chosen = {**people, "x-choices": {"ref": "people"}}
    return definition_of(
        step("one", "people", "team"), step("two", "more"), properties={"people": people, "team": chosen}
    )


def test_entries_that_are_gone_are_taken_out_even_where_others_are_changed_at_once() -> None:
    begun = begin(team(), {"people": ["Ann", "Bob"], "team": ["Ann", "Bob"]})

    removed = give(team(), begun.progress, remove={"people": [1], "team": [4]})
    replaced = give(team(), begun.progress, {"people": ["Cat"]}, append={"team": ["Cat"]})

    for decision in (removed, replaced):
        assert decision.report.invalidated == (Invalidated(field="team", because="people"),)
        assert "team" not in decision.progress.values


def test_choices_chain_as_long_as_a_template_allows() -> None:
    properties = {"l0": LIST, **{f"l{n}": {**LIST, "x-choices": {"ref": f"l{n - 1}"}} for n in range(1, 1000)}}

    assert definition_of(step("one", *properties), properties=properties).distances["l999"] == 999


def test_a_list_whose_entries_may_be_anything_offers_and_takes_choices() -> None:
    several = {"type": "array", "items": True, "x-choices": {"ref": "pins"}}
    definition = definition_of(step("one", "pins", "chosen"), properties={"pins": LIST, "chosen": several})

    decision = give(definition, progress({"pins": ["a", 1]}), {"chosen": [1]})

    assert [line.words for line in summary(definition, decision.position)] == ["a, 1", "1"]
    assert give(definition, progress({"pins": ["a", 1]}), {"chosen": [True]}).report.rejected[0].code == "enum"


def test_a_choice_given_beside_what_takes_its_list_out_goes_with_it() -> None:
    definition = definition_of(
        step("one", "town", "shops", "shop"),
        properties={
            "shops": {**LIST, "items": TEXT, "x-depends-on": ["town"], "x-on-change": "reset"},
            "shop": {**TEXT, "x-choices": {"ref": "shops"}},
        },
    )
    before = progress({"town": "Bern", "shops": ["A"]}, item_ids={"shops": (1,)}, last_item_id=1)

    decision = give(definition, before, {"town": "Genf", "shop": "A"})

    assert decision.progress.values == {"town": "Genf"}
    assert decision.report.invalidated == (
        Invalidated(field="shops", because="town"),
        Invalidated(field="shop", because="shops"),
    )


def test_what_else_is_asked_of_an_entry_goes_on_to_hold() -> None:
    short = {"type": "string", "maxLength": 2, "x-messages": {"maxLength": "Initials only."}}
    definition = definition_of(
        step("one", "people", "team"),
        properties={
            "people": {**LIST, "items": TEXT},
            "team": {**LIST, "items": short, "x-choices": {"ref": "people"}},
        },
    )
    before = progress({"people": ["Ada", "Bo"]}, item_ids={"people": (1, 2)}, last_item_id=2)

    decision = give(definition, before, append={"team": ["Bo", "Ada"]})

    assert decision.progress.values["team"] == ["Bo"]
    assert [no.message for no in decision.report.rejected] == ["Initials only."]


def test_a_hidden_choice_is_refused_without_its_options() -> None:
    definition = booking()
    hidden = definition_of(
        step("look", "free"), step("choose", "slot"),
        properties={"free": {**SLOTS, "x-sensitive": "mask"}, "slot": {"x-choices": {"ref": "free", "value": "id"}}},
    )  # fmt: skip

    (told,) = give(definition, progress({"free": FREE}), {"slot": "c"}).report.rejected
    (untold,) = give(hidden, progress({"free": FREE}), {"slot": "c"}).report.rejected

    assert (told.code, told.message) == ("enum", "Slot must be one of: Ten, b.")
    assert (untold.code, untold.message) == ("enum", "Slot is not one of the choices.")


def test_a_list_and_what_is_chosen_from_it_are_accepted_in_the_order_given() -> None:
    decision = give(team(), progress(), {"more": "x", "people": ["Ann"], "team": ["Ann"]})

    assert decision.report.accepted == ("more", "people", "team")


def test_a_choice_is_compared_whole() -> None:
    definition = definition_of(
        step("one", "people", "speaker"),
        properties={"people": {**LIST, "items": TEXT}, "speaker": {**TEXT, "x-choices": {"ref": "people"}}},
    )

    assert give(definition, progress({"people": ["Ann"]}), {"speaker": "Ann"}).report.accepted == ("speaker",)
