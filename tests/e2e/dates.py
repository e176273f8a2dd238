"""Dates as cameras, robots and people write them, and texts that are none."""

from datetime import datetime, timedelta, timezone

# How the zone is written, and what it says.
ZONES = {
    "": None, "Z": 0, "z": 0, "+00:00": 0, "-00:00": 0, "+02:00": 120, "-03:30": -210, "+0545": 345, "-0800": -480, "+09": 540,
    "-11": -660, "+14:00": 840, "+23:59": 1439, "-23:59": -1439, " +02:00": 120, " Z": 0,
}

NO_DATES = [
    "yesterday", "now", "0", "1706698800", "1706698800.5", "NaN", "null", "T", "-", ":", "2024", "2024-01", "2024-1-31", "24-01-31",
    "2024-00-10", "2024-13-01", "2024-01-00", "2024-01-32", "2024-02-30", "2023-02-29", "1900-02-29", "0000-01-01", "20240131",
    "20240131T120000", "31.01.2024", "01/31/2024", "2024/01/31 12:00:00", "2024:01:31 12:00:00", "Jan 31 2024",
    "Wed, 31 Jan 2024 12:00:00 GMT", "2024-W05-3", "2024-031", "12:00:00", "2024-01-31T", "2024-01-31T12", "2024-01-31T12:",
    "2024-01-31T24:00:00", "2024-01-31T12:60:00", "2024-01-31T12:00:61", "2024-01-31T12:00:99", "2024-01-31T12:00:00.",
    "2024-01-31T12:00:00.x", "2024-01-31T12:00:00.1.2", "2024-01-31T-1:00:00", "2024-01-31T12:00:00+24:00", "2024-01-31T12:00:00+02:60",
    "2024-01-31T12:00:00+2", "2024-01-31T12:00:00 CET", "2024-01-31T12:00:00ZZ", "2024-01-31T12:00:00+", "2024-01-31  12:00:00",
    "2024-01-31\n12:00:00", "2024-01-31T12:00:00\u2212 02:00", "２０２４-01-31", "2024-01-31T12:00:00Z; DROP TABLE images", "<script>",
    "\u0000", "\u202e2024-01-31", "🌱", "2024-01-31T12:00:00Z" * 50, "x" * 100_000, "9999-12-31T23:59:60Z", "10000-01-01T00:00:00Z",
    "-2024-01-31T12:00:00Z", "+2024-01-31T12:00:00Z",
]


def drawn_second(chance):
    return datetime(chance.randint(2, 9998), 1, 1) + timedelta(days=chance.randrange(365), seconds=chance.randrange(86400))


def drawn_zone(chance, expected):
    zone, minutes = chance.choice(list(ZONES.items()))
    return zone, expected if minutes is None else expected.replace(tzinfo=timezone(timedelta(minutes=minutes)))


def written(chance, second, rest):
    """In one of the ways in which people and cameras write it."""
    return (chance.choice(["", "", " ", "\t"]) + second.strftime("%Y").zfill(4) + second.strftime("-%m-%d") + chance.choice("Tt_ ")
            + second.strftime("%H:%M:%S") + rest + chance.choice(["", "", " ", "\t"]))
