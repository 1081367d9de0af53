"""Django's ``handler500``: what failed outside of the API's own handler, or before it was reached."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from config.errors import Problem, of_database


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database cannot be reached, so that proxies and other systems come again; otherwise 500.

    A login is read from the database before any view: there the API has no chance to say it in its own form.
    """
    error = sys.exc_info()[1]
    problem = of_database(error) if isinstance(error, OperationalError) else None
    if problem is None:
        return defaults.server_error(request)
    return _as_json(problem) if request.path_info.startswith("/api/") else _as_page(problem)


def _as_json(problem: Problem) -> HttpResponse:
    return JsonResponse(problem.response().data, status=problem.status, headers=problem.headers)


def _as_page(problem: Problem) -> HttpResponse:
    # Without a request: what every page is given would be asked of the database.
    text = loader.get_template("503.html").render()
    return HttpResponse(text, status=problem.status, headers=problem.headers)
