from django.urls import URLPattern, path

from conversations.link_views import LinkViewSet

urlpatterns: list[URLPattern] = [
    path("workflows/<uuid:pk>/link", LinkViewSet.as_view({"post": "create"}), name="workflow-link"),
]
