"""All routes."""

from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from workflows_site import problems, views

admin.site.site_header = admin.site.site_title = "Workflows"

# The styles of the documentation hold their pictures themselves.
docs = csp_override({**settings.SECURE_CSP, "img-src": [CSP.SELF, "data:"]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)

api: list[URLPattern | URLResolver] = [
    path("", include("registry.urls")),
    path("", include("permissions.urls")),
    path("", include("instances.urls")),
    path("", include("deliveries.urls")),
    path("", include("conversations.urls")),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", docs, name="docs"),
    re_path("", problems.not_found),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.ico", RedirectView.as_view(url=static("favicon.svg"))),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("w/", include("conversations.page.urls")),
    path("api", RedirectView.as_view(pattern_name="docs")),
    path("api/", include(api)),
    path("", include("conversations.mcp.urls")),
]

handler400 = "workflows_site.problems.bad_request"
handler404 = "workflows_site.problems.not_found"
handler500 = "workflows_site.problems.server_error"
