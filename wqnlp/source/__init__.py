"""Bytes to source text: one reader a format."""

from wqnlp.source.base import Cell, Content, Decoding, Doubt, Page, Place, Source
from wqnlp.source.packed import Member, looks_packed, members
from wqnlp.source.packed_base import Unpacking
from wqnlp.source.reading import read

__all__ = ["Cell", "Content", "Decoding", "Doubt", "Member", "Page", "Place", "Source", "Unpacking", "looks_packed",
           "members", "read"]
