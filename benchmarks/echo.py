"""The floor: a bare Starlette route that parses a JSON body and sends it back, under the emulator's own uvicorn.

python benchmarks/echo.py writes the port that it listens on, and serves until its standard input is closed.
"""

from __future__ import annotations

import os
import sys
import threading

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from talonproof.emulator.listening import listen, server


async def echo(request: Request) -> JSONResponse:
    """The body, parsed and written again."""
    return JSONResponse(await request.json())


def main() -> None:
    """Serves until the standard input is closed."""
    app = Starlette(routes=[Route("/v2/customer_sessions/{name}", echo, methods=["PUT"])])
    with listen("127.0.0.1", 0) as listening:
        print(listening.getsockname()[1], flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        server(app).run(sockets=[listening])


if __name__ == "__main__":
    main()
