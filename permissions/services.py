"""User types, grants and keys: each use case is one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from permissions.errors import (
    AlreadyGranted,
    KeyIssuedAlready,
    NotGranted,
    UnknownReference,
    UnknownScope,
    UnknownUserType,
    UserTypeInUse,
    UserTypeNameTaken,
    UserTypeNotFound,
    UserTypeRequired,
)
from permissions.keys import new_key
from permissions.models import ApiKey, UserType, UserTypeWorkflowTemplate
from permissions.policy import LIMITED_SCOPES, Scope, excessive_scopes, usual_scopes
from registry.models import WorkflowTemplate
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A user type and a template, between which there may be a grant."""

    user_type_id: UUID
    workflow_template_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedGrants:
    """The grants that were given and those that were taken away; `missing` counts what could not be given.

    It is missing because the user type or the template was deleted meanwhile.
    """

    given: tuple[UserTypeWorkflowTemplate, ...]
    taken: tuple[UserTypeWorkflowTemplate, ...]
    missing: int


@transaction.atomic
def save_user_type(user_type: UserType, **changes: Any) -> UserType:
    """Store a new user type, or changes of one.

    :raises UserTypeNameTaken: another one has its name
    :raises UserTypeNotFound: it was deleted meanwhile
    """
    is_new = user_type._state.adding
    if not is_new and UserType.objects.select_for_update().filter(pk=user_type.pk).first() is None:
        raise UserTypeNotFound("There is no such user type.")
    for name, value in changes.items():
        setattr(user_type, name, value)
    try:
        with transaction.atomic():
            user_type.save(update_fields=None if is_new else list(changes))
    except IntegrityError:
        if UserType.objects.filter(name=user_type.name).exclude(pk=user_type.pk).exists():
            raise UserTypeNameTaken(f"There is a user type {user_type.name!r} already.", name=user_type.name) from None
        raise
    return user_type


@transaction.atomic
def delete_user_type(user_type: UserType) -> None:
    """Remove a user type and its grants.

    :raises UserTypeInUse: workflows belong to it
    """
    try:
        user_type.delete()
    except ProtectedError:
        raise UserTypeInUse(f"Workflows belong to {user_type.name!r}, so it stays. Take its grants away.") from None


@transaction.atomic
def grant(*, user_type_id: UUID, workflow_template_id: UUID) -> UserTypeWorkflowTemplate:
    """Let a user type use a template.

    :raises UnknownReference: one of the two does not exist
    :raises AlreadyGranted: it may already
    """
    user_type = UserType.objects.filter(pk=user_type_id).first()
    template = WorkflowTemplate.objects.filter(pk=workflow_template_id).first()
    if user_type is None or template is None:
        what = "user type" if user_type is None else "workflow template"
        raise UnknownReference(f"There is no {what} with this id.")
    try:
        with transaction.atomic():
            return UserTypeWorkflowTemplate.objects.create(user_type=user_type, workflow_template=template)
    except IntegrityError:
        if UserTypeWorkflowTemplate.objects.allowing(user_type=user_type, template=template).exists():
            raise AlreadyGranted(f"{user_type.name!r} may use {template.name!r} already.") from None
        raise


@transaction.atomic
def take_away(*, user_type_id: UUID, workflow_template_id: UUID) -> UserTypeWorkflowTemplate | None:
    """Let a user type use a template no longer; return the grant that is gone, or None if there was none."""
    grants = UserTypeWorkflowTemplate.objects.select_related("user_type", "workflow_template")
    found = grants.filter(user_type=user_type_id, workflow_template=workflow_template_id).first()
    if found is None:
        return None
    gone, _ = UserTypeWorkflowTemplate.objects.filter(pk=found.pk).delete()
    return found if gone else None


@transaction.atomic
def change_grants(*, give: Iterable[Connection], take: Iterable[Connection]) -> ChangedGrants:
    """Give and take many grants at once. What is so already stays so, and what is gone meanwhile is counted."""
    given: list[UserTypeWorkflowTemplate] = []
    missing = 0
    for connection in give:
        try:
            given.append(grant(**asdict(connection)))
        except AlreadyGranted:
            continue
        except UnknownReference:
            missing += 1
    taken = [found for connection in take if (found := take_away(**asdict(connection))) is not None]
    return ChangedGrants(given=tuple(given), taken=tuple(taken), missing=missing)


def user_type_for(caller: Caller, *, user_type_id: UUID | None, name: str | None) -> UserType:
    """Return the user type a caller acts for: the one it names, or the only one it has.

    :raises UserTypeRequired: none is named and the caller has not exactly one
    :raises UserTypeNotFound: there is none such, or it is not the caller's
    """
    if user_type_id is None and name is None:
        if caller.user_type_ids is None or len(caller.user_type_ids) != 1:
            raise UserTypeRequired("Name the user type: user_type (its name) or user_type_id.")
        user_type_id = next(iter(caller.user_type_ids))
    wanted = {"pk": user_type_id, "name": name}
    found = UserType.objects.filter(**{key: value for key, value in wanted.items() if value is not None}).first()
    if found is None or not caller.may_act_for(found.pk):
        raise UserTypeNotFound("There is no such user type.")
    return found


def check_granted(*, user_type: UserType, template: WorkflowTemplate) -> None:
    """Refuse a template that the user type may not use.

    :raises NotGranted: there is no grant
    """
    if not UserTypeWorkflowTemplate.objects.allowing(user_type=user_type, template=template).exists():
        raise NotGranted(
            f"{user_type.name!r} may not use {template.name!r}. Grant it with POST /api/permissions.",
            user_type_id=str(user_type.pk),
            workflow_template_id=str(template.pk),
        )


@transaction.atomic
def issue_api_key(
    name: str,
    *,
    scopes: Collection[str] = (),
    user_types: Collection[str] = (),
    expires_at: datetime | None = None,
    prefix: str | None = None,
) -> str:
    """Make an API key and return its text, which is shown this once.

    Without scopes it may do everything but see sensitive values, which must be asked for by name; with user types,
    as much of that as a key limited to them may. Under a prefix that was named beforehand it is made once.

    :raises KeyIssuedAlready: there is a key with this prefix
    :raises UnknownScope: a scope does not exist, or reaches beyond the user types
    :raises UnknownUserType: a user type does not exist
    """
    if excessive := excessive_scopes(scopes, is_limited=bool(user_types)):
        allowed = sorted(LIMITED_SCOPES if user_types else Scope)
        raise UnknownScope(f"This key cannot hold {', '.join(excessive)}. It can hold: {', '.join(allowed)}.")
    kinds = list(UserType.objects.filter(name__in=user_types))
    if missing := sorted(set(user_types) - {kind.name for kind in kinds}):
        raise UnknownUserType(f"There is no user type {', '.join(map(repr, missing))}.")
    text = new_key(prefix)
    key = ApiKey(
        name=name,
        prefix=text.prefix,
        digest=text.digest,
        scopes=sorted(set(scopes) or usual_scopes(is_limited=bool(user_types))),
        is_limited=bool(user_types),
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        if ApiKey.objects.filter(prefix=text.prefix).exists():
            raise KeyIssuedAlready("This key was issued already, and is shown once. Issue another one.") from None
        raise
    key.user_types.set(kinds)
    return str(text)


@transaction.atomic
def revoke_api_keys(ids: Collection[int], *, at: datetime) -> list[ApiKey]:
    """Make keys useless from now on, and return those that were not revoked before."""
    keys = list(ApiKey.objects.select_for_update(of=("self",)).filter(pk__in=ids, revoked_at=None).order_by("pk"))
    for key in keys:
        key.revoke(at)
    return keys
