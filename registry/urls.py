from rest_framework.routers import SimpleRouter

from registry.step_template_views import StepTemplateViewSet
from registry.views import TemplateViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("workflow-templates", TemplateViewSet, basename="template")
router.register("step-templates", StepTemplateViewSet, basename="step-template")

urlpatterns = router.urls
