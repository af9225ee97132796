"""Bytes to source text: one reader a format."""

from wqnlp.source.base import Cell, Content, Decoding, Doubt, Page, Place, Source
from wqnlp.source.reading import read

__all__ = ["Cell", "Content", "Decoding", "Doubt", "Page", "Place", "Source", "read"]
