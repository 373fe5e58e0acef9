from django.urls import path

from conversations.page.views import page

urlpatterns = [path("<str:token>/", page, name="hosted-page")]
