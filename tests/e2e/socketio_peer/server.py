"""A Socket.IO server of python-socketio with the events and flags of our socketio_echo. Runs in the environment of
python-socketio, on uvicorn: on aiohttp it takes only the first 64 KiB or so of a poll's POST and tells nobody."""
import argparse
import socket

import socketio
import uvicorn
from lines import arguments_in


def add_events(server, namespace):
    async def connect(sid, _environment, auth=None):
        await server.emit("auth", auth or {}, to=sid, namespace=namespace)

    async def message(sid, *arguments):
        await server.emit("message-back", arguments, to=sid, namespace=namespace)

    async def message_with_ack(_sid, *arguments):
        return arguments

    async def call_me(sid, *arguments):
        answer = await server.call("question", arguments, to=sid, namespace=namespace)
        await server.emit("answered", tuple(arguments_in(answer)), to=sid, namespace=namespace)

    server.on("connect", connect, namespace=namespace)
    server.on("message", message, namespace=namespace)
    server.on("message-with-ack", message_with_ack, namespace=namespace)
    server.on("call-me", call_me, namespace=namespace)


class Server(uvicorn.Server):
    """Tells when it serves."""

    async def startup(self, sockets=None):
        await super().startup(sockets)
        print(f"listening on http://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)


def serve(options):
    server = socketio.AsyncServer(
        async_mode="asgi", ping_interval=options.ping_interval_ms / 1000, ping_timeout=options.ping_timeout_ms / 1000,
        max_http_buffer_size=options.max_payload, transports=options.transports.split(","),
        always_connect=True)  # the answer to CONNECT goes before what `connect` emits
    for namespace in ("/", "/custom"):
        add_events(server, namespace)
    app = uvicorn.Config(socketio.ASGIApp(server), ws_max_size=options.max_payload, log_level="warning")
    with socket.create_server(("127.0.0.1", options.port)) as listener:
        Server(app).run([listener])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ping-interval-ms", type=int, default=25_000)
    parser.add_argument("--ping-timeout-ms", type=int, default=20_000)
    parser.add_argument("--max-payload", type=int, default=(64 << 20) + (64 << 10))
    parser.add_argument("--transports", default="polling,websocket")
    parser.add_argument("--connect-timeout-ms", help="taken and not used: python-socketio has none")
    serve(parser.parse_args())
