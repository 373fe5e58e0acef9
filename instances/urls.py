from rest_framework.routers import SimpleRouter

from instances.views import WorkflowViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("workflows", WorkflowViewSet, basename="workflow")

urlpatterns = router.urls
