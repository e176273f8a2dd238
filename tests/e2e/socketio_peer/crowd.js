// Many JavaScript clients at once; see crowd.py. NODE_PATH tells where socket.io-client lies.
"use strict";
const assert = require("node:assert/strict");
const { createInterface } = require("node:readline");
const { parseArgs } = require("node:util");
const { io } = require("socket.io-client");

const MESSAGES = 3;
const TRANSPORTS = { websocket: ["websocket"], polling: ["polling"], upgrade: ["polling", "websocket"] };
const text = (fallback) => ({ type: "string", default: fallback });
const { values: options } = parseArgs({ options: { url: text(), count: text(), rounds: text("1"), transport: text("websocket") } });
const content = Buffer.alloc(1000, Buffer.from(Array.from({ length: 251 }, (_, i) => i)));
const tell = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

function connected() {
  const socket = io(options.url, { transports: TRANSPORTS[options.transport], forceNew: true, reconnection: false });
  return new Promise((resolve, reject) => socket.on("connect", () => resolve(socket)).on("connect_error", reject));
}

async function exchange(socket, number) {
  const back = [];
  const all = new Promise((resolve) => socket.on("message-back", (...given) => back.push(given) === MESSAGES && resolve()));
  const sent = Array.from({ length: MESSAGES }, (_, turn) => [number, turn, "text"]);
  for (const message of sent) socket.emit("message", ...message);
  await all;
  assert.deepEqual(back, sent);
  const answer = await new Promise((resolve, reject) => socket.timeout(30000).emit("message-with-ack", number, content,
    (error, ...given) => (error ? reject(error) : resolve(given))));
  assert.deepEqual(answer, [number, content]);
  socket.disconnect();
  return MESSAGES + 1;
}

async function run() {
  const count = Number(options.count);
  const stdin = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let exchanged = 0;
  for (let round = 0; round < Number(options.rounds); ++round) {
    const sockets = await Promise.all(Array.from({ length: count }, connected));
    tell("connected", { clients: sockets.length });
    await stdin.next();
    for (const turns of await Promise.all(sockets.map(exchange))) exchanged += turns;
  }
  tell("done", { exchanged });
  process.stdin.destroy(); // and the process ends when all is sent
}

run();
