"""Puts the models of the repository into the wheel, as wqnlp/models; all else stands in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


class WithModels(build_py):
    """Copies models/ beside the modules; an editable install reads the folder of the checkout."""

    def run(self):
        super().run()
        if not self.editable_mode:
            shutil.copytree(HERE / "models", Path(self.build_lib) / "wqnlp" / "models", dirs_exist_ok=True)


setup(cmdclass={"build_py": WithModels})
