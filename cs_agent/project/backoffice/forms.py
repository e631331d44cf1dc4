"""Forms of the back office: roles by rights in words, a phone's labels without JSON, its condition as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib.auth.models import Group, User
from django.contrib.auth.models import Permission as Row
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import UserChangeForm
from unfold.widgets import UnfoldAdminTextInputWidget

from consoles.pages.audit.words import roles_in_words
from consoles.pages.rights import RIGHTS
from tickets.models import Department, Phone
from tickets.permissions import Permission

_MOST_LABELS = 20
_LONGEST = 40


class RightsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: Row) -> str:
        return str(RIGHTS[Permission(row.codename)])


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rights of the product; permissions that others gave the group stay as they are."""

    permissions = RightsField(
        queryset=Row.objects.filter(content_type__app_label="tickets", codename__in=list(Permission)).order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("权限"),
    )

    class Meta:
        model = Group
        fields = ("name", "permissions")

    def clean_permissions(self) -> list[Row]:
        chosen = list(self.cleaned_data["permissions"])
        if not self.instance.pk:
            return chosen
        return [*chosen, *self.instance.permissions.exclude(codename__in=list(Permission))]


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: Group) -> str:
        return roles_in_words(row.name)


class PersonForm(UserChangeForm):
    """A person with roles in words, and with the departments, which are kept on the departments' side."""

    groups = RolesField(
        queryset=Group.objects.order_by("pk"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("角色"),
    )
    departments = forms.ModelMultipleChoiceField(
        queryset=Department.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("部门"),
        help_text=gettext_lazy("只看得到自己部门的工单。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["departments"].initial = self.instance.departments.all()


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: User) -> str:
        name = row.get_full_name()
        return f"{name} ({row.username})" if name else row.username


class DepartmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who belongs to it; those who left stand there only as long as they do."""

    members = PeopleField(
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=gettext_lazy("成员"),
    )

    class Meta:
        model = Department
        fields = ("name", "members")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Q(departments=self.instance) if self.instance.pk else Q()
        people = User.objects.filter(Q(is_active=True) | here).distinct()
        members = cast("PeopleField", self.fields["members"])
        members.queryset = people.order_by("first_name", "last_name", "username")
        members.widget.attrs["data-find"] = _("按姓名查找")


class LabelsField(forms.CharField):
    """Words parted by commas, kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [word.strip() for word in str(value or "").replace(",", ",").split(",")]
        return list(dict.fromkeys(word for word in words if word))

    def validate(self, value: Any) -> None:
        if len(value) > _MOST_LABELS or any(len(word) > _LONGEST for word in value):
            raise forms.ValidationError(
                _("最多 %(most)d 个标签,每个最多 %(long)d 个字。") % {"most": _MOST_LABELS, "long": _LONGEST}
            )

    def run_validators(self, value: Any) -> None:
        """Those of a text do not fit a list."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != self.to_python(data)


class PhoneForm(forms.ModelForm):  # type: ignore[type-arg]
    labels = LabelsField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        label=gettext_lazy("标签"),
        help_text=gettext_lazy("用逗号分开,例如:android, 售后;流程按标签选手机。"),
    )

    class Meta:
        model = Phone
        fields = ("name", "serial", "queue", "labels", "state", "fault")


def condition_in_words(health: Mapping[str, Any]) -> str:
    """What the phone last said of itself."""
    parts = [str(health[name]) for name in ("model",) if health.get(name)]
    if health.get("android"):
        parts.append(f"Android {health['android']}")
    if health.get("battery_percent") is not None:
        charging = _("充电中") if health.get("charging") else _("电量")
        parts.append(f"{charging} {health['battery_percent']}%")
    if health.get("temperature_c") is not None:
        parts.append(f"{health['temperature_c']} °C")
    return " · ".join(parts) or "—"
