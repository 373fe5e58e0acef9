"""What the admin pages of all apps have in common until the editor comes."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyModelForm = forms.ModelForm[Any]
else:  # only the stubs make them generic
    AnyModelAdmin = admin.ModelAdmin
    AnyModelForm = forms.ModelForm


class ReadOnlyAdmin(AnyModelAdmin):
    """A page to look at: what it shows is written by services, which know the rules that a form does not."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False
