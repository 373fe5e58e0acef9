"""What webhook endpoints refuse, and why."""

from engine.errors import Conflict, Invalid, NotFound


class EndpointInvalid(Invalid):
    """What was said about an endpoint cannot be stored; `errors` has everything that is wrong."""


class EndpointNotFound(NotFound):
    """There is no such endpoint any more."""


class EndpointDisabled(Conflict):
    """Nothing is sent to this endpoint."""

    code = "endpoint_disabled"


class RotatedTooOften(Conflict):
    """So many old secrets are valid that no more can be added."""

    code = "rotated_too_often"
