"""The page of return codes, made from the services' own control tables.

python -m sge_sim.services.documentation > docs/codes.md
"""

from collections.abc import Iterator

from sge_sim.domaine.nomenclatures import in_french
from sge_sim.refus import Control
from sge_sim.services.registry import SERVICES
from sge_sim.services.service import Service

COMMON_CODES = {
    "SGT200": "la demande est acceptée (en-tête `acquittement`)",
    "SGT500": "un défaut du simulateur lui-même ; son journal de bord le dit",
    "SGT506": "la base ne répond pas à temps",
    "SGT562": "le message ne suit pas le contrat ; le journal dit l'élément, l'attendu et le reçu",
}
"""What every service answers without a rule of its own."""


def codes_page() -> str:
    """Return the page in Markdown."""
    lines = [
        "# Les codes retour",
        "",
        "Fait des tables de contrôles des services par `make pages`. Les règles d'un service sont",
        "tenues dans l'ordre de sa table ; aucun document ne dit cet ordre, qui est donc supposé",
        "partout. La *provenance* dit à quel point la règle même est sûre. Le nom d'une règle est",
        "entre parenthèses : le journal le garde, `--disabled-rules` le prend. Une règle",
        "*indispensable* ne s'éteint pas : sans elle le service n'a rien à répondre.",
        "",
        "SGT4F10 a sept caractères où le schéma en admet six. Il est envoyé comme documenté : la",
        "seule réponse qui rompt le contrat.",
        "",
        "Les années sont celles du calendrier : d'un 29 février elles finissent un 28 (supposé).",
        "Sous une table est ce que fait le service où ses documents se contredisent ou se taisent.",
    ]
    for service in SERVICES:
        lines += ["", f"## {service.nom} v{service.version}", "", _declared(service), ""]
        lines += ["| code | libellé | ce qui passe | source | provenance |"]
        lines += ["|---|---|---|---|---|"]
        lines += _rows(service)
        if service.remarques:
            lines += ["", *(f"- {remarque}" for remarque in service.remarques)]
    return "\n".join(lines) + "\n"


def _declared(service: Service) -> str:
    declared = {
        "Package": (service.package,),
        "Types de mesures": service.mesures,
        "Fichiers": service.flux,
        "Catalogue des prestations": service.fiches,
    }
    return " ".join(f"{name} : {', '.join(values)}." for name, values in declared.items() if values)


def _rows(service: Service) -> Iterator[str]:
    for control in service.controls:
        passes = f"{control.remede} {_named(service, control)}"
        yield _row(service, control.code, passes, control.source, in_french(control.provenance))
    for code in service.codes:
        if code in COMMON_CODES and code not in {control.code for control in service.controls}:
            yield _row(service, code, _common(service, code))
    for code, reason in sorted(service.unreachable.items()):
        yield _row(service, code, f"*jamais envoyé* : {reason}")


def _common(service: Service, code: str) -> str:
    meaning = COMMON_CODES[code]
    if code == "SGT506" and service.par_seconde is not None:
        ceiling = (
            f"avec `--plafonds-refused`, au-delà de {service.par_seconde} demandes par seconde"
        )
        meaning += f" ; {ceiling}, tous acteurs ensemble (son guide ; code supposé)"
    return meaning


def _named(service: Service, control: Control[object]) -> str:
    name = control.of(service.nom).name
    return f"(`{name}`{', indispensable' if control.indispensable else ''})"


def _row(service: Service, code: str, meaning: str, source: str = "", provenance: str = "") -> str:
    return f"| {code} | {service.libelle(code)} | {meaning} | {source} | {provenance} |"


if __name__ == "__main__":
    print(codes_page(), end="")  # noqa: T201
