"""A Loop with a project of many complete images of 50 kB with boxes: rows that are written while it is stopped, and one file by as many
names."""

import hashlib
import os
import sqlite3

from loop_server import ALL_CORES, PROGRAM, LoopServer
from pictures import picture

IMAGE_BYTES, BOXES = 50_000, 5
WIDTH, HEIGHT = 800, 600

ROWS = """
INSERT INTO images (project, id, state, split, created, received, width, height, media_type, bytes, image_hash, metadata_hash, pixels)
WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < :count),
    drawn AS (SELECT i, lower(hex(randomblob(16))) AS h, '2026-05-01T12:00:00.000+00:00' AS at FROM counted)
SELECT :project,
    substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || substr(h, 21, 12),
    'complete', CASE i % 5 WHEN 0 THEN 'test' ELSE 'train' END, at, at, :width, :height, 'image/jpeg', :bytes, h || h, h || h, 'sound'
FROM drawn"""
MARKS = """
INSERT INTO annotations (image, id, kind, category_id, category_name, x, y, width, height)
WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < :boxes)
SELECT images.number, lower(hex(randomblob(16))), 'box', categories.id, categories.name, 20 * i, 2, 30, 40
FROM images, counted, categories WHERE images.project = :project AND categories.project = :project AND categories.position = 0"""


def start(options, folder, name):
    return LoopServer(options.bin / PROGRAM, folder, name, cores=ALL_CORES).log_in()


def _link_files(images, ids, jpeg):
    """Each id's file: a name of the same one, since nobody measures how the Loop's disk finds others. A file takes some ten thousands."""
    source = None
    for number, image_id in enumerate(ids):
        folder = images / hashlib.sha256(image_id.encode()).hexdigest()[:2]
        folder.mkdir(parents=True, exist_ok=True)
        if number % 10_000 == 0:
            source = folder / image_id
            source.write_bytes(jpeg)
        else:
            os.link(source, folder / image_id)


def make_project(options, folder, name, count):
    """For a server of that name: a project with so many images that are complete."""
    with start(options, folder, name) as server:
        server.generate(complete=1)
        server.end()
    connection = sqlite3.connect(server.data / "loop.db", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    project, images = connection.execute("SELECT number, folder FROM projects WHERE name = 'bench'").fetchone()
    connection.execute("BEGIN")
    connection.execute("DELETE FROM annotations")
    connection.execute("DELETE FROM images")
    connection.execute(ROWS, {"project": project, "count": count, "width": WIDTH, "height": HEIGHT, "bytes": IMAGE_BYTES})
    connection.execute(MARKS, {"project": project, "boxes": BOXES})
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ids = [row[0] for row in connection.execute("SELECT id FROM images")]
    connection.close()
    _link_files(server.data / "images" / images, ids, picture(WIDTH, HEIGHT, IMAGE_BYTES))
