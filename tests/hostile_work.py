"""What takes files for `run`, where a test wants them to be slow or hostile: workers of a cluster import it by its name."""

import multiprocessing
import os
import signal
import time

from wqnlp.pipeline import run


def obey(path):
    """`run`, after what the file's name says."""
    name = os.path.basename(path)
    if name.startswith("loops"):
        time.sleep(600)
    elif name.startswith("eats"):
        bytearray(2**40)
    elif name.startswith("dies"):
        os.kill(os.getpid(), signal.SIGKILL)
    elif name.startswith("slow"):
        time.sleep(0.2)
    elif name.startswith("takes_its_worker"):
        os.kill(multiprocessing.parent_process().pid, signal.SIGKILL)
    return run(path)
