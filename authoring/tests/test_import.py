"""`import_templates`: files, folders and standard input, each file whole or not at all."""

import json
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from authoring.tests.commands import run
from authoring.transfer.documents import write
from conftest import document, step
from events.models import Event
from registry.models import TemplateVersion, WorkflowTemplate

pytestmark = pytest.mark.django_db

GOOD = document(name="good")
OTHER = document(name="other")
THIRD = document(name="third")
BAD = document(name="bad", steps=[step("a", fields=["emial"]), step("a", colour="red")])


def _file(folder: Path, name: str, *documents: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write(documents, path.suffix.removeprefix(".")), encoding="utf-8")
    return path


def _names() -> list[str]:
    return sorted(WorkflowTemplate.objects.values_list("name", flat=True))


@pytest.mark.parametrize("suffix", ["json", "jsonl", "yaml"])
@pytest.mark.parametrize("documents", [[GOOD], [GOOD, OTHER, THIRD]], ids=["one", "several"])
def test_every_kind_of_file_holds_one_template_or_several(
    tmp_path: Path, suffix: str, documents: list[dict[str, Any]]
) -> None:
    path = _file(tmp_path, f"all.{suffix}", *documents)

    ran = run("import_templates", path)

    assert ran.output.splitlines() == [f"[1/1] {path}: {found['name']} created (v1)" for found in documents]
    assert (ran.complaints, ran.error) == ("", "")
    assert _names() == sorted(found["name"] for found in documents)


def test_what_is_imported_is_published_and_on_record(tmp_path: Path) -> None:
    run("import_templates", _file(tmp_path, "good.json", GOOD))

    version = TemplateVersion.objects.get(template__name="good")
    assert (version.number, version.note, version.published_by) == (1, "Imported", "command:import_templates")
    assert Event.objects.get().actor == "command:import_templates"
    assert version.template.document().items() >= GOOD.items()


def test_files_and_folders_are_imported_in_the_order_they_are_named(tmp_path: Path) -> None:
    first = _file(tmp_path, "z.yaml", THIRD)
    _file(tmp_path, "folder/b/deep.json", GOOD)
    _file(tmp_path, "folder/a.jsonl", OTHER)
    (tmp_path / "folder/README.md").write_text("not for us")

    ran = run("import_templates", first, tmp_path / "folder")

    assert [line.split(": ")[1] for line in ran.output.splitlines()] == [
        "third created (v1)",
        "other created (v1)",
        "good created (v1)",
    ]
    assert ran.output.startswith("[1/3]")


@pytest.mark.parametrize("kind", ["json", "jsonl", "yaml"])
def test_standard_input_is_read_in_the_format_that_is_named(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = write([GOOD, OTHER], kind)
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))

    ran = run("import_templates", "-", "--format", kind)

    assert (ran.error, _names()) == ("", ["good", "other"])
    assert ran.output.startswith("[1/1] -: good created (v1)")


def test_a_dry_run_says_what_would_happen_and_stores_nothing(tmp_path: Path) -> None:
    path = _file(tmp_path, "two.yaml", GOOD, OTHER)

    ran = run("import_templates", "--dry-run", path)

    assert ran.output.splitlines() == [
        f"[1/1] {path}: good created (v1)",
        f"[1/1] {path}: other created (v1)",
        "Nothing was stored: this was a dry run.",
    ]
    assert (_names(), Event.objects.count()) == ([], 0)


def test_a_dry_run_finds_the_same_mistakes(tmp_path: Path) -> None:
    ran = run("import_templates", "--dry-run", _file(tmp_path, "bad.yaml", BAD))

    assert "bad: /steps/1/colour: " in ran.complaints
    assert ran.error == "1 of 1 files were refused; nothing of them is stored."


def test_a_name_that_is_taken_is_refused_unless_asked_otherwise(tmp_path: Path) -> None:
    run("import_templates", _file(tmp_path, "good.json", GOOD))
    path = _file(tmp_path, "again.json", {**GOOD, "guidelines": "Be kind."}, OTHER)

    ran = run("import_templates", path)

    assert ran.complaints == f"{path}: #1 good: There is a template 'good' already.\n"
    assert ran.error == "1 of 1 files were refused; nothing of them is stored."
    assert _names() == ["good"]
    assert WorkflowTemplate.objects.get().guidelines == ""


def test_update_makes_changed_content_a_new_version(tmp_path: Path) -> None:
    run("import_templates", _file(tmp_path, "old.yaml", GOOD, OTHER, THIRD))
    changes = [{**GOOD, "guidelines": "Be kind."}, {**OTHER, "category": "new"}, THIRD, document(name="fourth")]

    ran = run("import_templates", "--update", _file(tmp_path, "new.yaml", *changes))

    assert [line.split(": ")[1] for line in ran.output.splitlines()] == [
        "good updated (v2)",
        "other updated (v1)",
        "third unchanged (v1)",
        "fourth created (v1)",
    ]
    assert WorkflowTemplate.objects.get(name="good").guidelines == "Be kind."
    assert WorkflowTemplate.objects.get(name="other").category == "new"


def test_keep_leaves_what_is_there_and_adds_the_rest(tmp_path: Path) -> None:
    run("import_templates", _file(tmp_path, "old.yaml", GOOD))

    ran = run("import_templates", "--keep", _file(tmp_path, "new.yaml", {**GOOD, "guidelines": "Be kind."}, OTHER))

    assert [line.split(": ")[1] for line in ran.output.splitlines()] == ["good kept (v1)", "other created (v1)"]
    assert WorkflowTemplate.objects.get(name="good").guidelines == ""


def test_update_and_keep_exclude_each_other(tmp_path: Path) -> None:
    ran = run("import_templates", "--update", "--keep", _file(tmp_path, "good.yaml", GOOD))

    assert "not allowed with argument" in ran.error
    assert _names() == []


def test_each_file_is_taken_in_whole_or_not_at_all(tmp_path: Path) -> None:
    first = _file(tmp_path, "1.yaml", GOOD)
    second = _file(tmp_path, "2.yaml", OTHER, BAD)
    third = _file(tmp_path, "3.yaml", THIRD)

    ran = run("import_templates", tmp_path)

    assert _names() == ["good", "third"]
    assert ran.output.splitlines() == [f"[1/3] {first}: good created (v1)", f"[3/3] {third}: third created (v1)"]
    assert all(line.startswith(f"{second}: #2 bad: ") for line in ran.complaints.splitlines())
    assert ran.error == "1 of 3 files were refused; nothing of them is stored."


def test_an_update_that_is_refused_halfway_is_undone(tmp_path: Path) -> None:
    run("import_templates", _file(tmp_path, "old.yaml", GOOD))

    run("import_templates", "--update", _file(tmp_path, "new.yaml", {**GOOD, "guidelines": "Be kind."}, BAD))

    good = WorkflowTemplate.objects.get()
    assert (good.current_version, good.guidelines, good.versions.count()) == (1, "", 1)


def test_every_mistake_of_every_document_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in (BAD, GOOD, "no template", {"name": "empty"})))

    ran = run("import_templates", path)

    places = [line.removeprefix(f"{path}: ").split(": ")[:2] for line in ran.complaints.splitlines()]
    assert sorted(places) == [
        ["line 1 bad", "/steps/0/fields/0"],
        ["line 1 bad", "/steps/1/colour"],
        ["line 3", "This must be of type object."],
        ["line 4 empty", "/end_action_type"],
        ["line 4 empty", "/state_schema"],
        ["line 4 empty", "/steps"],
    ]
    assert _names() == []


def test_a_name_that_occurs_twice_in_a_file_is_refused(tmp_path: Path) -> None:
    ran = run("import_templates", _file(tmp_path, "twice.yaml", GOOD, OTHER, GOOD))

    assert "#3: /name: 'good' is in this file twice." in ran.complaints
    assert _names() == []


def test_a_text_that_cannot_be_read_is_named_with_its_file(tmp_path: Path) -> None:
    _file(tmp_path, "c.yaml", GOOD)
    (tmp_path / "a.yaml").write_text("name: [good\nsteps: 1")
    (tmp_path / "b.jsonl").write_text('{"name": NaN}\n{"name": 1, "name": 2}')

    ran = run("import_templates", tmp_path)

    yaml_words, *line_words = ran.complaints.splitlines()
    assert yaml_words.startswith(f"{tmp_path}/a.yaml: This is not YAML we read: ")
    assert yaml_words.endswith("(line 2, column 6).")
    assert line_words == [
        f"{tmp_path}/b.jsonl: line 1: NaN is not JSON.",
        f"{tmp_path}/b.jsonl: line 2: The key 'name' occurs twice in one object.",
    ]
    assert ran.error == "2 of 3 files were refused; nothing of them is stored."
    assert _names() == ["good"]


def test_an_empty_file_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.touch()

    ran = run("import_templates", path)

    assert ran.complaints == f"{path}: There is no document in it.\n"
    assert ran.error


def test_a_path_that_leads_to_no_template_stops_everything(tmp_path: Path) -> None:
    good = _file(tmp_path, "good.yaml", GOOD)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "empty").mkdir()

    missing = run("import_templates", good, tmp_path / "missing.yaml")
    unknown = run("import_templates", good, tmp_path / "notes.txt")
    empty = run("import_templates", tmp_path / "empty")

    assert missing.error == f"{tmp_path}/missing.yaml: There is no such file or folder."
    assert unknown.error == (f"{tmp_path}/notes.txt: Its name must end in one of: .json, .jsonl, .ndjson, .yaml, .yml.")
    assert empty.error == "No template files were found."
    assert _names() == []


def test_a_file_that_the_system_withholds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Taking the permission away would not stop root, who runs the tests in many containers.
    def withheld(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    path = _file(tmp_path, "secret.yaml", GOOD)
    monkeypatch.setattr(Path, "read_bytes", withheld)

    ran = run("import_templates", path)

    assert ran.complaints == f"{path}: The file cannot be read: Permission denied.\n"
    assert ran.error == "1 of 1 files were refused; nothing of them is stored."
