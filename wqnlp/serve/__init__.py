"""The pipeline over HTTP, for other programs of the house: a summary is posted, its records come back as JSON.

Needs the extra `serve`; nothing here is imported before `wqnlp serve` runs. The way of a request: `app` asks for the
token, counts the bytes (`bodies`), hands them to a process of `pool` that may be ended, which runs `work`; what goes
wrong is a `problems.Problem`. `models` describes it all for OpenAPI. Nothing posted is kept, logged or used as a path.
"""
