"""What Retell calls, below ``retell/``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
