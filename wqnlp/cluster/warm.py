"""Imported once in the process that a worker's children are forked from: they have tables, rules and models from the start,
and the time that a file may take is its own. Nothing else imports it.
"""

from wqnlp.store.ready import warm

warm()
