"""What the admin pages of all apps have in common."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyModelForm = forms.ModelForm[Any]
    AnyPaginator = Paginator[Any]
else:  # only the stubs make them generic
    AnyModelAdmin = admin.ModelAdmin
    AnyModelForm = forms.ModelForm
    AnyPaginator = Paginator


def staff_page(owner: AnyModelAdmin, request: HttpRequest, page: str, **context: Any) -> TemplateResponse:
    """Return a page in the look of the admin, for what Django has no page for."""
    shared = {**owner.admin_site.each_context(request), "opts": owner.opts}
    return TemplateResponse(request, f"admin/{owner.opts.app_label}/{page}.html", {**shared, **context})


class CappedPaginator(AnyPaginator):
    """The pages of a list that may have millions of rows: counted up to a number beyond which nobody turns pages."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, at most so many."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin's lists are no other
        return rows.order_by()[: self.MOST].count()


class ReadOnlyAdmin(AnyModelAdmin):
    """A page to look at: what it shows is written by services, which know the rules that a form does not."""

    class Media:
        css: ClassVar = {"all": ("staff.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted here."""
        return False
