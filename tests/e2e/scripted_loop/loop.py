"""What the scripted Loops for annotators (main.py) and for trainers (trainings.py) share. They know their nodes by the user names, do to
them what lines of JSON on stdin tell them, good and bad, and say on stdout what the nodes do.

    {"node": name, "set": {...}}                             see Script
    {"node": name, "emit": event, "all": [arguments, ...]}   one event each; says `acked` with all acks once they are there
    {"node": name, "tell": event, "arguments": [...]}        wants no ack
    {"node": name, "abort": true}                            its connection breaks
    {"node": name, "let_go": what}                           what is held is answered well: an event's field of the script
    {"image": id, "is": kind}                                see Images
    {"status": number}                                       what GET /api/status answers
"""
import asyncio
import json
import os
import re
import sys
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import socketio
from aiohttp import web

sys.path.append(str(Path(__file__).resolve().parents[1] / "socketio_peer"))
from lines import tell  # noqa: E402

COOKIE = re.compile(r"session=([\w-]+)-(\d+)")
GOOD = {"success": True, "error_msg": None, "payload": None}


@dataclass
class Script:
    """What is done to one node. The answers to its events are {"ack": arguments}, {"silent": true}, {"abort": true}, {"hold": true}; one
    with {"times": n} is given so often, and then success."""
    login: int = 200
    login_headers: dict = field(default_factory=dict)
    refusal: str = ""  # of its CONNECT; empty: it is let in
    report: dict = field(default_factory=lambda: {"ack": [GOOD]})
    greeting: list = field(default_factory=list)  # events with their arguments, emitted once it is connected
    ends_after_connect: int = 0  # so many of the next connections
    logins: int = 0
    sid: str = ""
    connections: set = field(default_factory=set)  # that its Socket.IO went over
    held: dict = field(default_factory=lambda: defaultdict(asyncio.Event))  # set when it is let go


class Images:
    """What comes instead of an image, by its id: `missing`, `cut`, `text`, `bomb`, `endless`, `half` (all that came is the first half of
    it) or `held`. All others are the same one."""

    def __init__(self, good, bomb):
        self.good, self.bomb, self.kinds, self.changed = good, bomb, {}, asyncio.Event()

    def set(self, image, kind):
        self.kinds[image] = kind
        self.changed.set()
        self.changed = asyncio.Event()

    async def answer(self, request):
        image = request.match_info["image"]
        kind = self.kinds.get(image, "good")
        tell("image", image=image, cookie=request.headers.get("Cookie", ""))
        while kind == "held":
            await self.changed.wait()
            kind = self.kinds[image]
        if kind == "missing":
            return web.json_response({"detail": "there is no such image"}, status=404)
        if kind == "text":
            return web.Response(text="this is no image")
        if kind == "bomb":
            return web.Response(body=self.bomb)
        if kind == "half":
            return web.Response(body=self.good[:len(self.good) // 2])
        if kind == "cut":
            return await self.cut(request)
        if kind == "endless":
            return await self.endless(request)
        return web.Response(body=self.good)

    async def cut(self, request):
        """Less than it tells."""
        answer = web.StreamResponse(headers={"Content-Length": str(len(self.good))})
        await answer.prepare(request)
        await answer.write(self.good[:len(self.good) // 2])
        request.transport.abort()
        return answer

    async def endless(self, request):
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            while True:
                await answer.write(self.good[:1 << 16] * 16)
        finally:
            tell("endless image given up", image=request.match_info["image"])


class ScriptedLoop:
    """`events`: of nodes, each with what it is called on stdout and the field of the script that has the answer."""

    def __init__(self, images, events, script=Script):
        self.server = socketio.AsyncServer(async_mode="aiohttp")
        self.app = web.Application(middlewares=[self.watch], client_max_size=1 << 30)
        self.images, self.scripts, self.new_script, self.status = images, {}, script, 200
        self.server.attach(self.app, "ws/socket.io")
        self.app.add_routes([web.get("/api/status", self.answer_status), web.post("/api/login", self.log_in)])
        self.server.on("connect", self.connect)
        self.server.on("disconnect", self.disconnect)
        for event, (said, answer) in events.items():
            self.hear(event, said, answer)

    def hear(self, event, said, answer):
        async def heard(sid, *arguments):
            name = await self.server.get_session(sid)
            tell(said, node=name, arguments=arguments)
            return await self.ack(name, answer)
        self.server.on(event, heard)

    @web.middleware
    async def watch(self, request, handler):
        name = self.name_of(request)
        if name and "socket.io" in request.path:
            self.script(name).connections.add(request.transport)
        return await handler(request)

    @staticmethod
    def name_of(request):
        """Of the node that asks; empty: it has not logged in."""
        cookie = COOKIE.search(request.headers.get("Cookie", ""))
        return cookie[1] if cookie else ""

    def script(self, name):
        return self.scripts.setdefault(name, self.new_script())

    async def answer_status(self, _request):
        tell("status asked")
        return web.json_response({"status": "ok"}, status=self.status)

    async def log_in(self, request):
        form = await request.post()
        script = self.script(form["username"])
        tell("login", node=form["username"], password=form["password"], at=time.monotonic(), status=script.login)
        answer = web.json_response({}, status=script.login, headers=script.login_headers)
        if script.login == 200:
            script.logins += 1
            answer.set_cookie("session", f"{form['username']}-{script.logins}")
        return answer

    async def connect(self, sid, environment, _auth=None):
        cookie = COOKIE.search(environment.get("HTTP_COOKIE", ""))
        if not cookie:
            raise socketio.exceptions.ConnectionRefusedError("log in first")
        script = self.script(cookie[1])
        headers = {name: environment.get(f"HTTP_{name.upper()}") for name in ("nodeType", "organization", "project")}
        tell("connect", node=cookie[1], login=int(cookie[2]), at=time.monotonic(), headers=headers, refused=bool(script.refusal))
        if script.refusal:
            raise socketio.exceptions.ConnectionRefusedError(script.refusal)
        script.sid = sid
        await self.server.save_session(sid, cookie[1])
        self.server.start_background_task(self.greet, cookie[1])

    async def greet(self, name):
        script = self.script(name)
        if script.ends_after_connect > 0:
            script.ends_after_connect -= 1
            return await self.end(name)
        for event, *arguments in script.greeting:
            await self.emit(name, event, [arguments])

    async def end(self, name):
        """Breaks the connection, and ends the session that might go on over another one."""
        script = self.script(name)
        for connection in script.connections:
            connection.abort()
        script.connections.clear()
        await self.server.disconnect(script.sid)

    async def disconnect(self, sid, *_why):
        name = await self.server.get_session(sid)
        tell("disconnect", node=name)

    async def ack(self, name, answer):
        how = getattr(self.script(name), answer)
        if "times" in how:
            how["times"] -= 1
            if how["times"] < 0:
                return GOOD
        if "ack" in how:
            return tuple(how["ack"])
        if "hold" in how:
            await self.script(name).held[answer].wait()
            return GOOD
        if "abort" in how:
            await self.end(name)
        await asyncio.Event().wait()

    async def emit(self, name, event, all_arguments):
        acks = []

        def acked(*arguments):
            acks.append(arguments)
            if len(acks) == len(all_arguments):
                tell("acked", node=name, name=event, acks=acks)
        for arguments in all_arguments:
            await self.server.emit(event, tuple(arguments), to=self.script(name).sid, callback=acked)

    async def execute(self, command):
        if "status" in command:
            self.status = command["status"]
        elif "image" in command:
            self.images.set(command["image"], command["is"])
        elif "set" in command:
            vars(self.script(command["node"])).update(command["set"])
        elif "let_go" in command:
            self.script(command["node"]).held.pop(command["let_go"], asyncio.Event()).set()
        elif "emit" in command:
            await self.emit(command["node"], command["emit"], command["all"])
        elif "tell" in command:
            await self.server.emit(command["tell"], tuple(command["arguments"]), to=self.script(command["node"]).sid)
        elif "abort" in command:
            await self.end(command["node"])


async def run(make_loop):
    """Serves until it is killed. `make_loop`: from the images."""
    images = Images(Path(os.environ["IMAGE"]).read_bytes(), Path(os.environ["BOMB"]).read_bytes())
    loop, commands = make_loop(images), asyncio.Queue()
    runner = web.AppRunner(loop.app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"]))
    await site.start()
    tell("listening")

    def read(events):
        for line in sys.stdin:
            events.call_soon_threadsafe(commands.put_nowait, json.loads(line))
    threading.Thread(target=read, args=(asyncio.get_running_loop(),), daemon=True).start()
    while True:
        await loop.execute(await commands.get())
