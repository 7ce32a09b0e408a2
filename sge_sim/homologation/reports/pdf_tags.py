"""Tagged PDF: what readers for the blind, searches and copies go by (ISO 32000-1 §14.8).

reportlab draws, and tags nothing: here each paragraph says which element of the document it is, and
the elements are written as the structure tree of the file. What belongs to the page alone, lines
and footers, is an artifact.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObjectReference
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table


@dataclass(eq=False)
class Element:
    """An element of the document: `tag` is its role, `scope` what a head of a table names (`Column`
    or `Row`), `marks` where it was drawn: the rank of the page, and that of the mark in it."""

    tag: str
    kids: "list[Element]" = field(default_factory=list)
    scope: str = ""
    marks: list[tuple[int, int]] = field(default_factory=list)


class TaggedParagraph(Paragraph):  # type: ignore[misc]
    """A paragraph that is an element, on however many pages it stands."""

    element: Element

    def split(self, width: float, height: float) -> list[Any]:
        """Return the parts that hold on a page and after it, both of the same element."""
        parts: list[Any] = super().split(width, height)
        for part in parts:
            part.element = self.element
        return parts

    def draw(self) -> None:
        """Draw it between its marks."""
        with self.canv.tagged(self.element):
            super().draw()


class TaggedTable(Table):  # type: ignore[misc]
    """A table of tagged paragraphs, whose lines are no content."""

    def tag_cells(self, scope: str) -> None:
        """Make it an element; heads are in the first row (`Column`) or column (`Row`)."""
        self.element = Element("Table")
        for line, row in enumerate(self._cellvalues):
            self.element.kids.append(Element("TR"))
            for column, cell in enumerate(row):
                head = not (line if scope == "Column" else column)
                content = [each.element for each in (cell if isinstance(cell, list) else [cell])]
                tagged = Element("TH" if head else "TD", content, scope if head else "")
                self.element.kids[-1].kids.append(tagged)

    def _drawLines(self) -> None:
        with self.canv.tagged():
            super()._drawLines()


class TaggedCanvas(Canvas):  # type: ignore[misc]
    """A canvas that notes where each element is drawn, and writes their tree."""

    def __init__(self, root: Element, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._root = root
        self._marked: list[list[Element]] = [[]]

    @contextmanager
    def tagged(self, element: Element | None = None) -> Iterator[None]:
        """Draw what belongs to an element, to the page alone without one."""
        if element is None:
            self._code.append("/Artifact BMC")
        else:
            page = self._marked[-1]
            element.marks.append((len(self._marked) - 1, len(page)))
            self._code.append(f"/{element.tag} <</MCID {len(page)}>> BDC")
            page.append(element)
        yield
        self._code.append("EMC")

    def showPage(self) -> None:
        """End a page, with its place in the tree."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = len(self._marked) - 1, PDFName("S")
        self._marked.append([])

    def save(self) -> None:
        """Write the document, its tree before the rest."""
        references: dict[Element, Any] = {}
        top = self._written(self._root, PDFObjectReference("StructTree"), references)
        owners = [PDFArray([references[each] for each in page]) for page in self._marked[:-1]]
        tree = {
            "Type": PDFName("StructTreeRoot"),
            "K": top,
            "ParentTree": PDFDictionary({"Nums": PDFArray(list(chain(*enumerate(owners))))}),
            "ParentTreeNextKey": len(owners),
        }
        catalog = self._doc.Catalog
        catalog.StructTreeRoot = self._doc.Reference(PDFDictionary(tree), "StructTree")
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        self.setViewerPreference("DisplayDocTitle", "true")
        super().save()

    def _written(self, element: Element, parent: Any, references: dict[Element, Any]) -> Any:
        """Return the reference of an element, after those of what it holds."""
        name = f"Struct.{len(references)}"
        own = references[element] = PDFObjectReference(name)
        kids = [self._written(kid, own, references) for kid in element.kids]
        pages = self._doc.Pages.pages
        for page, rank in element.marks:
            mark = {"Type": PDFName("MCR"), "Pg": self._doc.Reference(pages[page]), "MCID": rank}
            kids.append(PDFDictionary(mark))
        written = {
            "Type": PDFName("StructElem"),
            "S": PDFName(element.tag),
            "P": parent,
            "K": PDFArray(kids),
        }
        if element.scope:
            scope = {"O": PDFName("Table"), "Scope": PDFName(element.scope)}
            written["A"] = PDFDictionary(scope)
        self._doc.Reference(PDFDictionary(written), name)
        return own
