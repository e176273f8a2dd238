// The JavaScript client of Socket.IO, obeying lines of JSON like our socketio_caller. Besides: {"connect": true},
// {"disconnect": true}; {"$bytes": n} and the like in the arguments: see lines.py. NODE_PATH tells where it lies.
"use strict";
const { createHash } = require("node:crypto");
const { createInterface } = require("node:readline");
const { parseArgs } = require("node:util");
const { io } = require("socket.io-client");

const TRANSPORTS = { websocket: ["websocket"], polling: ["polling"], upgrade: ["polling", "websocket"] };
const text = (fallback) => ({ type: "string", default: fallback });
const { values: options } = parseArgs({ options: { url: text(), path: text("/socket.io/"), transport: text("websocket"),
  namespace: text("/"), auth: text("null") } });

const tell = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

const pattern = (size) => Buffer.alloc(size, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));

// The value with `change` applied to all that is no list or plain object in it.
function mapped(value, change) {
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)]));
}

const shown = (value) => mapped(value, (item) => Buffer.isBuffer(item)
  ? { sha256: createHash("sha256").update(item).digest("hex"), bytes: item.length } : undefined);
const filled = (value) => mapped(value, (item) => item?.$bytes !== undefined ? pattern(item.$bytes)
  : item?.$base64 !== undefined ? Buffer.from(item.$base64, "base64") : item?.$tuple);

function argumentsOf(command) {
  const more = command.binary_bytes === undefined ? [] : [pattern(command.binary_bytes)];
  return [...filled(command.arguments ?? []), ...more];
}

const socket = io(options.url + options.namespace, { path: options.path, transports: TRANSPORTS[options.transport],
  auth: JSON.parse(options.auth) ?? undefined, reconnectionDelay: 200, reconnectionDelayMax: 1000 });

socket.on("connect", () => {
  tell("connected");
  const engine = socket.io.engine;
  if (options.transport !== "upgrade" || engine.transport.name === "websocket") tell("transport", { name: engine.transport.name });
  else engine.once("upgrade", (transport) => tell("transport", { name: transport.name }));
});
socket.on("disconnect", (reason) => tell("disconnected", { reason }));
socket.on("connect_error", (error) => tell("refused", { error: { message: error.message } }));
socket.onAny((name, ...given) => {
  const acknowledge = typeof given.at(-1) === "function" ? given.pop() : () => {};
  tell("received", { name, arguments: shown(given) });
  acknowledge(...given);
});

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line);
  if (command.emit) {
    socket.emit(command.emit, ...argumentsOf(command));
  } else if (command.call) {
    socket.timeout(command.timeout_ms ?? 10000).emit(command.call, ...argumentsOf(command), (error, ...answer) =>
      error ? tell("no_answer", { error: error.message }) : tell("answer", { arguments: shown(answer) }));
  } else if (command.connect) {
    socket.connect();
  } else {
    socket.disconnect();
    if (command.quit) process.stdin.destroy(); // and the process ends when all is sent
  }
}).on("close", () => process.exit(0));
