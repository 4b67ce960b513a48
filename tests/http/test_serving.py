"""The listening socket of the HTTP form and of the sandbox."""

import asyncio
import socket

import pytest

from twilio_senders_mcp.http.serving import open_socket


@pytest.mark.anyio
async def test_responses_do_not_wait_for_the_client_to_acknowledge_their_first_part():
    # uvloop turns Nagle's algorithm off by itself, asyncio's own loop only where it can tell that
    # the protocol is TCP; this test runs on asyncio's own.
    loop = asyncio.get_running_loop()
    listener = open_socket("127.0.0.1", 0)
    with listener, socket.create_connection(listener.getsockname()):
        accepted, _ = await loop.sock_accept(listener)
        transport, _ = await loop.connect_accepted_socket(asyncio.Protocol, accepted)
        served: socket.socket = transport.get_extra_info("socket")
        no_delay = served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        transport.abort()
        await asyncio.sleep(0)
    assert no_delay
