"""Log-in, log-out, and one's own language and theme."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from consoles.access import FORM, POST, Access, permitted
from consoles.middleware import THEME_COOKIE, THEMES

_YEAR_S = 365 * 24 * 3600


@permitted(Access.PUBLIC, FORM)
def login(request: HttpRequest) -> HttpResponse:
    target = _local(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return HttpResponseRedirect(target)
    if request.method != "POST":
        return _login_page(request, target)
    name = request.POST.get("username", "").strip()[:150]
    user = authenticate(request, username=name, password=request.POST.get("password", ""))
    if user is None:
        return _login_page(request, target, _("用户名或密码不正确。"), name, 401)
    start_session(request, user)
    return HttpResponseRedirect(target)


@permitted(Access.SIGNED_IN, POST)
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect("login")


@permitted(Access.PUBLIC, POST)
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@permitted(Access.PUBLIC, POST)
def theme(request: HttpRequest) -> HttpResponse:
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        _remember(response, THEME_COOKIE, chosen)
    return response


def _login_page(request: HttpRequest, target: str, error: str = "", name: str = "", status: int = 200) -> HttpResponse:
    context = {"next": target, "error": error, "name": name}
    return render(request, "consoles/login.html", context, status=status)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(_local(request, request.POST.get("next", "")))


def _local(request: HttpRequest, target: str) -> str:
    """The target if it is an address of ours, else the queue."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target.startswith("/") and ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
