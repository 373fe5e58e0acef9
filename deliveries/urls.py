from django.urls import path
from rest_framework.routers import SimpleRouter

from deliveries.delivery_views import DeliveryViewSet
from deliveries.endpoint_views import WebhookEndpointViewSet
from deliveries.views import SecretViewSet, ToolViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("secrets", SecretViewSet, basename="secret")
router.register("webhook-endpoints", WebhookEndpointViewSet, basename="webhook-endpoint")

urlpatterns = [*router.urls, path("tools", ToolViewSet.as_view({"get": "list"}), name="tool-list")]
