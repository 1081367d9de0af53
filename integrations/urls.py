from django.urls import path

from integrations.views import CalcomWebhookView

urlpatterns = [
    path("webhook/<str:slug>/", CalcomWebhookView.as_view(), name="calcom-webhook"),
]
