"""One module a revision, each with its tables written out: what a revision does never changes afterwards."""
