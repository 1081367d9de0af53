from django.urls import path

from calls.views import FunctionView

urlpatterns = [
    path("functions/", FunctionView.as_view(), name="retell-functions"),
    path("functions/<str:name>/", FunctionView.as_view(), name="retell-function"),
]
