from rest_framework.routers import SimpleRouter

from registry.views import TemplateViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("workflow-templates", TemplateViewSet, basename="template")

urlpatterns = router.urls
