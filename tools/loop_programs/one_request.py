"""A request over a connection of its own: from a certain address of this machine, also over https."""

import http.client

from loop_programs.connection import Answer


def ask_once(server, method, path, body=None, headers=None, timeout=60, source=None, tls=None):
    """`server`: name or address, and port. `source`: the address to ask from. `tls`: the ssl.SSLContext of a request over https."""
    here = (source, 0) if source else None
    if tls:
        connection = http.client.HTTPSConnection(*server, timeout=timeout, source_address=here, context=tls)
    else:
        connection = http.client.HTTPConnection(*server, timeout=timeout, source_address=here)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()
