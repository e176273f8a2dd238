"""peer_server.py PORT uvicorn|aiohttp: python-socketio with the event `count`, which is acked with the size of its bytes. For
uvicorn, which learning_loop_node runs on, it needs that one's environment, for aiohttp that of python-socketio."""
import sys

import socketio

PORT, STACK = int(sys.argv[1]), sys.argv[2]
MAX_BYTES = 65 << 20

server = socketio.AsyncServer(async_mode="asgi" if STACK == "uvicorn" else "aiohttp", max_http_buffer_size=MAX_BYTES)


@server.on("count")
async def count(_sid, content):
    return len(content)


if STACK == "uvicorn":
    import uvicorn
    uvicorn.run(socketio.ASGIApp(server), host="127.0.0.1", port=PORT, ws_max_size=MAX_BYTES, log_level="warning")
else:
    from aiohttp import web
    app = web.Application()
    server.attach(app)
    web.run_app(app, host="127.0.0.1", port=PORT, print=None)
