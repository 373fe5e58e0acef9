"""Secrets and tools over HTTP."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import tools, vault
from deliveries.answers import secret_answer, tool_answer
from deliveries.models import Secret
from deliveries.serializers import SecretHostsSerializer, SecretInputSerializer, SecretSerializer, ToolSerializer
from rest.callers import caller_of
from rest.serializers import body_of
from rest.views import ApiViewSet


class SecretViewSet(ApiViewSet[Secret]):
    """Secrets: what is sent with requests and never shown again."""

    policy = "secrets"
    queryset = Secret.objects.order_by("name")
    serializer_class = SecretSerializer
    lookup_value_converter = "str"

    def list(self, request: Request) -> Response:
        """List secrets, without their values."""
        return self.page_of(self.cut_only(self.get_queryset()), secret_answer)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a secret, without its value."""
        return Response(secret_answer(self.get_object()))

    @extend_schema(request=SecretInputSerializer, responses={200: SecretSerializer, 201: SecretSerializer})
    def update(self, request: Request, pk: str) -> Response:
        """Store a secret, or give it a new value and new hosts."""
        body = body_of(request, SecretInputSerializer)
        secret, is_new = vault.store_secret(pk, **body, by=caller_of(request).actor, at=timezone.now())
        return Response(secret_answer(secret), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(request=SecretHostsSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say anew which hosts a secret may be sent to."""
        body = body_of(request, SecretHostsSerializer)
        secret = vault.bind_secret(pk, hosts=body["hosts"], by=caller_of(request).actor, at=timezone.now())
        return Response(secret_answer(secret))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget a secret at once; what still names it fails when it is sent."""
        vault.delete_secret(pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ToolViewSet(ApiViewSet[Secret]):
    """Tools that a `tool_call` can name."""

    policy = "tools"
    queryset = Secret.objects.none()
    serializer_class = ToolSerializer

    def list(self, request: Request) -> Response:
        """List the tools of this service by name."""
        return self.page_of(self.cut_values(tools.every_tool()), tool_answer)
