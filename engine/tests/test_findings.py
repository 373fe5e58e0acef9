import pytest

from engine.findings import Finding, Severity, errors, pointer


@pytest.mark.parametrize(
    ("parts", "path"),
    [((), ""), (("steps", 0, "id"), "/steps/0/id"), (("a/b", "c~d", "~1"), "/a~1b/c~0d/~01"), (("",), "/")],
)
def test_a_pointer_escapes_its_parts(parts: tuple[str | int, ...], path: str) -> None:
    assert pointer(*parts) == path


def test_a_finding_as_json_leaves_out_what_is_not_known() -> None:
    finding = Finding(rule="unknown_key", path="/a", message="No.")

    assert finding.as_dict() == {"rule": "unknown_key", "severity": "error", "path": "/a", "message": "No."}


def test_a_finding_as_json_says_all_it_knows() -> None:
    finding = Finding(
        rule="dead",
        path="",
        message="No.",
        severity=Severity.INFO,
        step="s",
        field="f",
        suggestion="g",
        witness={"a": 1},
    )

    assert finding.as_dict() == {
        "rule": "dead",
        "severity": "info",
        "path": "",
        "step": "s",
        "field": "f",
        "message": "No.",
        "suggestion": "g",
        "witness": {"a": 1},
    }


def test_only_errors_block() -> None:
    error, warning, info = (Finding(rule="r", path="", message="m", severity=severity) for severity in Severity)

    assert errors([warning, error, info]) == (error,)
    assert (error.is_error, warning.is_error, info.is_error) == (True, False, False)
