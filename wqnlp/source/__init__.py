"""Bytes to source text: one reader a format."""

from wqnlp.source.base import Cell, Content, Decoding, Doubt, Page, Place, Source
from wqnlp.source.gather import Input, gather, read_pages
from wqnlp.source.packed import Member, looks_packed, members
from wqnlp.source.packed_base import Unpacking
from wqnlp.source.reading import read, read_data
from wqnlp.source.states import State, digest, state, state_of

__all__ = ["Cell", "Content", "Decoding", "Doubt", "Input", "Member", "Page", "Place", "Source", "State", "Unpacking", "digest",
           "gather", "looks_packed", "members", "read", "read_data", "read_pages", "state", "state_of"]
