"""`import_step_templates`: the manners of `import_templates`, for reusable steps."""

from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from authoring.tests.commands import run
from authoring.transfer.documents import write
from conftest import document, reusable_step
from registry.models import StepTemplate, StepTemplateVersion
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db

COMMAND = "import_step_templates"
LIBRARY = settings.BASE_DIR / "examples" / "step_templates"
ADDRESS, HOME = reusable_step(), reusable_step(slug="home")


def _file(folder: Path, name: str, *sources: Any) -> Path:
    path = folder / name
    path.write_text(write(sources, path.suffix.removeprefix(".")), encoding="utf-8")
    return path


def _slugs() -> list[str]:
    return list(StepTemplate.objects.values_list("slug", flat=True))


def test_what_is_imported_is_published_and_on_record(tmp_path: Path) -> None:
    path = _file(tmp_path, "two.yaml", ADDRESS, HOME)

    ran = run(COMMAND, path)

    assert ran.output.splitlines() == [f"[1/1] {path}: address created (v1)", f"[1/1] {path}: home created (v1)"]
    version = StepTemplateVersion.objects.get(step_template__slug="address")
    assert (version.number, version.note, version.published_by) == (1, "Imported", "command:import_step_templates")
    assert version.step_template.source().items() >= ADDRESS.items()


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(write([ADDRESS], "jsonl").encode())))

    assert run(COMMAND, "-", "--format", "jsonl").output.startswith("[1/1] -: address created (v1)")


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    ran = run(COMMAND, "--dry-run", _file(tmp_path, "one.json", ADDRESS))

    assert ran.output.endswith("Nothing was stored: this was a dry run.\n")
    assert _slugs() == []


def test_update_makes_changed_content_a_new_version_and_keep_keeps(tmp_path: Path) -> None:
    run(COMMAND, _file(tmp_path, "old.yaml", ADDRESS, HOME))
    changed = {**ADDRESS, "step": {**ADDRESS["step"], "name": "Where?"}}
    path = _file(tmp_path, "new.yaml", changed, HOME)

    kept, updated, again = run(COMMAND, "--keep", path), run(COMMAND, "--update", path), run(COMMAND, "--update", path)

    assert [line.partition(": ")[2] for line in (kept.output + updated.output + again.output).splitlines()] == [
        "address kept (v1)",
        "home kept (v1)",
        "address updated (v2)",
        "home unchanged (v1)",
        "address unchanged (v2)",
        "home unchanged (v1)",
    ]


def test_a_file_with_a_mistake_is_refused_whole_and_every_mistake_named(tmp_path: Path) -> None:
    bad = {**HOME, "slug": "No slug", "colour": "red"}
    path = _file(tmp_path, "bad.yaml", ADDRESS, bad, ADDRESS)

    ran = run(COMMAND, path)

    slug, colour, twice = ran.complaints.splitlines()
    assert slug.startswith(f"{path}: #2 No slug: /slug: This is the short name that templates use")
    assert colour.startswith(f"{path}: #2 No slug: /colour: There is no key 'colour' here.")
    assert twice == f"{path}: #3: /slug: 'address' is in this file twice."
    assert (ran.error, _slugs()) == ("1 of 1 files were refused; nothing of them is stored.", [])


def test_a_slug_that_is_taken_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, "one.yaml", ADDRESS)
    run(COMMAND, path)

    assert run(COMMAND, path).complaints == f"{path}: address: There is a reusable step 'address' already.\n"


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    assert run(COMMAND, tmp_path).error == "No reusable step files were found."


def test_the_library_comes_in_and_templates_that_use_it_after_it(tmp_path: Path) -> None:
    steps: list[dict[str, Any]] = [
        {"id": "name", "uses": "person-name@1"},
        {"id": "home", "uses": "address@1", "prefix": "home_"},
        {"id": "work", "uses": "address@1", "prefix": "work_", "required": False},
    ]
    template = _file(tmp_path, "visit.yaml", document(name="visit", properties={}, steps=steps))

    assert run("import_templates", template).complaints.startswith(
        f"{template}: visit: /steps/0/uses: There is no reusable step 'person-name'."
    )
    assert run(COMMAND, LIBRARY).error == ""
    assert run("import_templates", template).output == f"[1/1] {template}: visit created (v1)\n"
    assert run("import_templates", "--update", template).output == f"[1/1] {template}: visit unchanged (v1)\n"
    stored = WorkflowRegistry.discover(name="visit").get()
    assert stored.steps[2]["fields"][0] == "work_street"
