"""A folder that is watched: what is dropped into it lands in the library, what is broken beside it with the reason."""

from wqnlp.watch.loop import Told, Watcher

__all__ = ["Told", "Watcher"]
