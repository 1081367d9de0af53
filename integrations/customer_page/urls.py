from django.urls import path

from integrations.customer_page import views

urlpatterns = [
    path("<str:token>/", views.appointment_page, name="my-appointment"),
    path("<str:token>/kommen/", views.confirm, name="my-appointment-confirm"),
    path("<str:token>/absagen/", views.cancel, name="my-appointment-cancel"),
    path("<str:token>/verschieben/", views.move, name="my-appointment-move"),
    path("<str:token>/erinnern/", views.reminders, name="my-appointment-reminders"),
    path("<str:token>/nachrichten/", views.stop, name="my-appointment-stop"),
    path("<str:token>/termin.ics", views.calendar_file, name="my-appointment-ics"),
]
