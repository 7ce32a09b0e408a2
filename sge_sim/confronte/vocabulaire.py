"""What is known to be of nobody: the words that a masked exchange, or a record, may hold."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain, product
from pathlib import Path
from typing import Any, Final, NamedTuple

from lxml import etree

from sge_sim.domaine.libelles import LISTES, MOTIFS_FIN
from sge_sim.machine.files import data_path
from sge_sim.machine.once import computed_once
from sge_sim.machine.yaml_files import read_mapping
from sge_sim.services.declared import declared_services, return_codes
from sge_sim.soap.contract import ENVELOPE, WSDL, Contract, load_contracts
from sge_sim.soap.declarations import XSD, Declarations, DeclaredValue, name_of
from sge_sim.tables.point_columns import COMPTEUR_ATTRIBUTES, POINT_ATTRIBUTES

ESPACE_SOAP: Final = f"{{{ENVELOPE}}}"
_NAMED: Final = etree.XPath("//xs:*[@name]/@name", namespaces={"xs": XSD})
_ENUMERATED: Final = etree.XPath("//xs:enumeration/@value", namespaces={"xs": XSD})
_OF_SOAP: Final = ("Envelope", "Header", "Body", "Fault", "faultcode", "faultstring", "detail")
_SERVER: Final = ("soap:Server", "soap:Client", "soap-env:Server", "soap-env:Client")


class Vocabulaire(NamedTuple):
    """Names of elements and of namespaces, and words, that anybody may read; what the lists of
    `mots.yaml` say."""

    noms: frozenset[str]
    espaces: frozenset[str]
    mots: frozenset[str]
    admis: frozenset[str]
    listes: Mapping[str, Any]

    def may_show(self, text: str) -> bool:
        """Tell whether a text is a word that the program itself has."""
        return text in self.mots

    def depends_on_all(self, *codes: str | None) -> bool:
        """Tell whether one of these codes depends on all the points of a platform."""
        return any(code in self.listes["dependants"] for code in codes)


def contracts() -> Mapping[str, Contract]:
    """Return the contracts of the services, by path."""
    return load_contracts(data_path("wsdl"))


@computed_once()
def vocabulaire() -> Vocabulaire:
    """Return what is known to be of nobody."""
    listes: Mapping[str, Any] = read_mapping(Path(__file__).with_name("mots.yaml"))
    schemas = [
        (contract, etree.fromstring(text))
        for contract in contracts().values()
        for text in contract.schemas.values()
    ]
    namespaces = chain.from_iterable(contract.schemas for contract, _ in schemas)
    return Vocabulaire(
        noms=frozenset(chain(_OF_SOAP, *(map(str, _NAMED(schema)) for _, schema in schemas))),
        espaces=frozenset((ENVELOPE, WSDL, "", *namespaces)),
        mots=frozenset(
            chain(
                _words(),
                *listes["mots"],
                *(map(str, _ENUMERATED(schema)) for _, schema in schemas),
            )
        ),
        admis=frozenset(chain(LISTES, *listes["admis"])),
        listes=listes,
    )


def _words() -> Iterator[str]:
    """Yield the codes and the labels that the program has, and small numbers."""
    yield from _SERVER
    for code, libelle in chain(return_codes().items(), *(each.items() for each in LISTES.values())):
        yield from (code, libelle)
    yield from MOTIFS_FIN.values()
    for service in declared_services().values():
        for each in service.prestations:
            yield from filter(None, (each.fiche, each.fiche_libelle, each.option))
            yield from filter(None, (each.option_libelle,))
        yield from service.mesures
        yield service.version
    for attribute in (*POINT_ATTRIBUTES.values(), *COMPTEUR_ATTRIBUTES.values()):
        yield from attribute.codes or ()
    for cote, sens in product((*"FD", "T"), ("EAS", "EAI")):
        yield from (f"IDX_{sens}_{cote}{rang or ''}" for rang in range(11))
    yield from map(str, range(10))


class Forme:
    """What a contract declares of an element of a message, found as one goes down."""

    def __init__(self, declarations: Declarations, node: etree._Element | None) -> None:
        self._declarations, self._node = declarations, node

    @cached_property
    def elements(self) -> Mapping[str, "Forme"]:
        """What may be in it, by name, in the order of the contract."""
        return {name: Forme(self._declarations, node) for name, node in self._parts("element")}

    @cached_property
    def attributes(self) -> Mapping[str, DeclaredValue]:
        """What its attributes may be, by name."""
        found = self._parts("attribute")
        return {name: self._declarations.value_of(node) for name, node in found}

    @cached_property
    def value(self) -> DeclaredValue:
        """What its text may be."""
        if self._node is None:
            return DeclaredValue("string", {})
        return self._declarations.value_of(self._node)

    @cached_property
    def repeats(self) -> bool:
        """Whether there may be several of it."""
        return self._node is not None and self._node.get("maxOccurs", "1") not in ("0", "1")

    def _parts(self, kind: str) -> Iterator[tuple[str, etree._Element]]:
        if self._node is not None:
            for each in self._declarations.parts(self._node, kind):
                yield name_of(each), each


FORME_TEXTE: Final = Forme(Declarations({}), None)
"""That of the elements of a fault that SOAP itself declares."""


@computed_once(64)
def formes_of(contract_path: str) -> Mapping[str, Forme]:
    """Return what a contract declares of its global elements, by `{namespace}name`."""
    declarations = contracts()[contract_path].declarations
    return {name: Forme(declarations, node) for name, node in declarations.elements.items()}


def forme_of(
    element: etree._Element, above: Forme | None, globals_: Mapping[str, Forme]
) -> Forme | None:
    """Return what is declared of an element in another one, None where nothing is."""
    name = str(element.tag)
    if name in ("faultcode", "faultstring"):
        return FORME_TEXTE
    return globals_.get(name) or (None if above is None else above.elements.get(name))


def is_word(text: str, pattern: str) -> bool:
    """Tell whether a text is wholly of a pattern that says what may be written."""
    return bool(pattern) and re.fullmatch(pattern, text, re.IGNORECASE | re.ASCII) is not None
