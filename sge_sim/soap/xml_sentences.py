"""What isn't XML, in one French sentence."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from sge_sim.soap.schema_sentences import received

_FAULTS: Final[Mapping[str, str]] = {
    "ERR_TAG_NAME_MISMATCH": "une balise mal fermée",
    "ERR_TAG_NOT_FINISHED": "une balise non fermée",
    "ERR_GT_REQUIRED": "une balise sans son « > »",
    "ERR_LTSLASH_REQUIRED": "une balise sans sa fin",
    "ERR_DOCUMENT_END": "une suite après la fin",
    "ERR_UNDECLARED_ENTITY": "une entité inconnue",
    "ERR_ENTITYREF_SEMICOL_MISSING": "un « & » isolé",
    "ERR_NAME_REQUIRED": "un « & » ou un « < » isolé",
    "ERR_INVALID_CHAR": "un caractère interdit",
    "ERR_INVALID_CHARREF": "un caractère interdit",
    "ERR_UNSUPPORTED_ENCODING": "un encodage inconnu",
    "ERR_UNKNOWN_ENCODING": "un encodage inconnu",
    "ERR_INVALID_ENCODING": "des octets hors encodage",
    "ERR_ATTRIBUTE_REDEFINED": "un attribut répété",
    "ERR_ATTRIBUTE_NOT_STARTED": "un attribut sans guillemets",
    "ERR_ATTRIBUTE_NOT_FINISHED": "un attribut non fermé",
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "un attribut sans valeur",
    "ERR_LT_IN_ATTRIBUTE": "un « < » dans un attribut",
    "ERR_RESERVED_XML_NAME": "un « <?xml » mal placé",
    "ERR_VERSION_MISSING": "un « <?xml » sans version",
    "ERR_MISPLACED_CDATA_END": "un « ]]> » isolé",
    "ERR_CDATA_NOT_FINISHED": "un CDATA non fermé",
    "ERR_COMMENT_NOT_FINISHED": "un commentaire non fermé",
    "ERR_HYPHEN_IN_COMMENT": "un commentaire avec « -- »",
    "ERR_PI_NOT_FINISHED": "une instruction non fermée",
    "NS_ERR_UNDEFINED_NAMESPACE": "un préfixe non déclaré",
    "NS_ERR_XML_NAMESPACE": "un préfixe non déclaré",
}
"""What the parser's errors are, by their names in libxml2."""

_LIMITS: Final = (etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_INTERNAL_ERROR)
_KINDS: Final = {getattr(etree.ErrorTypes, name, -1): said for name, said in _FAULTS.items()}
_START: Final = 200


def not_xml(error: Exception, message: bytes) -> str:
    """Return the sentence on a message that the parser refuses, and where it does."""
    start = message[:_START].strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff")
    if not start:
        return "message : une enveloppe SOAP 1.1 attendue, rien reçu"
    if not start.startswith(b"<"):
        text = start.replace(b"\0", b"").decode("utf-8", "replace")
        return f"message : du XML attendu, {received(text)}"
    if not isinstance(error, etree.XMLSyntaxError):
        return "message : du XML bien formé attendu, reçu un encodage inconnu"
    if error.code in _LIMITS:
        return "message : 256 niveaux et 10 Mo de texte au plus attendus, reçu davantage"
    fault = _KINDS.get(error.code, "une faute d'écriture")
    line, column = error.position
    return f"message : du XML bien formé attendu, reçu {fault}, ligne {line}, colonne {column}"
