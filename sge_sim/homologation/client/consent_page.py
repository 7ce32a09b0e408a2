"""A customer on the consent page of a simulator: what a person does there in a browser."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import requests
from lxml import html

from sge_sim.errors import UsageError
from sge_sim.homologation.campaign.evaluation import RefusRecu
from sge_sim.homologation.catalogue.answer_paths import Answer
from sge_sim.homologation.client.sender import AppelFait

PAGE: Final = "/dataconnect/v{version}/oauth2/authorize"
TEXTE: Final = "page"
"""Under this name an answer holds the text of a page; it is the code of a page that refuses."""

Send = Callable[..., AppelFait]


def decide_on_page(
    send: Send, parametres: Mapping[str, Any], demande: Mapping[str, Any]
) -> AppelFait:
    """Open the page with `parametres`, and press `decision` as the customer who holds `prm`.

    `send` takes a method and the options of requests. What isn't a page (a refusal, the sandbox's
    redirection) is the answer at once. Raises `UsageError` where nobody holds the point.
    """
    prm = demande.get("prm", "")
    opened = send("GET", params={**parametres, "recherche": prm})
    page = _page(opened)
    if page is None:
        return opened
    links = page.xpath("//main//li/a/@href")
    if not links:
        raise UsageError(f"Aucun client de la page de consentement ne tient le point {prm}.")
    chosen = send("GET", params=dict(parse_qsl(urlsplit(links[0]).query)))
    shown = _page(chosen)
    if shown is None:
        return chosen
    fields = {
        "titulaire": shown.xpath("string(//input[@name='titulaire']/@value)"),
        "prm": prm,
        "decision": demande.get("decision", "accepter"),
    }
    decided = send("POST", params=dict(parametres), data=fields)
    left = _page(decided)
    if left is None:
        return decided
    told = " ".join(left.xpath("string(//*[@role='alert'])").split())
    return replace(decided, reponse=RefusRecu(TEXTE, told))


def redirected(answer: requests.Response) -> Answer | RefusRecu:
    """Return what a redirection tells the application: its parameters, or an error."""
    told: dict[str, Any] = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    if "error" in told:
        return RefusRecu(told["error"], told.get("error_description"))
    if told.get("autorisation_id", "").isdecimal():
        told["autorisation_id"] = int(told["autorisation_id"])  # as `subscribed_services` takes it
    return told


def _page(call: AppelFait) -> html.HtmlElement | None:
    """Return the page that was answered, None if something else was."""
    answer = call.reponse
    if not isinstance(answer, Mapping) or TEXTE not in answer:
        return None
    return html.fromstring(str(answer[TEXTE]))
