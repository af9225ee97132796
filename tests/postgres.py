"""A PostgreSQL that is thrown away: a cluster in a temporary folder, reached by a socket there, gone with the tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

PLACES = "/usr/lib/postgresql"           # where Debian puts them, by version
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60",
         "logging_collector=off", "deadlock_timeout=200ms")


def missing():
    """Why there is none here, or None."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed: pip install 'wqnlp[postgres]'"
    if programs() is None:
        return f"no PostgreSQL under {PLACES}: apt-get install postgresql"
    return None


def programs():
    """The folder of initdb and postgres, of the newest version that is there."""
    found = [p.parent for p in Path(PLACES).glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name)) if found else None


class Cluster:
    """A running server. It refuses to run as root, so then it runs as `postgres` or `nobody`."""

    def __init__(self, *settings):
        self.folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")          # a socket's path must be short
        self._as = {}
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            user = names.get("postgres") or names["nobody"]
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        told = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": self.folder, **self._as}
        data = f"{self.folder}/data"
        made = subprocess.run([programs() / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8",
                               "--locale=C.UTF-8", "--no-sync"], **told)
        assert made.returncode == 0, made.stdout.decode(errors="replace")
        options = [part for setting in (*QUICK, *settings, f"unix_socket_directories={self.folder}") for part in ("-c", setting)]
        self._command = [programs() / "postgres", "-D", data, *options]
        self._made, self._starting = 0, None
        self._start()

    def _start(self):
        """Again where it ends at once: processes of one that was stopped like a crash may still be there."""
        for _ in range(20):
            self._server = subprocess.Popen(self._command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                            **self._as)
            if self._answers():
                return
            time.sleep(0.1)
        raise AssertionError("the server ends")

    def restart(self, how, down=0.0):
        """Stop it (`fast` ends what is under way, `immediate` is like a crash), and start it again after so many seconds;
        this returns when it is stopped."""
        self._main.close()
        self._server.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how])
        self._server.wait(30)
        self._starting = threading.Timer(down, self._start)
        self._starting.start()

    def started(self):
        """Wait until it is there again."""
        self._starting.join()

    def _answers(self):
        import psycopg

        for _ in range(300):
            try:
                self._main = psycopg.connect(self.url("postgres"), autocommit=True)
                return True
            except psycopg.OperationalError:
                if self._server.poll() is not None:
                    return False
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def url(self, name):
        return f"postgresql://tester@/{name}?host={self.folder}"

    def new(self):
        """The URL of an empty database."""
        self._made += 1
        self._main.execute(f"CREATE DATABASE t{self._made} TEMPLATE template0")
        return self.url(f"t{self._made}")

    def close(self):
        if self._starting is not None:
            self._starting.join()
        self._main.close()
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
