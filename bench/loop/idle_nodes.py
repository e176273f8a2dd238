"""What a thousand nodes take of a Loop that are connected and have nothing to do but report, as those of the Python library do: trainers of
both generations every 5 s, and detectors of before 2025 every 10 s. Some trainings wait for a trainer of another kind."""

import asyncio
import json
import os
import struct

from loop_server import ALL_CORES, PROGRAM, PROJECT, LoopServer

NODES = 1000
QUEUED = 20  # trainings that fit none of them
MAX_KB_EACH = 40
MAX_CPU_PERCENT = 10
VARIANTS = [{"name": name, "label": name.title(), "description": f"a {name} network"} for name in ("small", "medium", "large")]


def status_of(number):
    """The kind of a node, its event with its arguments, and the seconds between two reports."""
    node = {"id": f"00000000-0000-4000-8000-{number:012}", "name": f"node {number}", "uptime": 1234.5, "errors": {}}
    if number % 4 == 0:
        report = node | {"state": "online", "current_model": "1.0", "target_model": "1.0", "operation_mode": "idle",
                         "model_format": "mocked"}
        return "detector", ["update_detector", "bench", "bench", report], 10
    if number % 4 == 1:  # 0.7.40
        status = node | {"state": "idle", "latest_error": "", "progress": None, "pretrained_models": VARIANTS, "architecture": "yolov5",
                         "train_image_count": None, "test_image_count": None, "skipped_image_count": 0, "hyperparameters": None}
    else:
        status = node | {"state": "idle", "progress": 0.0, "pretrained_models": VARIANTS, "architecture": "yolov5", "context": None}
    return "trainer", ["update_trainer", status], 5


class Node:
    """One connection: a WebSocket of Engine.IO, spoken by hand so that the nodes cost little beside the Loop."""

    def __init__(self, number):
        self.kind, self.event, self.pause = status_of(number)
        self.first = number / NODES * self.pause
        self.acks = 0

    async def connect(self, server):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", server.port)
        login = "".join(f"{name}: {value}\r\n" for name, value in server.headers.items())
        self.writer.write((f"GET /ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                           f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                           f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nnodeType: {self.kind}\r\n{login}\r\n").encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        assert (await self.receive()).startswith("0"), "opened"
        self.send("40")
        assert (await self.receive()).startswith("40"), "let in"

    def send(self, text):
        body = text.encode()
        length = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(body))
        self.writer.write(b"\x81" + length + bytes(4) + body)  # a mask of zeros changes nothing

    async def receive(self):
        head = await self.reader.readexactly(2)
        length = head[1]
        if length == 126:
            [length] = struct.unpack(">H", await self.reader.readexactly(2))
        return (await self.reader.readexactly(length)).decode()

    async def answer(self):
        while True:
            text = await self.receive()
            if text == "2":
                self.send("3")
            elif text.startswith("43"):
                assert '"success":true' in text, text
                self.acks += 1

    async def report(self, number_of_report=0):
        await asyncio.sleep(self.first)
        while True:
            self.send(f"42{number_of_report}{json.dumps(self.event)}")
            number_of_report += 1
            await asyncio.sleep(self.pause)


async def run(server, seconds, figures):
    nodes = [Node(number) for number in range(NODES)]
    before = server.resident_mb()
    for node in nodes:
        await node.connect(server)
    tasks = [asyncio.create_task(work) for node in nodes for work in (node.answer(), node.report())]
    await asyncio.sleep(15)  # all have reported
    first_acks, cpu = sum(node.acks for node in nodes), server.cpu_seconds()
    await asyncio.sleep(seconds)
    cpu = server.cpu_seconds() - cpu
    assert not any(task.done() for task in tasks), [task.exception() for task in tasks if task.done()]
    figures.tell("memory of each node", (server.resident_mb() - before) * 1024 / NODES, "KiB", at_most=MAX_KB_EACH)
    figures.tell("CPU of them all together, of a core", 100 * cpu / seconds, "%", at_most=MAX_CPU_PERCENT)
    figures.tell("reports a second", (sum(node.acks for node in nodes) - first_acks) / seconds, "", at_least=150)
    for task in tasks:
        task.cancel()
    for node in nodes:
        node.writer.close()


def measure(options, figures, folder):
    figures.head(f"{NODES} idle nodes for {options.idle_seconds} s")
    with LoopServer(options.bin / PROGRAM, folder, "nodes", cores=ALL_CORES) as server:
        server.log_in()
        server.generate(trainings=1)
        for _ in range(QUEUED):
            server.ask("POST", f"{PROJECT}/trainings", json.dumps({"model_variant": "of no trainer"}), {"Content-Type": "application/json"})
        os.sched_setaffinity(0, {0, 1})
        asyncio.run(run(server, options.idle_seconds, figures))
