"""Trying an example out goes as its walks go over REST: both are the same engine."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from authoring.transfer.documents import read
from authoring.trial.acts import Acknowledge, Act, Confirm, Fails, Found, Skip, Submit
from authoring.trial.walking import Place, Walk, walk
from engine.json_pointer import all_pointed_to
from engine.workflow import Next

EXAMPLES = Path(__file__).parents[3] / "examples"
TODAY = date(2026, 3, 1)


def _read(path: Path) -> list[Any]:
    return [found.document for found in read(path.read_bytes(), "yaml")]


def _template(name: str) -> dict[str, Any]:
    (document,) = _read(EXAMPLES / "templates" / f"{name}.yaml")
    return dict(document)


# Without the walks that add entries to a list one by one: a form gives it whole.
WALKS = [
    (path.stem, told)
    for path in sorted((EXAMPLES / "walks").glob("*.yaml"))
    for told in _read(path)
    if not any("append" in submission for submission in told["submissions"])
]


def _acts(submission: dict[str, Any]) -> Iterator[Act]:
    if "data" in submission:
        yield Submit(data=submission["data"])
    yield from (Skip(step=step) for step in submission.get("skip", ()))
    yield from (Acknowledge(step=step) for step in submission.get("acknowledge", ()))
    if submission.get("confirm"):
        yield Confirm()


class _Trial:
    """A walk as an author takes it, with what the outside answers."""

    def __init__(self, document: dict[str, Any], answers: list[dict[str, Any]]) -> None:
        self.document = document
        self.actions = {step["id"]: step["action"] for step in document["steps"] if "action" in step}
        self.answers = list(answers)
        self.acts: list[Act] = []

    def do(self, act: Act) -> Walk:
        self.acts.append(act)
        done = walk(self.document, self.acts, today=TODAY)
        assert done.dropped == 0, act
        return done

    def after_the_server(self, now: Walk) -> Walk:
        while now.next is Next.WAIT and now.current is not None:
            now = self.do(self._result_of(now.current.id))
        return now

    def _result_of(self, step: str) -> Act:
        if self.actions[step]["type"] == "tool_call":  # ours, and so in no script
            return Found(step=step, data=dict.fromkeys(self.actions[step]["result"], "made up"))
        answer = self.answers.pop(0)
        if answer.get("status", 200) >= 300:
            return Fails(step=step)
        return Found(step=step, data=all_pointed_to(answer["body"], self.actions[step]["result"]))


@pytest.mark.parametrize(("name", "told"), WALKS, ids=[f"{name}: {told['title']}" for name, told in WALKS])
def test_a_walk_of_an_example_goes_as_over_rest(name: str, told: dict[str, Any]) -> None:
    document = _template(name)
    trial = _Trial(document, told.get("answers", []))

    for submission in told["submissions"]:
        seen = [trial.do(act) for act in _acts(submission)]
        now = trial.after_the_server(seen[-1])

        expected = submission["expect"]
        rejected = {found.field for one in seen for found in one.report.rejected}
        assert rejected == set(expected.get("rejected", ()))
        assert {unmet.step for unmet in now.unmet} == set(expected.get("unmet", ()))
        ending = now.next in (Next.DONE, Next.FINISHING)
        assert ("done" if ending else now.next) == ("done" if expected["next"] == "finishing" else expected["next"])
        assert (now.current.id if now.current and not ending else None) == expected["current_step"]


@pytest.mark.parametrize("path", sorted((EXAMPLES / "templates").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_begins_with_what_it_asks_first_and_nothing_collected(path: Path) -> None:
    (document,) = _read(path)

    begun = walk(document, [], today=TODAY)

    assert [step.id for step in begun.steps] == [step["id"] for step in document["steps"]]
    places = [step.place for step in begun.steps]
    first = places.index(Place.CURRENT)
    assert set(places[:first]) <= {Place.DONE}  # what is only told
    assert set(places[first + 1 :]) <= {Place.AHEAD, Place.LEFT_OUT}
    assert not begun.collected
    assert not begun.unmet
