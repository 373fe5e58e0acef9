"""What is found wrong with a run: each kind of loss is told from the others, and a clean run from all of them."""

from dataclasses import replace

import pytest

from torture.history import Counted, Findings, History, Hit, judge


def hit(workflow: str, key: str, *, was_taken: bool = True) -> Hit:
    return Hit(workflow=workflow, key=key, was_taken=was_taken)


CLEAN = History(
    acknowledged=frozenset({"a", "b"}),
    hits=(hit("a", "1", was_taken=False), hit("a", "1"), hit("a", "1"), hit("b", "2")),
    stored={"a": "completed", "b": "completed"},
    deliveries=(Counted(workflow="a", status="delivered", attempts=3, numbers=(1, 2, 3)),),
)


def test_nothing_is_wrong_with_what_is_taken_twice_under_one_key() -> None:
    found = judge(CLEAN)

    assert found.are_none
    assert (found.completions, found.repeated) == (2, 1)


@pytest.mark.parametrize(
    ("history", "findings"),
    [
        (replace(CLEAN, hits=(hit("a", "1"),)), Findings(lost=("b",))),
        (replace(CLEAN, hits=(hit("a", "1"), hit("b", "2", was_taken=False))), Findings(lost=("b",))),
        (replace(CLEAN, hits=(*CLEAN.hits, hit("c", "3"))), Findings(phantom=("c",))),
        (replace(CLEAN, hits=(*CLEAN.hits, hit("b", "9"))), Findings(keys=("b",))),
        (replace(CLEAN, hits=(hit("a", "1"), hit("b", "1"))), Findings(keys=("a", "b"))),
        (replace(CLEAN, stored={"a": "completed", "b": "finishing"}), Findings(unfinished=("b",))),
        (replace(CLEAN, stored={"a": "completed", "b": "failed"}), Findings(unfinished=("b",))),
        (replace(CLEAN, stored={**CLEAN.stored, "c": "completed"}), Findings(unasked=("c",))),
        (
            replace(CLEAN, deliveries=(Counted(workflow="a", status="delivered", attempts=2, numbers=(1, 2, 2)),)),
            Findings(miscounted=("a",)),
        ),
        (
            replace(CLEAN, deliveries=(Counted(workflow="a", status="pending", attempts=1, numbers=(1,)),)),
            Findings(miscounted=("a",)),
        ),
    ],
)
def test_what_is_wrong_is_named(history: History, findings: Findings) -> None:
    assert judge(history) == findings
    assert not judge(history).are_none
