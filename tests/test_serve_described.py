"""The service keeps to its own description: schemathesis makes requests of it, right and wrong, and holds the answers to it."""

from functools import cache

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from test_serve import AUTH, SETTINGS, Here

from wqnlp.serve.app import make

JSON, PLAIN, FORM = "application/json", "text/plain", "multipart/form-data"
GETS = [("GET", "/v1/codes", None), ("GET", "/healthz", None)]
POSTS = [("POST", "/v1/summaries", JSON), ("POST", "/v1/summaries", PLAIN), ("POST", "/v1/summaries", FORM),
         ("POST", "/v1/numbers", JSON)]
# A file or text that is no text at all (control characters, blanks) is refused however well the request is formed.
UNREAD = {"checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "401", "415", "422"]}}}


@cache
def described(kind):
    """The description with no body but those of one kind, since a JSON object is a text as well."""
    app = make(SETTINGS, Here(SETTINGS.workers, SETTINGS.waiting, SETTINGS.seconds))
    told = app.openapi()
    content = told["paths"]["/v1/summaries"]["post"]["requestBody"]["content"]
    for other in set(content) - {kind or JSON}:
        del content[other]
    made = schemathesis.openapi.from_dict(told, config=schemathesis.Config.from_dict(UNREAD if kind in (PLAIN, FORM) else {}))
    made.app = app
    return made


def held(method, path, kind, mode, examples):
    """So many requests of one kind to one route, each answer held to the description."""
    seen = set()

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=described(kind)[path][method].as_strategy(generation_mode=mode))
    def each(case):
        seen.add(case.call_and_validate(headers=AUTH).status_code)
    each()
    return seen


def test_every_route_is_tried():
    routes = {(one.ok().method.upper(), one.ok().path) for one in described(JSON).get_all_operations()}
    assert routes == {(method, path) for method, path, _ in [*GETS, *POSTS]}


@pytest.mark.parametrize(("method", "path", "kind"), [*GETS, *POSTS])
def test_right_requests(method, path, kind):
    seen = held(method, path, kind, GenerationMode.POSITIVE, 25)
    assert 200 in seen and (kind in (PLAIN, FORM) or seen == {200})


@pytest.mark.parametrize(("method", "path", "kind"), [post for post in POSTS if post[2] != PLAIN])      # any bytes may be a text
def test_wrong_requests(method, path, kind):
    assert 422 in held(method, path, kind, GenerationMode.NEGATIVE, 25)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path", "kind"), POSTS)
def test_many_requests(method, path, kind):
    assert 200 in held(method, path, kind, GenerationMode.POSITIVE, 600)
    if kind != PLAIN:
        assert 422 in held(method, path, kind, GenerationMode.NEGATIVE, 600)
