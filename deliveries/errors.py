"""What an operator asks of a delivery that cannot be done."""

from engine.errors import Conflict, NotFound


class DeliveryNotFound(NotFound):
    """There is no such delivery."""

    code = "not_found"


class AlreadyDelivered(Conflict):
    """It got through; sending it again would do a second time what was asked for once."""

    code = "already_delivered"


class NothingToReplay(Conflict):
    """What the delivery was for is not waiting for it any more."""

    code = "nothing_to_replay"
