"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from appointments.admin import board, planner
from appointments.admin.dashboard import dashboard
from appointments.admin.login import CodePage, PasswordPage
from appointments.admin.privacy import held_page
from appointments.admin.searching import search_page
from appointments.admin.second_step import second_step_page
from appointments.admin.worklist import worklist_page
from appointments.feed.views import feed
from config import health, metrics
from integrations.customer_page.offer_views import offer_page, offer_stop
from integrations.customer_page.stop_views import stop_page
from integrations.report_views import SmsReportView

handler500 = "config.accidents.server_error"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.admin_view(planner.start)),
    path("admin/planner/", admin.site.admin_view(planner.planner), name="planner"),
    path("admin/planner/feed/", admin.site.admin_view(planner.feed), name="planner-feed"),
    path("admin/planner/move/", admin.site.admin_view(board.move), name="planner-move"),
    path("admin/planner/book/", admin.site.admin_view(board.book), name="planner-book"),
    path("admin/planner/take-back/", admin.site.admin_view(board.take_back), name="planner-take-back"),
    path(
        "admin/planner/customers/", admin.site.admin_view(board.suggest_customers), name="planner-customers"
    ),
    path("admin/dashboard/", admin.site.admin_view(dashboard), name="dashboard"),
    path("admin/login/", PasswordPage.as_view()),
    path("admin/login/code/", CodePage.as_view(), name="login-code"),
    path("admin/second-step/", admin.site.admin_view(second_step_page), name="second-step"),
    path("admin/held/", admin.site.admin_view(held_page), name="held"),
    path("admin/search/", admin.site.admin_view(search_page), name="search"),
    path("admin/worklist/", admin.site.admin_view(worklist_page), name="worklist"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("feed/<str:token>.ics", feed, name="feed"),
    path("retell/", include("calls.urls")),
    path("calcom/", include("integrations.urls")),
    path("termin/", include("integrations.customer_page.urls")),
    path("angebot/<str:token>/", offer_page, name="my-offer"),
    path("angebot/<str:token>/nachrichten/", offer_stop, name="my-offer-stop"),
    path("stopp/<str:token>/", stop_page, name="stop-messages"),
    path("sms/report/<str:slug>/", SmsReportView.as_view(), name="sms-report"),
    path("sms/report/<str:slug>/<str:secret>/", SmsReportView.as_view(), name="sms-report-secret"),
    path("api/", include("appointments.api.urls")),
]
