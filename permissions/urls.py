from django.urls import path
from rest_framework.routers import SimpleRouter

from permissions.views import GrantViewSet, UserTypeViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("user-types", UserTypeViewSet, basename="user-type")

urlpatterns = [
    *router.urls,
    path(
        "permissions",
        GrantViewSet.as_view({"get": "list", "post": "create", "delete": "destroy_connection"}),
        name="grant-list",
    ),
    path("permissions/<uuid:pk>", GrantViewSet.as_view({"get": "retrieve", "delete": "destroy"}), name="grant-detail"),
]
