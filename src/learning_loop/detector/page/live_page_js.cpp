#include "learning_loop/detector/page/live_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view script = R"js("use strict";

// How the page keeps itself up to date: it asks `live` each second, as long as somebody looks at it.

const pollMs = 1000;
const patienceMs = 10000; // for one answer
const maxFrames = 12;     // as many as the node keeps
const tokenKey = `token of ${location.pathname}`;

const known = {
    started: "",     // names this run of the node: another one counts its frames anew
    newest: 0,       // number of the newest frame that was taken
    frames: [],      // the newest first
    clockOffset: 0,  // the node's clock less ours, in ms
    misses: 0,       // questions without an answer, one after the other
    lastAnswer: null,
    isHeld: false,
};
let timer = 0;
let isAsking = false;

function byId(id) {
    return document.getElementById(id);
}

/// Everything from outside becomes text, whatever it looks like.
function element(tag, cssClass, ...children) {
    const made = document.createElement(tag);
    if (cssClass) made.className = cssClass;
    made.append(...children);
    return made;
}

/// Changes a text only if it is another: what is selected or read out stays undisturbed.
function put(id, text) {
    const place = byId(id);
    if (place.textContent !== text) place.textContent = text;
}

function clockTime(date) {
    return date.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", second: "2-digit"});
}

function ask(path) {
    const token = sessionStorage.getItem(tokenKey);
    const headers = token ? {Authorization: `Bearer ${token}`} : {};
    return fetch(path, {headers, cache: "no-store", signal: AbortSignal.timeout(patienceMs)});
}

function askIn(ms) {
    clearTimeout(timer);
    timer = setTimeout(poll, ms);
}

async function poll() {
    clearTimeout(timer);
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
        await askOnce();
    } catch (failure) {
        if (!known.misses) console.warn(failure);
        known.misses += 1;
        const seconds = Math.min(10, 2 ** (known.misses - 1));
        tellTrouble(seconds);
        askIn(1000 * seconds);
    } finally {
        isAsking = false;
    }
}

async function askOnce() {
    const after = known.newest;
    const answer = await ask(`live?after=${after}`);
    if (answer.status === 401 || answer.status === 403) return closeDoor(answer.status, await detailOf(answer));
    if (!answer.ok) throw new Error(await detailOf(answer));
    const snapshot = await answer.json();
    openDoor();
    known.misses = 0;
    known.lastAnswer = new Date();
    known.clockOffset = Date.parse(snapshot.now) - Date.now();
    const isSameRun = snapshot.started === known.started;
    if (!isSameRun) forgetRun(snapshot.started);
    showStatus(snapshot.status);
    const isWhole = isSameRun || after === 0; // else it lacks frames of the new run
    if (isWhole && !known.isHeld) await takeFrames(snapshot.frames);
    tellLink();
    askIn(isWhole ? pollMs : 0);
}

async function detailOf(answer) {
    try {
        const {detail} = await answer.json();
        return typeof detail === "string" ? detail : `${answer.status}`;
    } catch {
        return `${answer.status} ${answer.statusText}`;
    }
}

function forgetRun(started) {
    known.started = started;
    known.newest = 0;
    for (const frame of known.frames.splice(0)) drop(frame);
    forgetRates();
    arrange();
}

/// Pictures first: a frame appears whole or not at all.
async function takeFrames(frames) {
    const whole = await Promise.all(frames.map(withPicture));
    for (const frame of frames) known.newest = Math.max(known.newest, frame.number);
    const more = whole.filter(frame => frame !== null);
    if (!more.length) return;
    known.frames.unshift(...more.reverse());
    for (const frame of known.frames.splice(maxFrames)) drop(frame);
    arrange();
}

/// null: the node has forgotten it meanwhile.
async function withPicture(frame) {
    const answer = await ask(`live/frames/${frame.number}`);
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(await detailOf(answer));
    frame.picture = URL.createObjectURL(await answer.blob());
    return frame;
}

function tellLink() {
    const isLost = known.misses > 0;
    const word = isLost ? "not answering" : known.isHeld ? "held" : "live";
    put("link", word);
    byId("link").className = `pill ${isLost ? "bad" : known.isHeld ? "calm" : "good"}`;
    document.body.classList.toggle("stale", isLost);
    if (!isLost) put("trouble", "");
}

function tellTrouble(seconds) {
    tellLink();
    const since = known.lastAnswer ? ` since ${clockTime(known.lastAnswer)}` : "";
    put("trouble", `The node has not answered${since}. Asking again in ${seconds} s.`);
}

function closeDoor(status, detail) {
    const isWrong = status === 401 && sessionStorage.getItem(tokenKey) !== null;
    sessionStorage.removeItem(tokenKey);
    document.body.className = "closed";
    byId("door").hidden = false;
    byId("door-form").hidden = status === 403;
    put("door-text", status === 403 ? capital(detail) :
        "What its cameras see is for its operators. They know its token: the setting NODE_TOKEN.");
    put("door-fault", isWrong ? "This is not the token of this node." : "");
    put("place", location.host);
    put("link", "locked");
    byId("link").className = "pill calm";
    put("trouble", "");
    if (status === 403) askIn(patienceMs); // it may be started again with a token
    else byId("token").focus();
}

function openDoor() {
    document.body.classList.remove("closed", "waiting");
    byId("door").hidden = true;
}

function useToken(event) {
    event.preventDefault();
    const token = byId("token").value.trim();
    if (!/^[\x21-\x7e]+$/.test(token)) {
        put("door-fault", "A token has letters, digits and signs, and no blanks.");
        return;
    }
    sessionStorage.setItem(tokenKey, token);
    byId("token").value = "";
    poll();
}

function toggleHold() {
    known.isHeld = !known.isHeld;
    put("hold", known.isHeld ? "Go on" : "Hold");
    tellLink();
    if (!known.isHeld) poll();
}

byId("curl").textContent = `curl -F file=@photo.jpg ${new URL("detect", location.href).href}`;
byId("door-form").addEventListener("submit", useToken);
byId("hold").addEventListener("click", toggleHold);
document.addEventListener("visibilitychange", poll);
window.addEventListener("online", poll);
window.addEventListener("resize", () => ["latest", "large-picture"].forEach(id => spreadLabels(byId(id))));
setInterval(tellAges, 1000);
poll();
)js";

} // namespace

std::string_view live_page_js()
{
    return script;
}

} // namespace learning_loop
