"""Loads what the work needs into the process that all working ones are forked from, so that each begins at once.

`pool` names this module to the forkserver and sets the variable; imported anywhere else it does nothing.
"""

import os

VARIABLE = "WQNLP_SERVE_PRELOAD"

if os.environ.get(VARIABLE) == "1":
    from wqnlp.serve import work

    work.warm()
