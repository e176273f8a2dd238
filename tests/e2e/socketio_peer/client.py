"""A Socket.IO client of python-socketio that obeys lines of JSON like our socketio_caller. Besides: {"connect": true},
{"disconnect": true}; {"$bytes": n} and the like in the arguments: see lines.py. Runs in the environment of python-socketio."""
import argparse
import asyncio
import json
import sys
import threading

import socketio
from lines import arguments_in, arguments_of, shown, tell

TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}


class Peer:
    """What both kinds of clients tell in the same way."""

    def __init__(self, options, client):
        self.options, self.client = options, client
        client.on("connect", lambda: tell("connected"), namespace=options.namespace)
        client.on("disconnect", lambda reason: tell("disconnected", reason=reason), namespace=options.namespace)
        client.on("connect_error", lambda error: tell("refused", error=error), namespace=options.namespace)
        client.on("*", self.received, namespace=options.namespace)

    def received(self, name, *arguments):
        tell("received", name=name, arguments=shown(arguments))
        return arguments

    def connect(self):
        """To be awaited with the asyncio client. Errors were told by connect_error."""
        return self.client.connect(
            self.options.url, headers=json.loads(self.options.headers), auth=json.loads(self.options.auth) if self.options.auth else None,
            transports=TRANSPORTS[self.options.transport], namespaces=[self.options.namespace], socketio_path=self.options.path)

    def emit(self, command):
        return self.client.emit(command["emit"], arguments_of(command), namespace=self.options.namespace)

    def call(self, command):
        return self.client.call(command["call"], arguments_of(command), namespace=self.options.namespace,
                                timeout=command.get("timeout_ms", 10_000) / 1000)


async def run_asyncio(options):
    peer = Peer(options, socketio.AsyncClient(
        reconnection_delay=0.2, reconnection_delay_max=1,
        websocket_extra_options={"max_msg_size": 0}))  # aiohttp closes what sends more than 4 MiB unless told otherwise

    async def connect():
        try:
            await peer.connect()
            tell("transport", name=peer.client.transport())
        except socketio.exceptions.ConnectionError:
            pass

    async def call(command):
        try:
            tell("answer", arguments=shown(arguments_in(await peer.call(command))))
        except socketio.exceptions.SocketIOError as error:
            tell("no_answer", error=type(error).__name__)

    await connect()
    calls = set()
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        if "emit" in command:
            await peer.emit(command)
        elif "call" in command:
            calls.add(asyncio.create_task(call(command)))
        elif "connect" in command:
            await connect()
        else:
            await peer.client.disconnect()
            if "quit" in command:
                return


def run_threads(options):
    peer = Peer(options, socketio.Client(reconnection_delay=0.2, reconnection_delay_max=1))

    def connect():
        try:
            peer.connect()
            tell("transport", name=peer.client.transport())
        except socketio.exceptions.ConnectionError:
            pass

    def call(command):
        try:
            tell("answer", arguments=shown(arguments_in(peer.call(command))))
        except socketio.exceptions.SocketIOError as error:
            tell("no_answer", error=type(error).__name__)

    connect()
    for line in sys.stdin:
        command = json.loads(line)
        if "emit" in command:
            peer.emit(command)
        elif "call" in command:
            threading.Thread(target=call, args=[command]).start()
        elif "connect" in command:
            connect()
        else:
            peer.client.disconnect()
            if "quit" in command:
                return


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--path", default="/socket.io/")
    parser.add_argument("--transport", choices=TRANSPORTS, default="websocket")
    parser.add_argument("--namespace", default="/")
    parser.add_argument("--headers", default="{}", help="of the handshake")
    parser.add_argument("--auth")
    parser.add_argument("--kind", choices=["asyncio", "threads"], required=True)
    chosen = parser.parse_args()
    if chosen.kind == "asyncio":
        asyncio.run(run_asyncio(chosen))
    else:
        run_threads(chosen)
