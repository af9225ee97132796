"""Many machines: the files of a batch through the workers of a Dask cluster, an extra (`pip install 'wqnlp[cluster]'`)."""

from wqnlp.cluster.engine import Cluster, quiet

__all__ = ["Cluster", "quiet"]
