"""The service itself: its routes, who may ask, and what is told when something goes wrong."""

from __future__ import annotations

import logging
import os
import secrets
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wqnlp import __version__, vocab
from wqnlp.serve import models, work
from wqnlp.serve.bodies import taken
from wqnlp.serve.pool import Pool
from wqnlp.serve.problems import MEDIA_TYPE, Problem, Refused, problem
from wqnlp.serve.settings import Settings
from wqnlp.store.schema import to_json

LOG = logging.getLogger("wqnlp.serve")
VERSION = {"wqnlp-version": __version__}
PLACE = "#/components/schemas/"
BEARER = HTTPBearer(auto_error=False, description="The token that the service was started with, or showed when it started.")
ABOUT = """Figures that can be believed, out of summaries of women's-rights protection work (妇联维权工作总结).

Post a summary, and its figures, themes, issues and audits come back, each with its characters in the text. Nothing
posted is kept or logged. Every request but /healthz and this description carries `Authorization: Bearer TOKEN`."""


def make(settings: Settings, pool: Pool | None = None) -> FastAPI:
    """The application. It starts its processes when the server starts it, and ends them with it."""
    pool = pool or Pool(settings.workers, settings.waiting, settings.seconds)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        try:
            yield
        finally:
            pool.close()

    app = FastAPI(title="wqnlp", version=__version__, description=ABOUT, lifespan=life, docs_url=None, redoc_url=None)
    app.add_middleware(Told)
    _handlers(app)
    _routes(app, pool, settings)
    _described(app)
    return app


def _routes(app: FastAPI, pool: Pool, settings: Settings) -> None:
    async def known(given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> None:
        token = given.credentials if given else ""
        if not secrets.compare_digest(token.encode("latin-1", "replace"), settings.token.encode()):
            raise problem("E71", "request", "the token is wrong" if given else "there is no token",
                          "send Authorization: Bearer TOKEN, with the token that the service was started with",
                          WWW_Authenticate="Bearer")

    async def answer(request: Request, how: Callable[[bytes, str], work.Done | Refused]) -> Response:
        async with pool.place():
            body = await taken(request, settings.max_bytes, settings.seconds)
            done = await pool.run(how, body, request.headers.get("content-type", ""))
        if isinstance(done, Refused):
            raise Problem(done)
        return Response(done.body, media_type="application/json")

    guarded: dict[str, Any] = {"dependencies": [Depends(known)]}

    @app.post("/v1/summaries", response_model=models.summaries(), operation_id="summaries", **guarded,
              responses=_problems(401, 408, 413, 415, 422, 500, 503, 504), openapi_extra=SUMMARY_BODY)
    async def summaries(request: Request) -> Response:
        """Read one file or text, and give all its records.

        A file may be of any format that `wqnlp extract` reads; its kind and its encoding are told from its bytes.
        Copies and audits between years need a library, which the service has none of.
        """
        return await answer(request, work.summary)

    @app.post("/v1/numbers", response_model=models.numbers(), operation_id="numbers", **guarded,
              responses=_problems(401, 408, 413, 415, 422, 500, 503, 504), openapi_extra=NUMBERS_BODY)
    async def numbers(request: Request) -> Response:
        """Every number of a text, with its unit and the bounds that its words give it."""
        return await answer(request, work.numbers)

    @app.get("/v1/codes", response_model=models.codes(), operation_id="codes", responses=_problems(401), **guarded)
    async def codes() -> Response:
        """The vocabulary: codes of measures, issues, themes and actors, with their Chinese labels."""
        return _json({"version": __version__} | {kind: [
            {"code": code, "label": vocab.label(kind, code), "parent": vocab.parent(code) if kind == "issues" else None}
            for code in vocab.codes(kind)] for kind in vocab.KINDS})

    @app.get("/healthz", response_model=models.Health, operation_id="health")
    async def health() -> Response:
        """Whether the service runs. Needs no token."""
        return _json({"status": "ok", "version": __version__})


def _json(content: Any, status: int = 200, media_type: str = "application/json", **headers: str) -> Response:
    return Response(to_json(content), status, headers=headers or None, media_type=media_type)


def _handlers(app: FastAPI) -> None:
    """Everything that is not an answer, as a problem."""

    def told(request: Request, refused: Refused, headers: dict[str, str]) -> Response:
        request.state.code = refused.code
        return _json(refused.body(), refused.status, MEDIA_TYPE, **headers)

    async def ours(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, Problem)
        return told(request, fault.refused, fault.headers)

    async def framework(request: Request, fault: Exception) -> Response:
        status = fault.status_code if isinstance(fault, HTTPException) else 422
        headers = dict(fault.headers or {}) if isinstance(fault, HTTPException) else {}
        return told(request, Refused.of("E72", "request", HTTPStatus(status).phrase.lower(), "see /openapi.json", status), headers)

    async def fault_of_ours(request: Request, fault: Exception) -> Response:
        last = traceback.extract_tb(fault.__traceback__)[-1]
        LOG.error("%s in %s, line %d", type(fault).__name__, os.path.basename(last.filename), last.lineno)   # not its words
        return told(request, Refused.of("E99", "service", f"a fault of the kind {type(fault).__name__}", "report this"), VERSION)

    app.add_exception_handler(Problem, ours)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, framework)
    app.add_exception_handler(Exception, fault_of_ours)


class Told:
    """Names the version in every response, and writes one line of log a request: sizes, times and codes, nothing of theirs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, sizes, seen = time.monotonic(), {"in": 0, "out": 0}, {"status": 500}

        async def taking() -> Message:
            message = await receive()
            sizes["in"] += len(message.get("body", b""))
            return message

        async def giving(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in VERSION.items())]
            sizes["out"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, taking, giving)
        finally:
            path = getattr(scope.get("route"), "path", "-")
            LOG.info("%s %s %d in=%d out=%d ms=%.0f %s", scope["method"] if path != "-" else "-", path, seen["status"],
                     sizes["in"], sizes["out"], 1000 * (time.monotonic() - began), scope.get("state", {}).get("code", "-"))


def _ref(name: str) -> dict[str, str]:
    return {"$ref": PLACE + name}


NUMBERS_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _ref("Phrase")}}}}
SUMMARY_BODY = {"requestBody": {"required": True, "content": {
    "application/json": {"schema": _ref("Given")},
    "text/plain": {"schema": {"type": "string", "minLength": 1, "description": "A text file, in any encoding of a Chinese archive.",
                              "examples": [models.TEXT]}},
    "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": {"file": {
        "type": "string", "format": "binary", "description": "A file of any format that is read; its name is a label, no path."}}}},
}}}
WHY = {401: "No token, or a wrong one.", 408: "The body did not come in time.", 413: "More bytes than the limit.",
       415: "A kind of body or file that is not read.", 422: "The body cannot be understood, or the file not read.",
       500: "A fault of the program, or its process died; the service goes on.",
       503: "All processes are busy and the line is full.", 504: "The work took longer than the limit."}
HEADERS = {401: "WWW-Authenticate", 503: "Retry-After"}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"description": WHY[status], "content": {MEDIA_TYPE: {"schema": _ref("Told")}}} | (
        {"headers": {HEADERS[status]: {"schema": {"type": "string"}, "required": True}}} if status in HEADERS else {})
        for status in statuses}


def _described(app: FastAPI) -> None:
    """The description that FastAPI makes, with the models that only bodies and problems name, and the version header."""
    made: Callable[[], dict[str, Any]] = app.openapi

    def whole() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            schema["components"]["schemas"] |= models.components([models.Given, models.Phrase, models.Told], lambda m: PLACE + m)
            for operations in schema["paths"].values():
                for operation in operations.values():
                    for response in operation["responses"].values():
                        response.setdefault("headers", {})["wqnlp-version"] = {
                            "description": "Version of wqnlp.", "required": True, "schema": {"type": "string"}}
        return app.openapi_schema or schema

    app.openapi = whole  # type: ignore[method-assign]


