"""Bytes to source text: one reader a format."""

from wqnlp.source.base import Decoding, Page, Source
from wqnlp.source.reading import read

__all__ = ["Decoding", "Page", "Source", "read"]
