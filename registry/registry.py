"""The one way into the registry: validate, publish, discover, retire. Each method that writes is one transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from engine import validation
from engine.conditions import same
from engine.document_schema import CONTENT
from engine.findings import Finding, errors
from engine.references import is_named
from events.models import Event, NewEvent, Subject
from registry import publish_checks, step_templates
from registry.documents import ANSWER_KEYS, EMPTY_CONTENT, complete, settings_of
from registry.errors import (
    DraftNotFound,
    DraftOutdated,
    DraftRevisionConflict,
    InvalidDocument,
    NameTaken,
    NeverPublished,
    TemplateInUse,
    TemplateNotFound,
    TemplateReferenced,
    VersionNotFound,
)
from registry.models import TemplateVersion, WorkflowTemplate, WorkflowTemplateQuerySet
from registry.publish_checks import NOBODY_IN_PARTICULAR, Publisher


class WorkflowRegistry:
    """The registry of templates."""

    @classmethod
    def validate(cls, document: Any, *, publisher: Publisher = NOBODY_IN_PARTICULAR) -> tuple[Finding, ...]:
        """Return everything found in a document; this publisher may publish it if none of it is an error."""
        return cls._judged(document, publisher)[1]

    @staticmethod
    def discover(
        *,
        within: WorkflowTemplateQuerySet | None = None,
        category: str | None = None,
        is_active: bool | None = None,
        name: str | None = None,
        search: str | None = None,
        user_type: UUID | str | None = None,
        among: Collection[UUID] | None = None,
    ) -> WorkflowTemplateQuerySet:
        """Return the templates that fit, by name.

        `user_type` (id or name) leaves those it may use; of user types that are not `among` these, nothing is told.
        """
        templates = (WorkflowTemplate.objects.all() if within is None else within).order_by("name")
        if category is not None:
            templates = templates.filter(category=category)
        if is_active is not None:
            templates = templates.filter(is_active=is_active)
        if name is not None:
            templates = templates.filter(name=name)
        if search:
            templates = templates.matching(search)
        if user_type is not None:
            templates = templates.granted_to(user_type, among=among)
        return templates

    @classmethod
    @transaction.atomic
    def create(
        cls,
        document: Any,
        *,
        actor: str,
        at: datetime,
        note: str = "",
        publisher: Publisher = NOBODY_IN_PARTICULAR,
    ) -> WorkflowTemplate:
        """Store a new template and publish it as version 1.

        :raises InvalidDocument: the document has errors
        :raises NameTaken: another template has its name
        """
        completed = cls._checked(document, publisher)
        template = WorkflowTemplate(created_at=at, current_version=0)
        return cls._publish(template, completed, actor=actor, at=at, note=note)

    @classmethod
    @transaction.atomic
    def replace(
        cls,
        template_id: UUID,
        document: Any,
        *,
        actor: str,
        at: datetime,
        note: str = "",
        publisher: Publisher = NOBODY_IN_PARTICULAR,
    ) -> WorkflowTemplate:
        """Make this the document of a template; changed content becomes the next version.

        :raises InvalidDocument: the document has errors
        :raises NameTaken: another template has its name
        :raises TemplateReferenced: it is renamed, and others refer to it by its name
        """
        template = cls._locked(template_id)
        checked = cls._checked(document, publisher, before=template)
        return cls._publish(template, checked, actor=actor, at=at, note=note)

    @classmethod
    @transaction.atomic
    def change(
        cls,
        template_id: UUID,
        changes: Mapping[str, Any],
        *,
        actor: str,
        at: datetime,
        publisher: Publisher = NOBODY_IN_PARTICULAR,
    ) -> WorkflowTemplate:
        """Change some top-level keys of a template's document; see :meth:`replace`."""
        template = cls._locked(template_id)
        checked = cls._checked({**template.document(), **changes}, publisher, before=template)
        return cls._publish(template, checked, actor=actor, at=at)

    @classmethod
    @transaction.atomic
    def retire(cls, template_id: UUID, *, actor: str, at: datetime) -> WorkflowTemplate:
        """Switch a template off: not offered, not startable; what runs goes on."""
        return cls.change(template_id, {"is_active": False}, actor=actor, at=at)

    @classmethod
    @transaction.atomic
    def delete(cls, template_id: UUID) -> None:
        """Remove a template that no workflow was made from.

        :raises TemplateInUse: there are workflows; retire it instead
        """
        template = cls._locked(template_id, to_delete=True)
        try:
            template.delete()
        except ProtectedError:
            raise TemplateInUse(
                f"Workflows were made from {template.name!r}, so it stays. Set is_active to false to retire it."
            ) from None

    @classmethod
    @transaction.atomic
    def begin(cls, document: Mapping[str, Any], *, actor: str, at: datetime) -> WorkflowTemplate:
        """Store a template that is nothing but a draft: known by its name, not offered until it is published.

        :raises InvalidDocument: it has no name that a template can have
        :raises NameTaken: another template has its name
        """
        template = WorkflowTemplate(created_at=at, current_version=0)
        template.fill({**EMPTY_CONTENT, **complete(settings_of(document))}, at=at)
        cls._store(template)
        template.store_draft(document, base=0, author=actor, at=at)
        return template

    @classmethod
    @transaction.atomic
    def save_draft(
        cls,
        template_id: UUID,
        document: Mapping[str, Any],
        *,
        actor: str,
        at: datetime,
        expected_revision: int | None = None,
        begun_on: int | None = None,
    ) -> WorkflowTemplate:
        """Keep any JSON object as the draft; a new one is begun on the version it names, or on the current one.

        A template that was never published is known by what its draft says.

        :raises DraftRevisionConflict: somebody else saved the draft in between
        :raises InvalidDocument: it was never published, and the draft has no name that a template can have
        :raises NameTaken: it was never published, and another template has the name of the draft
        """
        template = cls._locked(template_id)
        cls._check_revision(template, expected_revision)
        if not template.is_published:
            template.fill({**template.content(), **complete(settings_of(document))}, at=at)
            cls._store(template)
        fresh = template.current_version if begun_on is None else begun_on
        base = fresh if template.draft is None else template.draft_base_version
        template.store_draft(document, base=base, author=actor, at=at)
        return template

    @classmethod
    @transaction.atomic
    def discard_draft(
        cls, template_id: UUID, *, actor: str, at: datetime, expected_revision: int | None = None
    ) -> None:
        """Take the draft away.

        :raises DraftNotFound: there is none
        :raises DraftRevisionConflict: somebody else saved the draft in between
        :raises NeverPublished: there is nothing but the draft
        """
        template = cls._locked(template_id)
        cls._draft_of(template)
        cls._check_revision(template, expected_revision)
        if not template.is_published:
            raise NeverPublished(f"{template.name!r} is nothing but this draft. Delete the template instead.")
        template.store_draft(None, base=None, author=actor, at=at)

    @classmethod
    @transaction.atomic
    def publish_draft(
        cls,
        template_id: UUID,
        *,
        actor: str,
        at: datetime,
        note: str = "",
        overwrite: bool = False,
        publisher: Publisher = NOBODY_IN_PARTICULAR,
    ) -> WorkflowTemplate:
        """Make the draft the current version and take it away.

        :raises DraftNotFound: there is none
        :raises DraftOutdated: something was published since it was begun, and `overwrite` is not set
        :raises InvalidDocument: the draft has errors; it is kept
        """
        template = cls._locked(template_id)
        draft = cls._draft_of(template)
        if template.draft_base_version != template.current_version and not overwrite:
            raise DraftOutdated(
                f"The draft was begun on version {template.draft_base_version}, and version {template.current_version} "
                "was published since. Compare them, then publish with overwrite.",
                draft_base_version=template.draft_base_version,
                current_version=template.current_version,
            )
        document = {key: part for key, part in draft.items() if key not in ANSWER_KEYS}
        checked = cls._checked(document, publisher, before=template)
        template = cls._publish(template, checked, actor=actor, at=at, note=note)
        template.store_draft(None, base=None, author=actor, at=at)
        return template

    @classmethod
    @transaction.atomic
    def restore(
        cls,
        template_id: UUID,
        number: int,
        *,
        actor: str,
        at: datetime,
        publisher: Publisher = NOBODY_IN_PARTICULAR,
    ) -> WorkflowTemplate:
        """Publish the content of an earlier version again, as a new one.

        :raises VersionNotFound: there is no such version
        """
        template = cls._locked(template_id)
        content = cls.version(template, number).content()
        checked = cls._checked({**template.document(), **content}, publisher, before=template)
        return cls._publish(template, checked, actor=actor, at=at, note=f"Restored version {number}.")

    @classmethod
    @transaction.atomic
    def restore_as_draft(
        cls, template_id: UUID, number: int, *, actor: str, at: datetime, expected_revision: int | None = None
    ) -> WorkflowTemplate:
        """Make the content of a version the draft, with the settings of today, in place of any draft there is.

        :raises VersionNotFound: there is no such version
        :raises DraftRevisionConflict: somebody else saved the draft in between
        """
        template = cls._locked(template_id)
        cls._check_revision(template, expected_revision)
        document = {**template.document(), **cls.version(template, number).content()}
        template.store_draft(document, base=template.current_version, author=actor, at=at)
        return template

    @staticmethod
    def version(template: WorkflowTemplate, number: int) -> TemplateVersion:
        """Return one version of a template.

        :raises VersionNotFound: there is no such version
        """
        found = template.versions.filter(number=number).first()
        if found is None:
            raise VersionNotFound(
                f"{template.name!r} has no version {number}; its latest is {template.current_version}."
            )
        return found

    @classmethod
    def _checked(cls, document: Any, publisher: Publisher, *, before: WorkflowTemplate | None = None) -> dict[str, Any]:
        """Return a whole document that may take the place of what was published before, reusable steps filled in."""
        filled, findings = cls._judged(document, publisher, before=before)
        if errors(findings):
            raise InvalidDocument(findings)
        return filled

    @classmethod
    def _judged(
        cls, document: Any, publisher: Publisher, *, before: WorkflowTemplate | None = None
    ) -> tuple[dict[str, Any], tuple[Finding, ...]]:
        """Return a document with everything that is left out filled in, and everything found in it.

        The world is not asked about what it was asked before: a template whose secret is gone can still be retired.
        """
        if not isinstance(document, Mapping):
            return {}, validation.validate(document)
        expansion = step_templates.expansion_of(complete(document))
        filled: dict[str, Any] = expansion.document
        found = (*expansion.findings, *validation.validate(filled))
        if errors(found) or (before is not None and cls._says_the_same(before, filled)):
            return filled, found
        return filled, (*found, *publish_checks.run(filled, publisher))

    @staticmethod
    def _says_the_same(template: WorkflowTemplate, document: Mapping[str, Any]) -> bool:
        return all(key in document and same(document[key], getattr(template, key)) for key in ("name", *CONTENT))

    @staticmethod
    def _locked(template_id: UUID, *, to_delete: bool = False) -> WorkflowTemplate:
        """Lock a template; workflows and grants that refer to it may be written beside it, unless it is to go."""
        template = WorkflowTemplate.objects.select_for_update(no_key=not to_delete).filter(pk=template_id).first()
        if template is None:
            raise TemplateNotFound("There is no such template.")
        return template

    @staticmethod
    def _check_revision(template: WorkflowTemplate, expected: int | None) -> None:
        if expected is not None and expected != template.draft_revision:
            raise DraftRevisionConflict(expected=expected, actual=template.draft_revision)

    @staticmethod
    def _draft_of(template: WorkflowTemplate) -> Mapping[str, Any]:
        if template.draft is None:
            raise DraftNotFound(f"{template.name!r} has no draft. PUT one first.")
        return dict(template.draft)

    @classmethod
    def _publish(
        cls, template: WorkflowTemplate, document: Mapping[str, Any], *, actor: str, at: datetime, note: str = ""
    ) -> WorkflowTemplate:
        """Store settings, and content as the next version if it changed."""
        if template.is_published and document["name"] != template.name:
            cls._refuse_breaking_rename(template, document)
        changed = not template.is_published or any(not same(document[key], getattr(template, key)) for key in CONTENT)
        template.fill(document, at=at)
        template.current_version += changed
        cls._store(template)
        if changed:
            cls._write_version(template, actor=actor, at=at, note=note)
        return template

    @staticmethod
    def _store(template: WorkflowTemplate) -> None:
        try:
            with transaction.atomic():
                template.store()
        except IntegrityError:
            if WorkflowTemplate.objects.filter(name=template.name).exclude(pk=template.pk).exists():
                raise NameTaken(f"There is a template {template.name!r} already.", name=template.name) from None
            raise

    @staticmethod
    def _refuse_breaking_rename(template: WorkflowTemplate, document: Mapping[str, Any]) -> None:
        referring = WorkflowTemplate.objects.exclude(pk=template.pk).referring_to(template.name)[:10]
        if is_named(template.name, document):
            referring.append(template.name)
        if referring:
            raise TemplateReferenced(
                f"{', '.join(referring)} refer to {template.name!r}. Change them first, or keep the name.",
                name=document["name"],
                referenced_by=referring,
            )

    @staticmethod
    def _write_version(template: WorkflowTemplate, *, actor: str, at: datetime, note: str) -> None:
        TemplateVersion.objects.create(
            template=template,
            number=template.current_version,
            published_at=at,
            published_by=actor,
            note=note,
            **template.content(),
        )
        subject = Subject(id=template.pk, template_id=template.pk, template_version=template.current_version)
        published = NewEvent(type="template.published", data={"name": template.name, "note": note})
        Event.objects.write(subject, [published], at=at, actor=actor)
