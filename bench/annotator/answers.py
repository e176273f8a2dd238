"""How long a person waits for what the annotator answers, from the request to the Loop until its answer, while people outline plants in
images of two megapixels: alone and twenty at once; at the pace of a hand, and one action right after the other. And what that costs."""

import asyncio
import io
import itertools
import random
import re
import time
import urllib.request
from dataclasses import dataclass

from figures import percentile
from loop_server import ALL_CORES, PASSWORD, PROGRAM, PROJECT, USERNAME, LoopServer
from outlining import Window, corners_of, gestures_around, pixels_of, way
from pinned_server import PinnedServer
from PIL import Image

from loop_programs.connection import Connection
from loop_programs.multipart import multipart
from loop_programs.ports import free_port

IMAGES, SIZE = 20, (1600, 1200)
MOVES_PER_SECOND = 60
BOX_MOVES, STROKE_MOVES = 40, 30  # two thirds and half a second of them
BROWSERS_CONNECTIONS = 6  # that a browser opens to a server
PEOPLE = 20
GOALS_MS = {1: 100, PEOPLE: 500}


@dataclass
class Plant:
    image: str
    category: dict
    gestures: tuple


class Annotator(PinnedServer):
    """Ours, which helps people of that Loop."""

    def __init__(self, program, folder, loop):
        port = free_port()
        command = [program, "annotator", "--port", port, "--data-folder", folder / "annotator", "--access-log", "false"]
        login = {"LOOP_HOST": f"http://127.0.0.1:{loop.port}", "LOOP_USERNAME": USERNAME, "LOOP_PASSWORD": PASSWORD}
        super().__init__("annotator", command, folder, port, login, ALL_CORES)
        self.wait_ready(lambda port: urllib.request.Request(f"http://127.0.0.1:{port}/health/ready"))

    def metrics(self):
        """What `GET /metrics` tells, by name and labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as answer:
            lines = re.findall(r"^(annotator_\S+) (\S+)$", answer.read().decode(), re.MULTILINE)
        return {name: float(value) for name, value in lines}


class Page:
    """The page in a person's browser: it sends what is done when it is done, over the connections that a browser has. `waits`: kinds of
    actions, and for how many seconds the person waited for the answer to each of them."""

    def __init__(self, loop, window):
        self.window, self.waits = window, []
        self._loop, self._free, self._sent, self._writers = loop, asyncio.Queue(), set(), []

    async def open(self, connections):
        for _ in range(connections):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._loop.port)
            self._writers.append(writer)
            self._free.put_nowait((reader, writer))
        return self

    def close(self):
        for writer in self._writers:
            writer.close()

    def send(self, kind, event_type, at=None, **more):
        """The task that ends when the answer is there."""
        task = asyncio.create_task(self._ask(kind, time.perf_counter(), self.window.body(event_type, at, **more)))
        self._sent.add(task)
        task.add_done_callback(self._sent.discard)
        return task

    async def settle(self):
        """Until everything is answered."""
        await asyncio.gather(*self._sent)

    async def _ask(self, kind, begin, body):
        reader, writer = await self._free.get()
        head = "".join(f"{name}: {value}\r\n" for name, value in self._loop.headers.items())
        writer.write(f"POST {PROJECT}/user_input HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Content-Type: application/json\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        content = await reader.readexactly(int(re.search(r"content-length: (\d+)", answer, re.IGNORECASE)[1]))
        self._free.put_nowait((reader, writer))
        if answer.split()[1] != "200":
            self._loop.fail(f"answered what a person did with {answer.splitlines()[0]} {content[:300]}")
        self.waits.append((kind, time.perf_counter() - begin))


class Hand:
    """At its pace: it moves on whether there is an answer or not, and looks for a moment before the next."""

    name = "at a hand's pace"

    def __init__(self, draw):
        self._draw, self._due = draw, 0

    async def arrive(self):
        await asyncio.sleep(self._draw.uniform(0, 4))

    def begin(self):
        self._due = time.perf_counter()

    async def follow(self, _):
        self._due += 1 / MOVES_PER_SECOND
        await asyncio.sleep(max(0, self._due - time.perf_counter()))

    async def look(self, answer):
        await answer
        await asyncio.sleep(self._draw.uniform(0.2, 0.8))


class Machine:
    """The next action as soon as the answer to the one before is there."""

    name = "back to back"

    def __init__(self, _):
        pass

    async def arrive(self):
        pass

    def begin(self):
        pass

    async def follow(self, answer):
        await answer

    look = follow


async def drag(page, pace, places, shift=False):
    pace.begin()
    await pace.follow(page.send("press", "left_mouse_down", places[0], is_shift_key_pressed=shift))
    for place in places[1:]:
        await pace.follow(page.send("move", "mouse_move", place, is_shift_key_pressed=shift))
    await pace.look(page.send("cut", "left_mouse_up", places[-1], is_shift_key_pressed=shift))
    await page.settle()


async def outline(page, pace, plant):
    box, object_stroke, ground_stroke = plant.gestures
    await drag(page, pace, way(*box, moves=BOX_MOVES))
    await drag(page, pace, way(object_stroke[0], object_stroke[-1], moves=STROKE_MOVES), shift=True)
    await drag(page, pace, way(ground_stroke[0], ground_stroke[-1], moves=STROKE_MOVES))
    await pace.look(page.send("press", "key_down", key_down="Enter"))
    await pace.look(page.send("finish", "key_up", key_up="Enter"))


async def open_page(loop, plant, name, connections=BROWSERS_CONNECTIONS):
    """With the image, which the annotator has fetched then."""
    page = await Page(loop, Window(None, PROJECT, name, plant.image, plant.category)).open(connections)
    await page.send("first", "mouse_move", (1, 1))
    return page


async def draw_until(end, page, pace, plants):
    await pace.arrive()
    for plant in itertools.cycle(plants):
        await outline(page, pace, plant)
        if time.perf_counter() >= end:
            return


def measure_people(options, figures, loop, node, plants, people, pace):
    """Each has an image to himself, and outlines one of its plants after the other."""
    figures.head(f"{people} {'person' if people == 1 else 'people'}, {pace.name}")
    waits, used = asyncio.run(draw_all(options.seconds, loop, node, plants, people, pace))
    tell_waits(figures, waits, GOALS_MS[people])
    tell_node_waits(figures, used)
    figures.tell("answers", len(waits) / used.seconds, "/s")
    for what, cpu in used.cpu_seconds.items():
        figures.tell(f"CPU of {what} per answer", 1000 * cpu / len(waits), "ms")
        figures.tell(f"CPU of {what}, of one core", 100 * cpu / used.seconds, "%")
    figures.tell("memory of the annotator", node.resident_mb(), "MB")


async def draw_all(seconds, loop, node, plants, people, pace):
    """How long they waited, and what was used meanwhile."""
    images = [[plant for plant in plants if plant.image == image] for image in dict.fromkeys(plant.image for plant in plants)][:people]
    pages = [await open_page(loop, mine[0], f"{pace.name} {number}") for number, mine in enumerate(images)]
    used = Used(loop, node)
    end = time.perf_counter() + seconds
    await asyncio.gather(*(draw_until(end, page, pace(random.Random(number)), mine)
                           for number, (page, mine) in enumerate(zip(pages, images))))
    used.stop()
    for page in pages:
        page.close()
    return [wait for page in pages for wait in page.waits], used


class Used:
    """What the annotator counts and what all use, until `stop`."""

    def __init__(self, loop, node):
        self._now = lambda: (node.metrics(), time.perf_counter(), node.cpu_seconds(), loop.cpu_seconds(), time.process_time())
        self._begin = self._now()
        self.metrics, self.seconds, self.cpu_seconds = {}, 0, {}

    def stop(self):
        (counted, *used), (counted_before, *used_before) = self._now(), self._begin
        self.metrics = {name: value - counted_before.get(name, 0) for name, value in counted.items()}
        self.seconds, *cpu = (after - before for after, before in zip(used, used_before))
        self.cpu_seconds = dict(zip(("the annotator", "the Loop", "those who ask"), cpu))

    def actions(self, result):
        return self.metrics.get(f'annotator_actions_total{{result="{result}"}}', 0)


def tell_waits(figures, waits, goal_ms):
    times = {kind: [1000 * wait for of, wait in waits if of == kind] for kind in dict(waits)}
    for kind in ("move", "cut"):
        figures.tell(f"{kind}, {len(times[kind])} answers: half of them within", percentile(times[kind], 50), "ms")
        figures.tell(f"{kind}: 95 % of them within", percentile(times[kind], 95), "ms", at_most=goal_ms)
        figures.tell(f"{kind}: the longest", max(times[kind]), "ms")
    for kind in ("press", "finish", "first"):
        figures.tell(f"{kind}, {len(times[kind])} answers: 95 % of them within", percentile(times[kind], 95), "ms")


def tell_node_waits(figures, used):
    """The time of an action in the annotator alone, out of its histogram."""
    count, last, below = used.metrics["annotator_answer_seconds_count"], 0, 0
    for name, value in used.metrics.items():
        limit = re.fullmatch(r'annotator_answer_seconds_bucket\{le="([\d.e+-]+)"\}', name)
        if limit and value >= 0.95 * count:
            share = (0.95 * count - below) / (value - below)
            figures.tell("in the annotator alone: 95 % of all within", 1000 * (last + share * (float(limit[1]) - last)), "ms")
            break
        if limit:
            last, below = float(limit[1]), value
    figures.tell("in the annotator alone: mean", 1000 * used.metrics["annotator_answer_seconds_sum"] / count, "ms")
    for result in ("answered", "merged", "failed"):
        figures.tell(f"actions {result}", used.actions(result), "")


def measure_merging(figures, loop, node, plant):
    """Moves of a stroke that come one by one, and many at once, as where a network stalls now and then."""
    figures.head("what merged moves save")
    for at_once in (1, BROWSERS_CONNECTIONS, 64):
        used, moves = asyncio.run(draw_strokes(loop, node, plant, at_once))
        figures.tell(f"{at_once} at once: merged", 100 * used.actions("merged") / moves, "%")
        for what in ("the annotator", "the Loop"):
            figures.tell(f"{at_once} at once: CPU of {what} per move", 1000 * used.cpu_seconds[what] / moves, "ms")


async def draw_strokes(loop, node, plant, at_once):
    """What was used for so many moves, which all belong to one stroke."""
    page = await open_page(loop, plant, f"{at_once} at once", at_once)
    await drag(page, Machine(None), way(*plant.gestures[0], moves=1))
    await page.send("press", "left_mouse_down", (100, 100))
    used, moves = Used(loop, node), 0
    for _ in range(20):
        for x in range(300):
            page.send("move", "mouse_move", (100 + x, 100 + moves % 7))
            moves += 1
        await page.settle()
    used.stop()
    page.close()
    return used, moves


def lay_images(loop):
    """The plants of generated images, each of which was made larger, with grain as a camera's."""
    loop.generate(image_style="beautiful", complete=IMAGES + 5, box_categories=0, segmentation_categories=2)
    categories = {one["id"]: one for one in loop.ask("GET", PROJECT).json()["categories"]}
    ids = loop.ask("GET", f"{PROJECT}/data").json()["image_ids"]
    small = [one for one in loop.ask("GET", f"{PROJECT}/images?ids={','.join(ids)}").json()["images"]
             if one["segmentation_annotations"]][:IMAGES]
    return [plant for image in small for plant in enlarge(loop, image, categories)]


def enlarge(loop, image, categories):
    content = Image.open(io.BytesIO(loop.ask("GET", f"{PROJECT}/images/{image['id']}/main").body)).resize(SIZE, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    Image.blend(content, Image.effect_noise(SIZE, 60).convert("RGB"), 0.05).save(out, "JPEG", quality=90)
    body, form = multipart([("large.jpg", out.getvalue())])
    [large] = loop.ask("POST", f"{PROJECT}/images", body, {"Content-Type": form}).json()["images"]
    scale = SIZE[0] / image["width"]
    for one in image["segmentation_annotations"]:
        outline = [(x * scale, y * scale) for x, y in corners_of(one["shape"])]
        yield Plant(large["id"], categories[one["category_id"]], gestures_around(pixels_of(outline, *SIZE)))


def measure(options, folder, figures):
    with LoopServer(options.bin / PROGRAM, folder, "loop", cores=ALL_CORES) as loop:
        plants = lay_images(loop.log_in())
        with Annotator(options.bin / PROGRAM, folder, loop) as node:
            for people in (1, PEOPLE):
                for pace in (Hand, Machine):
                    measure_people(options, figures, loop, node, plants, people, pace)
            measure_merging(figures, loop, node, plants[0])
