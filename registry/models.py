"""Templates, their immutable versions and their drafts. Writing them is the business of `registry.registry`."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast

from engine.definition import EndActionType
from engine.document_schema import CONTENT, SETTINGS
from engine.errors import Conflict
from engine.references import is_named, prerequisite_names
from engine.reusable import SETTINGS as STEP_SETTINGS
from engine.reusable import ReusableStep
from engine.uses import MAX_SLUG, Use
from rest.callers import Caller


class VersionIsImmutable(Conflict):
    """A published version never changes."""

    code = "version_is_immutable"


def _immutable() -> VersionIsImmutable:
    return VersionIsImmutable("A published version never changes. Publish a new one.")


def _content_constraints(model: str) -> list[models.BaseConstraint]:
    kinds = [str(kind) for kind in EndActionType]
    return [
        models.CheckConstraint(condition=Q(end_action_type__in=kinds), name=f"{model}_end_action_type_known"),
        models.CheckConstraint(
            condition=Q(end_action_type=EndActionType.NONE.value) | ~Q(end_action_target=""),
            name=f"{model}_end_action_target_present",
        ),
    ]


class Content(models.Model):
    """What a version fixes: the keys of a document of which a change is a new version."""

    guidelines = models.TextField(blank=True, default="")
    state_schema = models.JSONField()
    steps = models.JSONField()
    end_action_type = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in EndActionType])
    end_action_target = models.CharField(max_length=2000, blank=True, default="")
    end_action_config = models.JSONField(blank=True, default=dict)
    confirmation = models.CharField(max_length=20, blank=True, default="none")
    prerequisites = models.JSONField(blank=True, default=list)
    expires_after = models.CharField(max_length=50, blank=True, default="")
    time_zone = models.CharField(max_length=100, blank=True, default="UTC")
    tests = models.JSONField(blank=True, default=list)

    class Meta:
        abstract = True

    def content(self) -> dict[str, Any]:
        """Return the content part of the document."""
        return {key: getattr(self, key) for key in CONTENT}


class WorkflowTemplateQuerySet(models.QuerySet["WorkflowTemplate"]):
    """Finding templates."""

    def published(self) -> Self:
        """Return the templates that have a version; the others are drafts, which only those who write them know of."""
        return self.filter(current_version__gt=0)

    def matching(self, text: str) -> Self:
        """Return the templates whose name, description or category contains the text."""
        return self.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(category__icontains=text))

    def granted_to(self, user_type: uuid.UUID | str, *, among: Collection[uuid.UUID] | None = None) -> Self:
        """Return the templates that a user type, named by its id or its name, may use; none if it is not `among`."""
        key = "grants__user_type" if isinstance(user_type, uuid.UUID) else "grants__user_type__name"
        known = {} if among is None else {"grants__user_type__in": among}
        return self.filter(**{key: user_type}, **known)

    def visible_to(self, caller: Caller) -> Self:
        """Return the templates that the caller may know of: all, or those granted to its user types."""
        if caller.user_type_ids is None:
            return self
        # A subquery, not a join: DISTINCT would compare whole documents.
        granted = WorkflowTemplate.objects.filter(grants__user_type__in=caller.user_type_ids)
        return self.filter(pk__in=granted.values("pk"))

    def prerequisites_of(self, names: Collection[str]) -> dict[str, list[str]]:
        """Return, for those of these templates that exist, the names of what must be completed before each."""
        found = self.published().filter(name__in=names).values("name", "prerequisites")
        return {template["name"]: prerequisite_names(template) for template in found}

    def naming_step(self, slug: str) -> Self:
        """Return the templates whose published steps or draft may name a reusable step: the text is in them."""
        text = f'"{slug}@'
        found = self.alias(steps_text=Cast("steps", models.TextField()), draft_text=Cast("draft", models.TextField()))
        return found.filter(Q(steps_text__contains=text) | Q(draft_text__contains=text))

    def referring_to(self, name: str) -> list[str]:
        """Return the names of the templates that name this one; SQLite cannot look into lists, so all are read."""
        found = self.order_by("name").values("name", "end_action_type", "end_action_target", "steps", "prerequisites")
        return [template["name"] for template in found.iterator() if is_named(name, template)]


class WorkflowTemplate(Content):
    """A kind of workflow: its settings, its published content, and a draft that is never live."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255, unique=True)
    description = models.TextField(blank=True, default="")
    category = models.CharField(max_length=100, blank=True, default="", db_index=True)
    metadata = models.JSONField(blank=True, default=dict)
    is_active = models.BooleanField(default=True, db_index=True)
    current_version = models.PositiveIntegerField()
    draft = models.JSONField(null=True, blank=True)
    draft_base_version = models.PositiveIntegerField(null=True, blank=True)
    draft_revision = models.PositiveIntegerField(default=0)
    draft_author = models.CharField(max_length=200, blank=True, default="")
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = WorkflowTemplateQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = _content_constraints("template")
        ordering: ClassVar = ["name"]
        permissions: ClassVar = [("publish_workflowtemplate", "Can publish workflow templates")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_published(self) -> bool:
        """Whether it has a version; before, it is nothing but a draft."""
        return self.current_version > 0

    def document(self) -> dict[str, Any]:
        """Return the published document: settings and content."""
        return {**{key: getattr(self, key) for key in SETTINGS}, **self.content()}

    def fill(self, document: Mapping[str, Any], *, at: datetime) -> None:
        """Take over a complete document."""
        for key in (*SETTINGS, *CONTENT):
            setattr(self, key, document[key])
        self.updated_at = at

    def store(self) -> None:
        """Store settings, content and version, and nothing of the draft."""
        columns = [*SETTINGS, *CONTENT, "current_version", "updated_at"]
        self.save(update_fields=None if self._state.adding else columns)

    def store_draft(self, document: Mapping[str, Any] | None, *, base: int | None, author: str, at: datetime) -> None:
        """Keep a draft beside what is published, or take it away; its revision only ever grows."""
        self.draft = document
        self.draft_base_version = base if document is not None else None
        self.draft_revision += 1
        self.draft_author = author
        self.draft_saved_at = at
        self.save(update_fields=["draft", "draft_base_version", "draft_revision", "draft_author", "draft_saved_at"])


class TemplateVersionQuerySet(models.QuerySet["TemplateVersion"]):
    """Finding versions."""

    def update(self, **columns: Any) -> int:
        """Refuse.

        :raises VersionIsImmutable: always
        """
        raise _immutable()

    def current(self) -> Self:
        """Return the versions that new workflows are made from, each with its template."""
        return self.filter(number=models.F("template__current_version")).select_related("template")


class TemplateVersion(Content):
    """One published document, numbered from 1; it never changes."""

    template = models.ForeignKey(WorkflowTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "number"], name="version_number_of_template"),
            *_content_constraints("version"),
        ]
        ordering: ClassVar = ["template", "-number"]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new version.

        :raises VersionIsImmutable: it is stored already
        """
        if not self._state.adding:
            raise _immutable()
        super().save(*args, **kwargs)


class StepTemplateQuerySet(models.QuerySet["StepTemplate"]):
    """Finding reusable steps."""

    def matching(self, text: str) -> Self:
        """Return the reusable steps whose slug, name or description contains the text."""
        return self.filter(Q(slug__icontains=text) | Q(name__icontains=text) | Q(description__icontains=text))

    def visible_to(self, caller: Caller) -> Self:
        """Return what the caller may know of: a key that is limited to user types writes no templates."""
        return self.none() if caller.is_limited else self

    def with_content(self) -> Self:
        """Return them with their current versions read along, in one query more."""
        current = StepTemplateVersion.objects.filter(number=models.F("step_template__current_version"))
        return self.prefetch_related(models.Prefetch("versions", queryset=current, to_attr="current_versions"))


class StepTemplate(models.Model):
    """A reusable step with its fields, known to documents by its slug. What it asks stands in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(max_length=MAX_SLUG, unique=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    category = models.CharField(max_length=100, blank=True, default="", db_index=True)
    current_version = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = StepTemplateQuerySet.as_manager()
    current_versions: Sequence["StepTemplateVersion"]
    """What `with_content` read along."""

    class Meta:
        ordering: ClassVar = ["slug"]
        verbose_name = "reusable step"

    def __str__(self) -> str:
        return self.name

    def current(self) -> "StepTemplateVersion":
        """Return the version that is used from now on."""
        found = getattr(self, "current_versions", None)
        return found[0] if found else self.versions.get(number=self.current_version)

    def source(self) -> dict[str, Any]:
        """Return the reusable step as it is written: settings and current content."""
        return {**{key: getattr(self, key) for key in STEP_SETTINGS}, **self.current().content}

    def fill(self, source: Mapping[str, Any], *, at: datetime) -> None:
        """Take over the settings of a complete source."""
        for key in STEP_SETTINGS:
            setattr(self, key, source[key])
        self.updated_at = at

    def store(self) -> None:
        """Store settings and version."""
        columns = [*STEP_SETTINGS, "current_version", "updated_at"]
        self.save(update_fields=None if self._state.adding else columns)


class StepTemplateVersionQuerySet(models.QuerySet["StepTemplateVersion"]):
    """Finding versions of reusable steps."""

    def update(self, **columns: Any) -> int:
        """Refuse.

        :raises VersionIsImmutable: always
        """
        raise _immutable()

    def named(self, uses: Collection[Use]) -> Self:
        """Return the versions that steps name, each with its reusable step; perhaps others of the same ones, too."""
        slugs, numbers = {used.slug for used in uses}, {used.number for used in uses}
        return self.filter(step_template__slug__in=slugs, number__in=numbers).select_related("step_template")


class StepTemplateVersion(models.Model):
    """What a reusable step asked from one moment on, numbered from 1; it never changes."""

    step_template = models.ForeignKey(StepTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")

    objects = StepTemplateVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step_template", "number"], name="version_number_of_step_template"),
        ]
        ordering: ClassVar = ["step_template", "-number"]
        verbose_name = "version of a reusable step"
        verbose_name_plural = "versions of reusable steps"

    def __str__(self) -> str:
        return f"{self.step_template_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new version.

        :raises VersionIsImmutable: it is stored already
        """
        if not self._state.adding:
            raise _immutable()
        super().save(*args, **kwargs)

    def reusable(self) -> ReusableStep:
        """Return it as the engine copies it into documents."""
        return ReusableStep(slug=self.step_template.slug, number=self.number, content=self.content)
