"""Projects of many images: their rows are written into the database while the server is stopped. Their files are not there."""

import sqlite3

from loop_server import ALL_CORES, PROGRAM, LoopServer

STATES = ("annotate", "review", "complete", "trash")  # beside the inbox

ROWS = """
INSERT INTO images (project, id, state, split, created, received, width, height, media_type, bytes, image_hash, metadata_hash, pixels)
WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < :count),
    drawn AS (SELECT i, lower(hex(randomblob(16))) AS h, '2026-05-01T12:00:00.000+00:00' AS at FROM counted)
SELECT :project,
    substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-' || substr(h, 21, 12),
    CASE WHEN :every = 0 OR i % :every <> 0 OR i / :every > 4 * :others THEN 'inbox'
         ELSE (CASE i / :every % 4 WHEN 0 THEN 'annotate' WHEN 1 THEN 'review' WHEN 2 THEN 'complete' ELSE 'trash' END) END,
    'train', at, at, 1600, 1200, 'image/jpeg', 160000, h || h, h || h, 'sound' FROM drawn"""
BOXES = """
INSERT INTO detections (image, id, kind, category_name, model_name, confidence, x, y, width, height)
WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 10)
SELECT number, lower(hex(randomblob(16))), 'box', 'purple box', '1.0', 0.5, 20 * i, 2, 30, 40
FROM (SELECT number FROM images WHERE project = :project ORDER BY number DESC LIMIT :newest), counted"""


def start(options, folder, name):
    return LoopServer(options.bin / PROGRAM, folder, name, cores=ALL_CORES)


def make_project(options, folder, name, inbox, others=0, newest=0):
    """For a server of that name: so many images in the inbox and, among them, in each other state; the newest have ten boxes each."""
    with start(options, folder, name) as server:
        server.log_in().generate(inbox=1)
        server.end()
    connection = sqlite3.connect(server.data / "loop.db", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    project = connection.execute("SELECT number FROM projects WHERE name = 'bench'").fetchone()[0]
    count = inbox + len(STATES) * others
    every = max(2, count // (len(STATES) * others) - 1) if others else 0
    connection.execute("BEGIN")
    connection.execute(ROWS, {"project": project, "count": count, "others": others, "every": every})
    connection.execute(BOXES, {"project": project, "newest": newest})
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
