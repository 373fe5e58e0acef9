"""Laws that hold whatever people say in whatever order, to a template with a bit of everything and to any other.

One conversation is one run of the machine: its rules are what may happen next, its invariants what holds after each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.acts import Act
from engine.asking import ask_next
from engine.conclusion import Decision
from engine.definition import NOTHING, Definition
from engine.facts import Fact
from engine.findings import errors
from engine.progress import Progress, Status, locate
from engine.report import Outcome
from engine.submission import Submission
from engine.tests.budget import budget
from engine.tests.builders import TODAY
from engine.tests.everything import DOCUMENT
from engine.tests.folding import folded
from engine.tests.generated import documents
from engine.tests.plain import Judge, missing, read
from engine.tests.talking import act_on, fitting, submissions, values_of
from engine.validation import validate
from engine.workflow import Next, admit, next_of, pause, resume, start, submit, write
from engine.writing import Writing, changed_keys

ANY_DOCUMENT = st.integers(0, 3).flatmap(lambda dice: documents() if dice else st.just(DOCUMENT))


class Conversation(RuleBasedStateMachine):
    """One workflow, from its start on, and everything that became true of it."""

    @initialize(document=ANY_DOCUMENT, data=st.data())
    def start(self, document: Mapping[str, Any], data: st.DataObject) -> None:
        assert errors(validate(document)) == ()
        self.document, self.judge = document, Judge(document)
        self.properties: Mapping[str, Any] = document["state_schema"]["properties"]
        self.definition = Definition.from_document(document)
        self.today = TODAY
        self.facts: list[Fact] = []
        self.told: list[str] = []
        prefill = Submission(data=data.draw(values(self.properties)), is_prefill=True)
        self.follow(admit(self.definition, start(self.definition, prefill, today=TODAY), activate=True))

    def follow(self, decision: Decision) -> None:
        self.decision, self.progress, self.position = decision, decision.progress, decision.position
        self.facts += decision.facts
        self.told += [said.step for said in decision.say]

    def is_active(self) -> bool:
        return self.progress.status is Status.ACTIVE

    def _say(self, data: st.DataObject) -> None:
        said, before = data.draw(submissions(self.document)), self.progress
        self.follow(submit(self.definition, before, said, today=self.today))
        self.check_what_was_left_alone(before, {*said.data, *said.clear, *said.append, *said.remove})
        if said.atomic and self.decision.report.rejected:
            assert stored(self.progress) == stored(before)
        if not said.append:
            self.check_that_it_changes_nothing_said_again(said)

    # Most of what happens is talk.
    something_is_said = precondition(is_active)(rule(data=st.data())(_say))
    something_more_is_said = precondition(is_active)(rule(data=st.data())(_say))

    @precondition(is_active)
    @rule(data=st.data())
    def what_is_asked_is_answered(self, data: st.DataObject) -> None:
        step = self.position.current_step
        asked = ask_next(self.definition, self.progress, self.position)
        answers = {ask.field: data.draw(fitting(self.properties[ask.field], ask.choices)) for ask in asked}
        told = (step.id,) if step is not None and not step.fields else ()
        said = Submission(data=answers, acknowledge=told)
        self.follow(submit(self.definition, self.progress, said, today=self.today))

    def check_what_was_left_alone(self, before: Progress, named: Iterable[str]) -> None:
        """Nothing is changed but what was named, and what depends on it; and that is only taken out."""
        old, new, followers = before.values, self.progress.values, self.and_dependents(named)
        assert followers.issuperset(changed_keys(old, new))
        assert all(name not in new or new[name] == old.get(name) for name in followers - {*named})

    def check_that_it_changes_nothing_said_again(self, said: Submission) -> None:
        before = self.progress
        if not self.is_active() or self.depends_on_the_moment(said.data):
            return
        again = submit(self.definition, before, said, today=self.today)
        assert again.progress == replace(before, attempts=again.progress.attempts)
        assert again.report.outcome in (Outcome.NOOP, Outcome.REJECTED)

    def depends_on_the_moment(self, names: Iterable[str]) -> bool:
        """Tell whether a value counts by when it is said: in answer to a question, or after so many attempts."""
        asked_first = any(self.properties.get(name, {}).get("x-ask-first") for name in names)
        return asked_first or "attempts>=" in str(self.document)

    def and_dependents(self, names: Iterable[str]) -> set[str]:
        """Return the fields and what depends on them, and on that."""
        found = list(names)
        for cause in found:
            found += [name for name in self.definition.dependents.get(cause, ()) if name not in found]
        return set(found)

    @precondition(is_active)
    @rule(data=st.data())
    def a_mind_is_changed_and_changed_back(self, data: st.DataObject) -> None:
        """What was parked comes back untouched, and the workflow stands where it stood."""
        plain = [name for name in self.position.live if self.is_plain(name)]
        if not plain:
            return
        name = data.draw(st.sampled_from(plain))
        there = {name: data.draw(fitting(self.properties[name]))}
        before, here = self.progress, {name: self.progress.values[name]}
        away = submit(self.definition, before, Submission(data=there), today=self.today).progress
        if away.status is not Status.ACTIVE or away.contested != before.contested:
            return
        back = submit(self.definition, away, Submission(data=here), today=self.today)
        assert stored(back.progress) == stored(before)
        assert locate(self.definition, replace(back.progress, today=before.today)) == locate(self.definition, before)

    def is_plain(self, name: str) -> bool:
        """Tell whether a field can be given, and nothing follows from its change."""
        part, taken = self.properties[name], (*self.progress.contested, *self.definition.dependents)
        return name not in taken and "x-computed" not in part and not part.get("readOnly")

    @precondition(is_active)
    @rule(data=st.data())
    def two_things_are_said_in_either_order(self, data: st.DataObject) -> None:
        said = data.draw(values(self.properties))
        cut = data.draw(st.integers(1, 3))
        one, other = dict(list(said.items())[:cut]), dict(list(said.items())[cut:])
        are_independent = self.and_dependents(one).isdisjoint(other) and self.and_dependents(other).isdisjoint(one)
        if not are_independent or self.depends_on_the_moment(said):
            return
        ways = [self.said_in_turn(first, second) for first, second in ((one, other), (other, one))]
        if None not in ways:
            assert ways[0] == ways[1]

    def said_in_turn(self, *all_data: Mapping[str, Any]) -> Progress | None:
        """Return where it leads, the ids of entries aside; None if it ends on the way."""
        progress = self.progress
        for data in all_data:
            if progress.status is not Status.ACTIVE:
                return None
            progress = submit(self.definition, progress, Submission(data=data), today=self.today).progress
        return replace(progress, said=frozenset(), item_ids=NOTHING) if progress.status is Status.ACTIVE else None

    @precondition(is_active)
    @rule(data=st.data(), replaces=st.booleans())
    def something_is_written(self, data: st.DataObject, replaces: bool) -> None:
        """What is written holds, and written again it changes nothing."""
        writing, before = Writing(values=data.draw(values(self.properties)), replaces=replaces), self.progress
        self.follow(write(self.definition, before, writing, metadata={}, today=self.today))
        if replaces and self.decision.report.outcome is Outcome.APPLIED:
            assert {name for name in self.position.live if self.is_to_be_given(name)} <= writing.values.keys()
        if self.is_active() and not self.depends_on_the_moment(writing.values):
            again = write(self.definition, self.progress, writing, metadata={}, today=self.today).progress
            assert again == replace(self.progress, attempts=again.attempts)

    def is_to_be_given(self, name: str) -> bool:
        return "x-computed" not in self.properties[name] and not self.properties[name].get("readOnly")

    @invariant()
    def what_is_shown_and_written_back_changes_nothing(self) -> None:
        if not self.is_active():
            return
        shown = Writing(values=self.position.live, metadata={}, replaces=True)
        written = write(self.definition, self.progress, shown, metadata={}, today=self.today)
        assert (written.report.outcome, written.progress, written.facts) == (Outcome.NOOP, self.progress, ())

    @invariant()
    def a_pause_changes_nothing_but_the_status(self) -> None:
        if not self.is_active():
            return
        paused = pause(self.definition, self.progress, reason="", today=self.progress.today)
        assert paused.progress == replace(self.progress, status=Status.PAUSED)
        resumed = resume(self.definition, paused.progress, Submission(), today=self.progress.today)
        assert resumed.progress == self.progress

    @rule(act=st.sampled_from([Act.CONFIRM, Act.CONFIRM, Act.RESUME, Act.ACTIVATE, Act.PAUSE, Act.CANCEL]))
    def something_is_done(self, act: Act) -> None:
        decision = act_on(self.definition, self.progress, act, today=self.today)
        if decision is not None:
            self.follow(decision)

    @rule(days=st.integers(1, 400))
    def time_goes_by(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def what_is_stored_is_valid_but_for_lists_that_are_still_filled(self) -> None:
        for name, value in self.progress.values.items():
            is_short = len(value) < self.properties[name]["minItems"] if isinstance(value, list) else False
            assert is_short or self.judge.is_valid(name, value)
            if source := self.properties[name].get("x-choices"):
                offered = self.progress.values.get(source["ref"], [])
                assert all(entry in offered for entry in (value if isinstance(value, list) else [value]))

    @invariant()
    def what_completes_is_valid(self) -> None:
        for step in (found for found in self.position.steps if found.id in self.position.complete):
            answered = [name for name in step.fields if name in self.position.live]
            assert all(self.judge.is_valid(name, self.position.live[name]) for name in answered)

    @invariant()
    def where_it_stands_is_what_a_plain_reading_says(self) -> None:
        reading = read(self.document, self.judge, self.progress)
        assert [step.id for step in self.position.steps] == reading.steps
        assert (dict(self.position.live), list(self.position.live_fields)) == (reading.live, reading.asked)
        assert list(self.position.missing) == missing(self.document, reading)
        assert set(self.position.contested) == self.progress.contested & {*reading.asked}
        demanded = [name for name in reading.asked if name in self.required() and name not in reading.excused]
        is_whole = not self.position.contested and self.judge.is_valid_whole(reading.live, demanded)
        assert self.position.is_collected is (reading.is_through and is_whole)
        assert self.position.complete == reading.complete or (reading.is_through and not is_whole)

    def required(self) -> list[str]:
        names: list[str] = self.document["state_schema"]["required"]
        return names

    @invariant()
    def a_regular_end_is_reached_only_with_all_that_is_asked_for(self) -> None:
        if self.decision.outcome:
            reading = read(self.document, self.judge, self.progress)
            assert self.decision.outcome == (reading.outcome or "completed")
            assert reading.outcome or (self.position.is_collected and not missing(self.document, reading))

    @invariant()
    def what_is_asked_can_be_answered_and_something_is_asked_until_all_is_found_out(self) -> None:
        if next_of(self.definition, self.progress, self.position) is not Next.COLLECT or not self.is_active():
            return
        asked = ask_next(self.definition, self.progress, self.position)
        step = self.position.current_step
        is_information = step is not None and not step.fields
        has_no_answer = any(not any(map(self.is_to_be_given, unmet.fields)) for unmet in self.position.unmet)
        assert asked or is_information or has_no_answer
        for ask in asked:
            given = Submission(data={ask.field: self.progress.values.get(ask.field, "a")})
            ignored = submit(self.definition, self.progress, given, today=self.today).report.ignored
            assert {found.reason for found in ignored} <= {"unchanged", "nothing_to_choose_from"}, ignored

    @invariant()
    def every_entry_has_an_id_and_no_id_comes_twice(self) -> None:
        ids = self.progress.item_ids
        lists = {name: len(value) for name, value in self.progress.values.items() if isinstance(value, list)}
        assert {name: len(known) for name, known in ids.items()} == lists
        every = [one for known in ids.values() for one in known]
        assert len(every) == len(set(every))
        assert max(every, default=0) <= self.progress.last_item_id

    @invariant()
    def information_is_told_once(self) -> None:
        told = [step for step in self.told if self.definition.steps_by_id[step].ending is None]
        assert len(told) == len(set(told))

    @invariant()
    def the_facts_fold_back_into_the_state(self) -> None:
        kept = replace(self.progress, today=TODAY, attempts=NOTHING, said=frozenset())
        assert folded(self.definition, self.facts) == kept


def stored(progress: Progress) -> tuple[Any, ...]:
    """Return all that is stored because somebody said it."""
    return progress.values, progress.skipped, progress.acknowledged, progress.contested, progress.previous


def values(properties: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return values for some of these properties."""
    names = st.lists(st.sampled_from(sorted(properties)), max_size=6, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: values_of(properties[name]) for name in chosen}))


TestConversations = Conversation.TestCase
TestConversations.settings = budget(quick=25, thorough=1000, steps=8)
