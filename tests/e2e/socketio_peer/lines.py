"""What the Python peers share: events as lines of JSON, bytes told by their hash."""
import base64
import hashlib
import json


def tell(event, **fields):
    print(json.dumps({"event": event} | fields), flush=True)


def pattern(size):
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def shown(value):
    """The value with all bytes in it replaced by what tells them apart."""
    if isinstance(value, (bytes, bytearray)):
        return {"sha256": hashlib.sha256(value).hexdigest(), "bytes": len(value)}
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    return [shown(item) for item in value] if isinstance(value, (list, tuple)) else value


STANDS_FOR = {"$bytes": pattern, "$base64": base64.b64decode, "$tuple": tuple}


def filled(value):
    """The other way round: {"$bytes": n} becomes n bytes, {"$base64": text} those bytes, {"$tuple": list} a tuple, wherever it is."""
    if isinstance(value, list):
        return [filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (name := next(iter(value))) in STANDS_FOR:
        return STANDS_FOR[name](value[name])
    return {key: filled(item) for key, item in value.items()}


def arguments_of(command):
    more = [pattern(command["binary_bytes"])] if "binary_bytes" in command else []
    return tuple(filled(command.get("arguments", [])) + more)


def arguments_in(answer):
    """python-socketio gives one argument of an ack as itself, several as a tuple and none as None."""
    return list(answer) if isinstance(answer, tuple) else [] if answer is None else [answer]
