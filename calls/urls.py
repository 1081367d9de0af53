from django.urls import path

from calls.views import EventView, FunctionView, InboundView

urlpatterns = [
    path("functions/", FunctionView.as_view(), name="retell-functions"),
    path("functions/<str:name>/", FunctionView.as_view(), name="retell-function"),
    path("webhook/", EventView.as_view(), name="retell-webhook"),
    path("inbound/", InboundView.as_view(), name="retell-inbound"),
]
