"""Small web servers on real sockets, whose answers are given as bytes."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import anyio
import trustme
from anyio.abc import SocketAttribute
from anyio.streams.tls import TLSListener

HOST = "hooks.owl-bakery.com"
"""A name that only the tests' own resolver knows."""

TLS_HANDSHAKE = b"\x16"

Answer = bytes | Callable[[anyio.abc.ByteStream], Awaitable[None]]


class Web:
    """Answers by path, and keeps the requests that arrived."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.requests: list[str] = []
        self.port = 0

    @property
    def lines(self) -> list[str]:
        """The first line of each request, without the version."""
        return [request.split(" HTTP/")[0] for request in self.requests]

    async def serve(self, stream: anyio.abc.ByteStream) -> None:
        try:
            async with stream:
                await self._answer(stream)
        except (anyio.BrokenResourceError, anyio.EndOfStream, OSError):
            return  # the client has seen enough

    async def _answer(self, stream: anyio.abc.ByteStream) -> None:
        received = b""
        while b"\r\n\r\n" not in received:
            received += await stream.receive()
            if received.startswith(TLS_HANDSHAKE):
                await stream.send(response(400))
                return
        request = received.decode()
        self.requests.append(request)
        method, path = request.split(" ")[:2]
        default = self.answers.get(path, response(404))
        answer = self.answers.get(f"{method} {path}", default)
        if callable(answer):
            await answer(stream)
        else:
            await stream.send(answer)


@asynccontextmanager
async def web(
    answers: Mapping[str, Answer], certificate: ssl.SSLContext | None = None
) -> AsyncIterator[Web]:
    """Serve ``answers`` on loopback, with TLS if a certificate is given."""
    served = Web(answers)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    served.port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - an attribute of anyio
    secured = TLSListener(listener, certificate) if certificate else listener
    async with listener, anyio.create_task_group() as serving:
        serving.start_soon(secured.serve, served.serve)
        yield served
        serving.cancel_scope.cancel()


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    named = {"content-length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    return "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode() + body


def server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def hang(_: anyio.abc.ByteStream) -> None:
    await anyio.sleep_forever()
