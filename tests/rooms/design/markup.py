"""Reading a page as a browser's tree, so that tests speak of elements and not of strings."""

from __future__ import annotations

from django.http import HttpResponse
from lxml import html


class Page:
    """A page that was answered."""

    def __init__(self, response: HttpResponse) -> None:
        self.status = response.status_code
        self.text = response.content.decode()
        self.tree = html.document_fromstring(self.text)

    def find(self, selector: str) -> list[html.HtmlElement]:
        """Elements that an XPath finds."""
        found: list[html.HtmlElement] = self.tree.xpath(selector)
        return found

    def one(self, selector: str) -> html.HtmlElement:
        """The only element that an XPath finds."""
        (found,) = self.find(selector)
        return found

    def said(self, selector: str) -> list[str]:
        """The words of the elements that an XPath finds, spaces tidied."""
        return [" ".join(element.text_content().split()) for element in self.find(selector)]

    def ids(self) -> list[str]:
        """Every id of the page, in order."""
        return [str(found) for found in self.tree.xpath("//@id")]
