"""Files as documents: what is read, what is refused and in which words. No database."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.transfer.documents import FORMATS, Found, UnreadableFile, files_in, read, write

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")) | st.sampled_from(
    ["", " ", "\n", " a\nb", "a\n", "\n\n a", "no", "012", "1e5", "1.5e3", "-0", "~", "2026-01-31", "\x85", "\u2028"]
)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-(2.0**53), 2.0**53)
VALUES = st.recursive(
    SCALARS | TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=8
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=4)


@pytest.mark.parametrize("kind", FORMATS)
@given(documents=st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_what_is_written_is_read_back_the_same(kind: str, documents: list[dict[str, Any]]) -> None:
    text = write(documents, kind).encode()

    assert [found.document for found in read(text, kind)] == documents


def test_texts_of_several_lines_are_written_as_lines() -> None:
    assert write([{"guidelines": "First.\n\nThen.\n"}], "yaml") == "guidelines: |\n  First.\n\n  Then.\n"


@pytest.mark.parametrize(
    ("kind", "text", "places"),
    [
        ("json", '{"a": 1}', [""]),
        ("json", '[{"a": 1}]', ["#1"]),
        ("json", '[{"a": 1}, {"a": 2}]', ["#1", "#2"]),
        ("jsonl", '{"a": 1}\n\n{"a": 2}', ["line 1", "line 3"]),
        ("jsonl", '{"a": 1}\r\n{"a": "\u2028"}\r\n', ["line 1", "line 2"]),
        ("yaml", "a: 1", [""]),
        ("yaml", "a: 1\n---\na: 2\n", ["#1", "#2"]),
        ("yaml", "- a: 1\n- a: 2\n---\na: 3\n", ["#1", "#2", "#3"]),
    ],
)
def test_every_document_has_its_place(kind: str, text: str, places: list[str]) -> None:
    assert [found.place for found in read(text.encode(), kind)] == places


def test_yaml_means_what_json_would() -> None:
    text = "a: 2026-01-31\nb: no\nc: 012\nd: 0x1F\ne: 1_000\nf: 12:30\ng: true\nh: 1.5\ni: ~\nj:\nk: -7\nl: .nan\n"

    assert read(f"{text}<<: {{m: 1}}".encode(), "yaml")[0].document == {
        "a": "2026-01-31",
        "b": "no",
        "c": "012",
        "d": "0x1F",
        "e": "1_000",
        "f": "12:30",
        "g": True,
        "h": 1.5,
        "i": None,
        "j": None,
        "k": -7,
        "l": ".nan",
        "<<": {"m": 1},
    }


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("json", b"", "This is not JSON: Expecting value (line 1, column 1)."),
        ("json", b'{\n"a": }', "This is not JSON: Expecting value (line 2, column 6)."),
        ("json", b"[]", "There is no document in it."),
        ("json", b'{"a": 1, "a": 2}', "The key 'a' occurs twice in one object."),
        ("json", b'{"a": NaN}', "NaN is not JSON."),
        ("json", b'{"a": 1e400}', "A number is not finite. Send large numbers as strings."),
        ("json", b'{"a": "\\u0000"}', "A text contains the NUL character."),
        ("json", b'{"a": "\\ud800"}', "A text contains half of a surrogate pair."),
        ("json", b'{"a": "\xff"}', "The text is not UTF-8 (byte 7)."),
        ("json", b"[" * 40 + b"]" * 40, "The value is nested deeper than 32 levels."),
        ("jsonl", b"\n \n", "There is no document in it."),
        ("yaml", b"# nothing but a remark\n", "There is no document in it."),
        ("yaml", b"a: 1\nb: [", "expected the node content, but found '<stream end>' (line 2, column 5)."),
        ("yaml", b"a: 1\na: 2", "This is not YAML we read: a key occurs twice (line 1, column 1)."),
        ("yaml", b"a: &x 1\nb: *x", "This is not YAML we read: aliases are not supported (line 2, column 4)."),
        ("yaml", b"a: !!timestamp 2026", "This is not YAML we read: tags are not supported (line 1, column 4)."),
        ("yaml", b'a: !!int ""', "tags are not supported"),
        ("yaml", b"a: !!python/name:os.system x", "tags are not supported"),
        ("yaml", b"[a]: 1", "This is not YAML we read: found unhashable key (line 1, column 1)."),
        ("yaml", b"2: 1", "A key must be a string, not 2."),
        ("yaml", b"a: 1e400", "A number is not finite. Send large numbers as strings."),
        ("yaml", b"a: " + b"9" * 5000, "This is not YAML we read"),
        ("yaml", b'a: "\\0"', "A text contains the NUL character."),
        ("yaml", b"a: \x00", "This is not YAML we read: special characters are not allowed (position 3)."),
        ("yaml", b'a: "\\ud800"', "A text contains half of a surrogate pair."),
        ("yaml", b"a: \xff", "This is not YAML we read: invalid start byte (position 3)."),
        ("yaml", b"[" * 50_000, "This is not YAML we read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(kind: str, text: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(text, kind)

    assert words in refused.value.message
    assert "\n" not in refused.value.message


def test_all_lines_that_are_wrong_are_named() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(b'{"a": 1}\n{"a": NaN}\n{"a": 1}\nnothing', "jsonl")

    first, second = refused.value.message.splitlines()
    assert first == "line 2: NaN is not JSON."
    assert second.startswith("line 4: This is not JSON: Expecting value")


def test_a_few_lines_that_would_unfold_to_gigabytes_are_refused_at_once() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40))

    with pytest.raises(UnreadableFile, match="aliases are not supported"):
        read(bomb.encode(), "yaml")


def test_a_folder_is_searched_to_the_bottom_and_in_order(tmp_path: Path) -> None:
    names = ["b.json", "a/deep/er.YML", "a/one.jsonl", "a/notes.txt", "c.yaml", "d.ndjson"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.json").mkdir()

    found = [path.relative_to(tmp_path).as_posix() for path in files_in(tmp_path)]

    assert found == ["a/deep/er.YML", "a/one.jsonl", "b.json", "c.yaml", "d.ndjson"]


def test_a_document_is_a_value_with_its_place() -> None:
    assert read(b'["x", null]', "json") == [Found(place="#1", document="x"), Found(place="#2", document=None)]
