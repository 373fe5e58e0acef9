"""Everything that is encrypted, kind by kind, and bringing it under the first of the keys."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from deliveries import vault
from deliveries.endpoint_services import encrypt_anew
from deliveries.models import Delivery, DeliveryAttempt
from instances.models import IdempotencyKey, Workflow
from instances.resealing import reseal
from registry.models import TemplateVersion
from rest.encryption import PREFIX, Renewed, renew


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """Of one kind: how many are under the first key now, and which cannot be read with any."""

    name: str
    one: str
    """What a single one is called."""
    count: int
    lost: list[str]


def rotated(*, batch: int, at: datetime) -> Iterator[Rotated]:
    """Bring everything that is encrypted under the first key, and yield what became of each kind."""
    yield _sum("secrets", "secret", vault.rotate(batch=batch))
    count, lost = encrypt_anew(at=at)
    yield Rotated(
        name="webhook endpoints", one="webhook endpoint", count=count, lost=[str(endpoint_id) for endpoint_id in lost]
    )
    workflows = reseal(Workflow.objects.all(), TemplateVersion.objects.all(), batch=batch)
    yield _sum("workflows with sensitive fields", "workflow", workflows)
    deliveries = Delivery.objects.exclude(sealed_request="")
    yield _sum("deliveries", "delivery", renew(deliveries, "sealed_request", batch=batch))
    attempts = DeliveryAttempt.objects.filter(excerpt__startswith=PREFIX)
    yield _sum("attempts", "attempt", renew(attempts, "excerpt", batch=batch))
    answers = IdempotencyKey.objects.exclude(body="")
    yield _sum("kept answers", "answer", renew(answers, "body", batch=batch))


def _sum(name: str, one: str, batches: Iterable[Renewed]) -> Rotated:
    done = list(batches)
    count, lost = sum(part.count for part in done), [key for part in done for key in part.lost]
    return Rotated(name=name, one=one, count=count, lost=lost)
