"""What a page's form sends, and how what it asks for is done.

A form is read without a library of its own: text fields alone.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request

from sge_sim.domaine.nomenclatures import in_french
from sge_sim.errors import UsageError
from sge_sim.machine.texts import unfit_in
from sge_sim.refus import Refus


@dataclass(frozen=True)
class Form:
    """The fields of a form; one that is missing, or sent empty, is empty."""

    fields: dict[str, list[str]]

    def get(self, name: str) -> str:
        """Return the first value of a field, without spaces around it."""
        return self.fields.get(name, [""])[0].strip()

    def back(self) -> str:
        """Return the page that the form was on (`retour`), the first page where it says none.

        A path of this server: an address of another one is not followed.
        """
        asked = urlsplit(self.get("retour"))
        path = "/" + asked.path.lstrip("/\\")
        return path + (f"?{asked.query}" if asked.query else "")


async def read_form(request: Request) -> Form:
    """Return the form that a request brings (`application/x-www-form-urlencoded`)."""
    text = (await request.body()).decode("utf-8", "replace")
    return Form(parse_qs(text, keep_blank_values=True, max_num_fields=100))


TypedForm = Annotated[Form, Depends(read_form)]


async def read_fit_form(form: TypedForm) -> Form:
    """Return the form that a request brings; raises `UsageError` for a text that isn't fit."""
    if unfit := unfit_in({name: "".join(values) for name, values in form.fields.items()}):
        raise UsageError(f"{unfit}.")
    return form


FitForm = Annotated[Form, Depends(read_fit_form)]


def why_refused(error: UsageError) -> str:
    """Return the sentence of a refusal, with what is known of the rule that refuses."""
    if not isinstance(error, Refus):
        return str(error)
    return f"{error} ({in_french(error.rule.provenance)} : {error.rule.source})"
