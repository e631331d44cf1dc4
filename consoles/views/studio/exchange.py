"""Flows from and for other installations: exported as a signed file, imported as a draft, and whose word is taken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consoles.access import POST, permitted
from consoles.views.studio.versions import of_number
from tickets.errors import Invalid, NotFound, ServiceError
from tickets.models import TrustedSigner
from tickets.permissions import Permission
from tickets.services.studio import exchange
from tickets.web.given import whole_number


@permitted(Permission.EDIT_FLOWS)
def exchange_page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@permitted(Permission.EDIT_FLOWS, POST)
def flow_export(request: HttpRequest, slug: str, version: int) -> HttpResponse:
    data = exchange.export(of_number(slug, version), request.user)
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slug}-v{version}.flow.json"'
    return response


@permitted(Permission.EDIT_FLOWS, POST)
def flow_import(request: HttpRequest) -> HttpResponse:
    """The draft that was made of the file, or the page with what is wrong with it."""
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid(_("请选择一个导出的流程文件。"))
        draft = exchange.take_in(upload.read(exchange.MAX_BYTES + 1), request.user)
    except ServiceError as error:
        return _page(request, error.message, error.status)
    return redirect("flow-draft", draft.template.slug)


@permitted(Permission.EDIT_FLOWS, POST)
def signing_key(request: HttpRequest) -> HttpResponse:
    exchange.make_key(request.user)
    return redirect("flow-exchange")


@permitted(Permission.MANAGE_INTEGRATIONS, POST)
def signer_trust(request: HttpRequest) -> HttpResponse:
    """Add an installation, or withdraw one."""
    try:
        if number := request.POST.get("withdraw", ""):
            exchange.withdraw(_signer(number), request.user)
        else:
            exchange.trust(request.user, request.POST.get("name", ""), request.POST.get("key", ""))
    except ServiceError as error:
        return _page(request, error.message, error.status)
    return redirect("flow-exchange")


def _signer(text: str) -> TrustedSigner:
    row = TrustedSigner.objects.filter(pk=whole_number(text) or 0).first()
    if row is None:
        raise NotFound
    return row


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    own = exchange.own_key()
    signers = TrustedSigner.objects.filter(withdrawn_at=None).select_related("trusted_by").order_by("name")
    context = {
        "problem": problem,
        "typed": request.POST,
        "own": own,
        "own_fingerprint": exchange.fingerprint(own) if own else "",
        "signers": [(row, exchange.fingerprint(row.public_key)) for row in signers],
    }
    return render(request, "consoles/studio/exchange.html", context, status=status)
