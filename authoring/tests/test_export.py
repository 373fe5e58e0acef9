"""`export_templates`: to standard output or into a folder, and what comes out goes in again unchanged."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from authoring.tests.commands import run
from authoring.transfer.documents import FORMATS, read
from conftest import NOW, document
from registry.models import WorkflowTemplate
from registry.publish_checks import OPERATOR
from registry.registry import WorkflowRegistry

EXAMPLES = [
    found.document
    for path in sorted((settings.BASE_DIR / "examples" / "templates").glob("*.yaml"))
    for found in read(path.read_bytes(), "yaml")
]
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40) | st.sampled_from(
    ["no", "1e5", "012", "~", "a\nb\n", " a", "{{state.email}}", "\x85", "2026-01-31", "😀"]
)
METADATA = st.dictionaries(WORDS, WORDS | st.booleans() | st.integers(-(2**53), 2**53) | st.lists(WORDS), max_size=3)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example_secrets")]


def _store(*documents: dict[str, Any]) -> None:
    for given_document in documents:
        WorkflowRegistry.create(given_document, actor="author", at=NOW, publisher=OPERATOR)


def _stored() -> dict[str, dict[str, Any]]:
    return {template.name: template.document() for template in WorkflowTemplate.objects.all()}


@pytest.mark.parametrize("kind", FORMATS)
def test_all_templates_go_to_standard_output_by_name(kind: str) -> None:
    _store(document(name="beta"), document(name="alpha", guidelines="Be kind.\nAlways."))

    ran = run("export_templates", "--format", kind)

    first, second = (found.document for found in read(ran.output.encode(), kind))
    assert (first["name"], first["guidelines"], second["name"]) == ("alpha", "Be kind.\nAlways.", "beta")
    assert (ran.complaints, ran.error) == ("", "")


def test_keys_that_say_nothing_are_left_out() -> None:
    given_document = document(name="plain", category="", metadata={}, is_active=True, confirmation="none")
    _store(given_document)

    exported = json.loads(run("export_templates").output)

    assert set(exported) == {"name", "state_schema", "steps", "end_action_type"}


def test_a_template_that_is_retired_says_so() -> None:
    _store(document(name="old", is_active=False))

    assert json.loads(run("export_templates", "old").output)["is_active"] is False


def test_named_templates_are_exported_alone() -> None:
    _store(*(document(name=name) for name in ("a", "b", "c")))

    exported = json.loads(run("export_templates", "c", "a").output)

    assert [found["name"] for found in exported] == ["a", "c"]


def test_unknown_names_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    _store(document(name="a"))

    ran = run("export_templates", "a", "x", "y", "--folder", tmp_path / "out")

    assert ran.error == "There is no template 'x', 'y'."
    assert (ran.output, list(tmp_path.iterdir())) == ("", [])


@pytest.mark.parametrize("kind", FORMATS)
def test_a_folder_gets_one_file_per_template(tmp_path: Path, kind: str) -> None:
    _store(document(name="loan"), document(name="Möbel & more"))

    ran = run("export_templates", "--format", kind, "--folder", tmp_path / "new" / "out")

    files = {path.name: read(path.read_bytes(), kind) for path in (tmp_path / "new" / "out").iterdir()}
    assert set(files) == {f"loan.{kind}", f"Möbel_more.{kind}"}
    assert all(len(found) == 1 for found in files.values())
    assert f"{tmp_path}/new/out/loan.{kind}: loan (v1)" in ran.complaints
    assert (ran.output, ran.error) == ("", "")


def test_names_that_look_alike_on_disk_get_files_of_their_own(tmp_path: Path) -> None:
    names = ["a b", "a/b", "A b", "a_b-2", "../../a_b", "...", "/", "字" * 255, "字" * 254]
    _store(*(document(name=name) for name in names))

    ran = run("export_templates", "--folder", tmp_path)

    files = list(tmp_path.iterdir())
    assert ran.error == ""
    assert sorted(json.loads(path.read_text())["name"] for path in files) == sorted(names)
    assert len({path.name.lower() for path in files}) == len(names)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    _store(document(name="a"))
    (tmp_path / "file").touch()

    ran = run("export_templates", "--folder", tmp_path / "file")

    assert ran.error == f"{tmp_path}/file cannot be written: File exists."


@pytest.mark.parametrize("kind", FORMATS)
def test_exported_examples_are_imported_as_they_were(tmp_path: Path, kind: str) -> None:
    _store(*EXAMPLES)
    before = _stored()

    run("export_templates", "--format", kind, "--folder", tmp_path)
    WorkflowTemplate.objects.all().delete()
    ran = run("import_templates", tmp_path)

    assert (ran.error, ran.output.count(" created (v1)")) == ("", len(EXAMPLES))
    assert _stored() == before


def test_importing_what_was_exported_changes_nothing(tmp_path: Path) -> None:
    _store(*EXAMPLES)

    run("export_templates", "--format", "yaml", "--folder", tmp_path)
    ran = run("import_templates", "--update", tmp_path)

    assert ran.output.count(" unchanged (v1)") == len(EXAMPLES)


@given(
    example=st.sampled_from(EXAMPLES),
    guidelines=WORDS,
    description=WORDS,
    metadata=METADATA,
    kind=st.sampled_from(FORMATS),
)
@hypothesis_settings(max_examples=40, deadline=None)
def test_whatever_authors_write_survives_export_and_import(
    tmp_path_factory: pytest.TempPathFactory, example: dict[str, Any], kind: str, **written: Any
) -> None:
    folder = tmp_path_factory.mktemp("export")
    with transaction.atomic():
        _store({**example, **written})
        before = _stored()

        run("export_templates", "--format", kind, "--folder", folder)
        WorkflowTemplate.objects.all().delete()
        ran = run("import_templates", folder)

        assert (ran.error, ran.complaints) == ("", "")
        assert _stored() == before
        transaction.set_rollback(True)
