"""The trees of the XML files, and the schemas made from them.

A line is an element, its occurrences and its type, with the length or the values that it may
have; `@` is an attribute, `?` an optional one. They are those of the schemas of R50 v1.1.0,
R151 v1.2.0, R4x v1.1.1 and R171 v1.2.0.
"""

from functools import cache

from lxml import etree

R50 = """
R50 1..1
  En_Tete_Flux 1..1
    Identifiant_Flux 1..1 string =R50
    Libelle_Flux 1..1 string =Courbes de charge des PRM du segment C5 sur abonnement
    Version_XSD 1..1 string <10
    Identifiant_Emetteur 1..1 string =ERDF
    Identifiant_Destinataire 1..1 string <20
    Date_Creation 1..1 dateTime
    Identifiant_Contrat 1..1 string <20
    Numero_Abonnement 1..1 string <20
    Pas_Publication 1..1 integer
  PRM 1..*
    Id_PRM 1..1 string ~[0-9]{14}
    Donnees_Releve 1..*
      Date_Releve 1..1 date
      Id_Affaire 0..1 string ~[0-9A-Z]{4,8}
      PDC 0..*
        H 1..1 dateTime
        V 0..1 integer
        IV 0..1 integer =0|1
"""
_CLASSE = """
        Id_Classe_Temporelle 1..1 string <20
        Libelle_Classe_Temporelle 1..1 string <250
        Rang_Cadran 1..1 integer
        Valeur 1..1 integer
        Indice_Vraisemblance 0..1 integer =0|1"""
R151 = f"""
R151 1..1
  En_Tete_Flux 1..1
    Identifiant_Flux 1..1 string =R151
    Libelle_Flux 1..1 string =Puissances maximales et index des PRM du segment C5 sur abonnement
    Version_XSD 1..1 string <10
    Identifiant_Emetteur 1..1 string =ERDF
    Identifiant_Destinataire 1..1 string <20
    Date_Creation 1..1 dateTime
    Identifiant_Contrat 1..1 string <20
    Numero_Abonnement 1..1 string <20
    Unite_Mesure_Index 1..1 string <20
    Unite_Mesure_Puissance 1..1 string <20
  PRM 1..*
    Id_PRM 1..1 string ~[0-9]{{14}}
    Donnees_Releve 1..*
      Date_Releve 1..1 date
      Id_Calendrier_Fournisseur 1..1 string <20
      Libelle_Calendrier_Fournisseur 1..1 string <250
      Id_Calendrier_Distributeur 1..1 string <20
      Libelle_Calendrier_Distributeur 1..1 string <250
      Id_Affaire 0..1 string ~[0-9A-Z]{{4,8}}
      Classe_Temporelle_Distributeur 0..4{_CLASSE}
      Classe_Temporelle 0..10{_CLASSE}
      Puissance_Maximale 0..1
        Valeur 1..1 integer
"""
R4X = """
Courbe 1..1
  Entete 1..1
    Identifiant_Flux 1..1 string <20
    Libelle_Flux 1..1 string <250
    Identifiant_Emetteur 1..1 string <20
    Identifiant_Destinataire 1..1 string <20
    Date_Creation 1..1 dateTime
    Frequence_Publication 1..1 string =Q|H|M
    Reference_Demande 1..1 string <15
    Nature_De_Courbe_Demandee 1..1 string =Brute|Corrigée
  Corps 1..1
    Identifiant_PRM 1..1 string ~[0-9]{14}
    Donnees_Courbe 1..*
      Horodatage_Debut 1..1 dateTime
      Horodatage_Fin 1..1 dateTime
      Granularite 1..1 integer =5|10
      Unite_Mesure 1..1 string <6
      Grandeur_Metier 1..1 string =CONS|PROD|
      Grandeur_Physique 1..1 string =EA|ERC|ERI|E
      Donnees_Point_Mesure 1..*
        @Horodatage dateTime
        @Valeur_Point? integer
        @Statut_Point? string =R|H|P|S|T|F|G|E|C|K|D
"""
R171 = """
R171 1..1
  entete 1..1
    emetteur 1..1 string
    destinataire 1..1 string
    dateHeureCreation 1..1 dateTime
    flux 1..1 string <15
    version 1..1 string <15
  serieMesuresDateesListe 1..1
    serieMesuresDatees 1..*
      prmId 1..1 string ~[0-9]{14}
      type 1..1 string ~[A-Z0-9]{1,15}
      grandeurMetier 1..1 string
      grandeurPhysique 1..1 string ~[A-Z0-9]{1,15}
      typeCalendrier 1..1 string ~[A-Z0-9]{1,15}
      codeClasseTemporelle 1..1 string ~[A-Z0-9]{1,15}
      libelleClasseTemporelle 1..1 string
      unite 1..1 string <7
      mesuresDateesListe 1..1
        mesureDatee 1..*
          dateFin 1..1 dateTime
          valeur 1..1 integer
"""
_XS = "{http://www.w3.org/2001/XMLSchema}"


def check(tree: str, content: bytes, namespace: str | None = None) -> None:
    """Validate a file against its tree; fails with what the schema says."""
    _schema(tree, namespace).assertValid(etree.fromstring(content))


@cache
def _schema(tree: str, namespace: str | None) -> etree.XMLSchema:
    schema = etree.Element(f"{_XS}schema", nsmap={"xs": _XS[1:-1]})
    if namespace is not None:
        schema.set("targetNamespace", namespace)
    lines = [line for line in tree.splitlines() if line.strip()]
    parents = [(-1, schema)]
    for line in lines:
        depth = len(line) - len(line.lstrip())
        while parents[-1][0] >= depth:
            parents.pop()
        parent = parents[-1][1]
        if line.strip().startswith("@"):
            name, kind, *facet = line.strip()[1:].split(" ", 2)
            attribute = etree.SubElement(_complex(parent), f"{_XS}attribute")
            attribute.set("name", name.rstrip("?"))
            attribute.set("use", "optional" if name.endswith("?") else "required")
            _typed(attribute, kind, facet)
            continue
        name, occurs, *rest = line.strip().split(" ", 3)
        element = etree.SubElement(
            schema if parent is schema else _sequence(parent), f"{_XS}element", name=name
        )
        if parent is not schema:
            least, most = occurs.split("..")
            element.set("minOccurs", least)
            element.set("maxOccurs", "unbounded" if most == "*" else most)
        if rest:
            _typed(element, rest[0], rest[1:])
        parents.append((depth, element))
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


def _complex(element: etree._Element) -> etree._Element:
    found = element.find(f"{_XS}complexType")
    return etree.SubElement(element, f"{_XS}complexType") if found is None else found


def _sequence(element: etree._Element) -> etree._Element:
    found = _complex(element).find(f"{_XS}sequence")
    return etree.SubElement(_complex(element), f"{_XS}sequence") if found is None else found


def _typed(node: etree._Element, kind: str, facets: list[str]) -> None:
    if not facets:
        node.set("type", f"xs:{kind}")
        return
    (facet,) = facets
    simple = etree.SubElement(node, f"{_XS}simpleType")
    restriction = etree.SubElement(simple, f"{_XS}restriction", base=f"xs:{kind}")
    if facet[0] == "=":
        for value in facet[1:].split("|"):
            etree.SubElement(restriction, f"{_XS}enumeration", value=value)
    elif facet[0] == "~":
        etree.SubElement(restriction, f"{_XS}pattern", value=facet[1:])
    else:
        etree.SubElement(restriction, f"{_XS}maxLength", value=facet[1:])
