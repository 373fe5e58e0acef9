"""The draft in the editor: what its page shows, and what its script is told while somebody types."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from authoring.editor.findings import Told, tab_of, told
from authoring.editor.rows import Page, RowView, new_rows
from authoring.editor.words import FIELD_OPERATORS, OPERATOR_WORDS
from authoring.people import person
from authoring.reuse import services as reuse
from authoring.sheet.kinds import Kind, kind_of
from authoring.sheet.rows import Mistake, Row
from authoring.sheet.whole import FIELDS, STEPS, Compiled, Sheet, sheet_of
from engine.conditions import same
from engine.findings import Finding, Severity
from engine.messages import choices
from engine.wording import as_list, as_mapping
from registry.documents import working_document
from registry.models import WorkflowTemplate
from registry.offers import Offered, offers
from registry.publish_checks import Publisher
from registry.registry import WorkflowRegistry
from rest.callers import Caller

TABS = (
    ("about", "About"),
    ("information", "Information"),
    ("steps", "Steps"),
    ("finish", "Finish"),
    ("versions", "Versions"),
    ("advanced", "Advanced"),
)


def published_names(template: WorkflowTemplate) -> frozenset[str]:
    """Return the fields that clients and running workflows know by name."""
    return frozenset(template.state_schema.get("properties", {}))


def opened(template: WorkflowTemplate) -> Sheet:
    """Return the sheet of what the editor opens."""
    return sheet_of(working_document(template), published=published_names(template))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is wrong with a draft: inputs that cannot be read, and everything found in the document."""

    mistakes: tuple[Mistake, ...]
    findings: tuple[Finding, ...]
    told: tuple[Told, ...]

    def counts(self) -> dict[str, int]:
        """Return how many things are to be corrected on each tab."""
        tabs = [tab_of(mistake.place, mistake.place.rpartition("-")[2]) for mistake in self.mistakes]
        tabs += [one.tab for one in self.told if one.severity == Severity.ERROR]
        return {tab: tabs.count(tab) for tab, _ in TABS} | {"checks": len(tabs)}


def check(made: Compiled, sheet: Sheet, caller: Caller) -> Checked:
    """Return everything that is wrong with what somebody wrote."""
    findings = WorkflowRegistry.validate(made.document, publisher=Publisher.of(caller))
    return Checked(mistakes=made.mistakes, findings=findings, told=tuple(told(findings, made, sheet)))


def is_news(template: WorkflowTemplate, made: Compiled) -> bool:
    """Tell whether publishing what somebody wrote would change anything."""
    return not (template.is_published and same(template.document(), made.document))


def checks_context(checked: Checked) -> dict[str, Any]:
    """Return what the list of checks shows."""
    mistakes = [{"id": f"id_{mistake.place}", "message": mistake.message} for mistake in checked.mistakes]
    return {"mistakes": mistakes, "findings": checked.told}


def facts(made: Compiled, sheet: Sheet) -> dict[str, Any]:
    """Return what the page's script must know of the fields to offer them, and to offer their values."""
    keys = {place: pointer for pointer, place in made.places.items()}
    properties = as_mapping(as_mapping(made.document.get("state_schema")).get("properties"))
    found = []
    for row in sheet.fields:
        pointer = keys[f"{FIELDS}-{row.key}"]
        name = pointer.removeprefix("/state_schema/properties/").replace("~1", "/").replace("~0", "~")
        found.append({"key": row.key, "name": name, **_fact(properties.get(name))})
    return {"fields": found, "steps": _steps(made, sheet)}


def _steps(made: Compiled, sheet: Sheet) -> list[dict[str, Any]]:
    """Return what each step is known by, and which version there is of what it was made from, if it is a newer one."""
    latest = reuse.newer(made.document)
    found = []
    for row, step in zip(sheet.steps, map(as_mapping, as_list(made.document.get("steps"))), strict=True):
        identity = str(step.get("id", ""))
        found.append({"key": row.key, "id": identity, "uses": step.get("uses", ""), "latest": latest.get(identity, 0)})
    return found


def taken_in(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names and ids that are taken in a document, and where a new field stands in its order."""
    properties = as_mapping(as_mapping(document.get("state_schema")).get("properties"))
    orders = [as_mapping(part).get("x-order") for part in properties.values()]
    highest = max((order for order in orders if isinstance(order, int | float)), default=0)
    ids = {as_mapping(step).get("id") for step in as_list(document.get("steps"))}
    return {"names": frozenset(properties), "ids": ids, "order": int(highest) + 1}


def inserted(slug: str, *, names: Collection[str], ids: Collection[str], order: int, mark: str) -> dict[str, Any]:
    """Return the rows of a reusable step as a page gets them that has rows with these names and ids already.

    :raises registry.errors.StepTemplateNotFound: there is no such reusable step
    """
    found = reuse.insertion(slug, None, "", names, taken_ids=ids, first_order=order)
    schema = {"type": "object", "properties": found["properties"], "required": found["required"]}
    sheet = sheet_of({"state_schema": schema, "steps": [found["step"]]}, mark=mark)
    page = Page.of(sheet)
    fields = [replace(row, texts={**row.texts, **_of_a_new_field(row)}) for row in sheet.fields]
    return {"fields": page.rows("field", fields, FIELDS), "steps": page.rows("step", sheet.steps, STEPS)}


def _of_a_new_field(row: Row) -> dict[str, str]:
    """Return what a field says that is new here; one that has no label could not be saved."""
    name = row.text("was")
    return {"was": "", "name": name, "label": row.text("label") or name.replace("_", " ").strip().capitalize()}


def _fact(schema: Any) -> dict[str, Any]:
    kind = kind_of(schema)
    if kind is Kind.LOCKED:
        return {"kind": "locked", "choices": []}
    offering = schema["items"] if kind is Kind.CHOICES else schema
    offered = choices(offering) or ()
    texts = [(value if isinstance(value, str) else json.dumps(value), label) for value, label in offered]
    return {"kind": kind, "choices": texts}


def words() -> dict[str, Any]:
    """Return the words that the page's script puts together."""
    return {
        "operators": FIELD_OPERATORS,
        "operatorWords": OPERATOR_WORDS,
        "tools": {
            offer.name: {"description": offer.description, "arguments": list(offer.arguments)}
            for offer in offers(Offered.TOOL)
        },
        "secrets": [offer.name for offer in offers(Offered.SECRET)],
    }


def page_context(
    template: WorkflowTemplate, sheet: Sheet, made: Compiled, checked: Checked, *, mistakes: tuple[Mistake, ...] = ()
) -> dict[str, Any]:
    """Return what the page shows of a sheet; `mistakes` are marked beside their inputs."""
    return {
        "template": template,
        "draft_author": person(template.draft_author),
        "document_is_active": made.document.get("is_active", True) is not False,
        "tabs": [{"id": tab, "label": label} for tab, label in TABS],
        **Page.of(sheet, mistakes).sheet(sheet),
        **checks_context(checked),
        "never_changing": never_changing(),
        "template_names": WorkflowTemplate.objects.order_by("name").values_list("name", flat=True)[:1000],
        "json": as_json(made.document),
        "reusable": reuse.offers(),
        "facts": facts(made, sheet),
        "words": words(),
    }


@cache
def never_changing() -> SafeString:
    """Return the part of the page that is the same for all: the rows to copy for new ones, and the time zones."""
    rows = list(new_rows())
    filled = next(row for row in rows if row.place == "result")
    context = {
        "new_rows": rows,
        "new_filled": RowView(filled.page, "result", filled.row, filled.prefix),
        "time_zones": sorted(available_timezones()),
    }
    return render_to_string("authoring/editor/_never_changing.html", context)


def as_json(document: Mapping[str, Any]) -> str:
    """Return a document as developers read it."""
    return json.dumps(document, ensure_ascii=False, indent=2)
