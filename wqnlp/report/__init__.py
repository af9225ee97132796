"""The main job and its page: tables, a plot, one self-contained HTML file, and a summary to print."""

from wqnlp.report.job import main_job

__all__ = ["main_job"]
