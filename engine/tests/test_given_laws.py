"""Laws about who gave what, and about evidence, whatever is said to whatever template."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.definition import Definition, Sensitivity
from engine.progress import Progress, Status
from engine.sources import CLAIMABLE, Source
from engine.submission import Submission
from engine.tests.budget import budget
from engine.tests.builders import TODAY, begin
from engine.tests.generated import documents
from engine.tests.talking import submissions
from engine.workflow import submit

LAW = budget(quick=40, thorough=2000)


@st.composite
def private_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return a document in which some fields are for no model's eyes."""
    document = draw(documents())
    for part in document["state_schema"]["properties"].values():
        if draw(st.booleans()):
            part["x-sensitive"] = "never_llm"
    return document


@st.composite
def talks(draw: st.DrawFn) -> tuple[Definition, list[Submission]]:
    """Return a definition, and what several people and models say to a workflow of it."""
    document, sources = draw(private_documents()), st.sampled_from(CLAIMABLE)
    said = [replace(draw(submissions(document)), source=draw(sources)) for _ in range(4)]
    return Definition.from_document(document), said


@LAW
@given(talk=talks())
def test_sources_are_those_of_the_stored_values_and_only_a_hand_on_one_changes_it(
    talk: tuple[Definition, list[Submission]],
) -> None:
    definition, said = talk
    progress = begin(definition).progress
    for one in said:
        before, progress = progress, _after(definition, progress, one)
        assert progress.sources.keys() == progress.values.keys()
        named = {*one.data, *one.append, *one.remove}
        for name, source in progress.sources.items():
            assert source == before.sources.get(name) or (name in named and source == one.source)


@LAW
@given(talk=talks())
def test_a_model_never_changes_what_no_model_may_see(talk: tuple[Definition, list[Submission]]) -> None:
    """What depends on what it does change may be taken out; that is the author's word and not its own."""
    definition, said = talk
    progress = begin(definition).progress
    for one in said:
        before, progress = progress, _after(definition, progress, one)
        if one.source is Source.LLM:
            own, kept = _private(definition, before.values), _private(definition, progress.values)
            gone = own.keys() - kept.keys()
            assert gone <= progress.previous.keys()
            assert kept == {name: value for name, value in own.items() if name not in gone}
            assert _private(definition, before.attempts) == _private(definition, progress.attempts)
            assert not any(_is_private(definition, name) for name in progress.contested - before.contested)


@LAW
@given(talk=talks(), data=st.data())
def test_evidence_that_was_said_changes_nothing(talk: tuple[Definition, list[Submission]], data: st.DataObject) -> None:
    definition, said = talk
    progress = begin(definition).progress
    for one in said:
        if progress.status is not Status.ACTIVE:
            return
        evidence = {name: f"said of {name.upper()}" for name in sorted(one.given) if data.draw(st.booleans())}
        proved = replace(one, evidence=evidence, message="; ".join(evidence.values()).lower())
        plain = submit(definition, progress, one, today=TODAY)
        assert submit(definition, progress, proved, today=TODAY) == plain
        progress = plain.progress


@LAW
@given(talk=talks())
def test_what_was_not_said_neither_changes_nor_settles_nor_counts(talk: tuple[Definition, list[Submission]]) -> None:
    definition, said = talk
    progress = begin(definition).progress
    for one in said:
        if progress.status is not Status.ACTIVE:
            return
        values = Submission(data=one.data, append=one.append, coerce=one.coerce, source=one.source)
        claimed = replace(values, evidence=dict.fromkeys(values.given, "not said"), message="nothing of the kind")
        assert submit(definition, progress, claimed, today=TODAY).progress == progress
        progress = _after(definition, progress, one)


def _after(definition: Definition, progress: Progress, said: Submission) -> Progress:
    is_active = progress.status is Status.ACTIVE
    return submit(definition, progress, said, today=TODAY).progress if is_active else progress


def _private(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if _is_private(definition, name)}


def _is_private(definition: Definition, name: str) -> bool:
    return definition.fields[name].sensitive is Sensitivity.NEVER_LLM
