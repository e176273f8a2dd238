"""Many clients of python-socketio at once. In each round all connect, then it tells {"event": "connected"} and waits for a line
on stdin; then each sends messages and calls, compares what comes back, and leaves. Runs in the environment of python-socketio."""
import argparse
import asyncio
import sys

import aiohttp
import socketio
from lines import pattern, tell

MESSAGES = 3


async def connected(options, http):
    client = socketio.AsyncClient(reconnection=False, http_session=http)
    back = asyncio.Queue()
    client.on("message-back", lambda *arguments: back.put_nowait(arguments))
    transports = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}[options.transport]
    await client.connect(options.url, transports=transports)
    return client, back


async def exchange(client, back, number):
    for turn in range(MESSAGES):
        await client.emit("message", (number, turn, "text"))
    for turn in range(MESSAGES):
        assert await asyncio.wait_for(back.get(), 30) == (number, turn, "text")
    answer = await client.call("message-with-ack", (number, pattern(1000)), timeout=30)
    assert tuple(answer) == (number, pattern(1000)), answer
    await client.disconnect()
    return MESSAGES + 1


async def run(options):
    exchanged = 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        for _ in range(options.rounds):
            clients = await asyncio.gather(*(connected(options, http) for _ in range(options.count)))
            tell("connected", clients=len(clients))
            await asyncio.to_thread(sys.stdin.readline)
            exchanged += sum(await asyncio.gather(*(exchange(*client, number) for number, client in enumerate(clients))))
    tell("done", exchanged=exchanged)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--transport", default="websocket")
    asyncio.run(run(parser.parse_args()))
