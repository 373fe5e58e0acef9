"""What permissions refuse, and why."""

from engine.errors import Conflict, Forbidden, Invalid, NotFound


class AlreadyGranted(Invalid):
    """The user type may use the template already."""

    code = "already_granted"


class UserTypeNameTaken(Invalid):
    """Another user type has this name."""

    code = "already_exists"


class UserTypeInUse(Conflict):
    """Workflows belong to the user type, so it stays."""

    code = "user_type_in_use"


class UserTypeNotFound(NotFound):
    """There is no such user type, or not for this caller."""


class UserTypeRequired(Invalid):
    """It is not clear for which user type the caller acts."""

    code = "user_type_required"


class NotGranted(Forbidden):
    """The user type may not use the template."""

    code = "not_granted"


class KeyIssuedAlready(Conflict):
    """The key that was asked for was made before, and is shown once."""

    code = "key_issued_already"


class UnknownScope(Invalid):
    """A key cannot hold this scope."""

    code = "unknown_scope"


class UnknownUserType(Invalid):
    """A key names a user type that does not exist."""

    code = "unknown_user_type"


class UnknownReference(Invalid):
    """What a body refers to does not exist."""

    code = "unknown_reference"
