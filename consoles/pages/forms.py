"""Forms of the console. What may be uploaded is decided by `tickets.services`; a form only gathers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Department
from tickets.models.ticket.tickets import Priority
from tickets.services.people import access


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleans to a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=Files(), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        items = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(item, initial) for item in items if item]


class TicketForm(forms.Form):
    """A new ticket; the text's length is checked by the service, which counts bytes."""

    subject = forms.CharField(label=_("标题"), max_length=200, required=False)
    text = forms.CharField(label=_("客户描述"), strip=False, required=False)
    customer_name = forms.CharField(label=_("客户姓名"), max_length=80, required=False)
    customer_mobile = forms.CharField(label=_("客户手机号"), max_length=20, required=False)
    priority = forms.TypedChoiceField(label=_("优先级"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL)
    department = forms.ModelChoiceField(label=_("部门"), queryset=Department.objects.none(), required=False)
    attachments = FilesField(label=_("附件"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = access.departments(user).order_by("name")
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells the type checker
        field.queryset = departments
        self.departments = list(departments)
