"""What is handed in for an import is read within limits, and comes back only as it was shown."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from authoring.transfer.documents import Found
from authoring.transfer.import_files import (
    MAX_DOCUMENTS,
    MAX_FILES,
    MAX_SIGNED,
    HandedIn,
    NotOurs,
    TooMuch,
    read_all,
    sign,
    unsign,
)
from conftest import document
from engine.strict_json import MAX_BYTES

GOOD = document(name="good")


def upload(name: str, content: bytes | str) -> Any:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def only(*files: Any, text: str = "") -> HandedIn:
    (found,) = read_all(files, text)
    return found


def documents(handed_in: HandedIn) -> list[Any]:
    return [found.document for found in handed_in.documents]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps(GOOD)),
        ("A.JSON", json.dumps([GOOD])),
        ("a.jsonl", json.dumps(GOOD)),
        ("a.yaml", json.dumps(GOOD)),
        ("a.yml", json.dumps(GOOD)),
        ("from windows.json", b"\xef\xbb\xbf" + json.dumps(GOOD).encode()),
        ("from windows.yaml", "name: good".encode("utf-16")),
    ],
)
def test_files_of_each_kind_are_read(name: str, content: bytes | str) -> None:
    found = only(upload(name, content))

    assert not found.problems
    assert [entry["name"] for entry in documents(found)] == ["good"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (json.dumps(GOOD), 1),
        (json.dumps(GOOD, indent=2), 1),
        (json.dumps([GOOD, GOOD]), 2),
        (f"{json.dumps(GOOD)}\n\n{json.dumps(GOOD)}\n", 2),
        ("name: good\n---\nname: other\n", 2),
    ],
)
def test_pasted_text_is_recognised(text: str, count: int) -> None:
    assert len(only(text=text).documents) == count


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.exe", "{}", "Its name must end in one of"),
        ("", "{}", None),
        ("a.json", b"\xff\xfe\x00binary", "not UTF-8"),
        ("a.json", '{"a": "\\u0000"}', "NUL"),
        ("a.json", '{"a": 1, "a": 2}', "twice"),
        ("a.json", "[" * 100_000, "nested deeper"),
        ("a.json", '{"a": NaN}', "NaN"),
        ("a.json", "", "not JSON"),
        ("a.jsonl", '{}\n{"a":}\n[', "line 2"),
        ("a.yaml", "a: &a [x]\nb: *a\n", "aliases"),
        ("a.yaml", "a: !!python/object:os.system {}\n", "tags"),
        ("a.yaml", "[" * 100_000, "not YAML"),
        ("a.yaml", b"\x00\x01\x02", "not YAML"),
        ("a.yaml", b"\x89PNG\r\n\x1a\n\x00", "not YAML"),
        ("a.yaml", "", "no document"),
        ("a.json", b" " * (MAX_BYTES + 1), "larger than 1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, content: bytes | str, problem: str | None) -> None:
    if problem is None:
        nameless = upload("x.json", content)
        nameless.name = None
        assert only(nameless).name == "File without a name"
        return
    found = only(upload(name, content))

    assert not found.documents
    assert any(problem in said for said in found.problems), found.problems


def test_one_bad_file_hides_no_good_one() -> None:
    bad, good = read_all([upload("bad.json", "{"), upload("good.json", json.dumps(GOOD))], "")

    assert bad.problems
    assert documents(good) == [GOOD]


def test_too_many_files_are_refused() -> None:
    with pytest.raises(TooMuch, match="at most 20 files"):
        read_all([upload("a.json", "{}")] * (MAX_FILES + 1), "")


def test_files_that_are_too_large_together_are_refused_before_they_are_read() -> None:
    with pytest.raises(TooMuch, match="larger than 4 MB"):
        read_all([upload("a.json", b" " * MAX_BYTES)] * 5, "")


def test_too_many_documents_are_refused() -> None:
    with pytest.raises(TooMuch, match="more than 200 templates"):
        read_all([upload("a.jsonl", "{}\n" * (MAX_DOCUMENTS + 1))], "")


def test_what_was_signed_comes_back_as_it_was() -> None:
    found = Found(place="#1", document={"name": "é\u2028", "a": [1, 1.5, None, True]})
    shown = [HandedIn(name="a.json", documents=(found,), seen=("as it was",)), HandedIn(name="b.json")]

    assert unsign(sign(shown, user=7), user=7) == shown


def test_what_is_too_large_for_a_form_is_refused() -> None:
    noise = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(700_000))

    with pytest.raises(TooMuch, match="too large to be shown"):
        sign([HandedIn(name="a", documents=(Found(place="", document=noise),), seen=("",))], user=7)


def test_whatever_is_signed_can_be_sent_back(settings: Any) -> None:
    the_choices = 200 * len("choice-19-199=publish&")

    assert MAX_SIGNED + the_choices + 1000 < settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_what_was_signed_for_somebody_else_or_changed_does_not_come_back() -> None:
    signed = sign([HandedIn(name="a.json")], user=7)

    with pytest.raises(NotOurs, match="somebody else"):
        unsign(signed, user=8)
    for changed in ("", "a:b:c", signed[:-1], "." + signed, signed + "\x00é"):
        with pytest.raises(NotOurs, match="not the one that was shown"):
            unsign(changed, user=7)


def test_what_was_shown_too_long_ago_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    signed = sign([HandedIn(name="a.json")], user=7)
    monkeypatch.setattr("authoring.import_files.MAX_AGE", -1)

    with pytest.raises(NotOurs, match="two hours ago"):
        unsign(signed, user=7)
