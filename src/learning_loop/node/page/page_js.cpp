#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view shared_script = R"js("use strict";

// What the page of every node does: it asks `live` each second, as long as somebody looks at it, tells when no answer
// comes, asks strangers for the token, and shows what is wrong.

const pollMs = 1000;
const patienceMs = 10000; // for one answer
const tokenKey = `token of ${location.pathname}`;
const lockedText = byId("door-text").textContent;

const contact = {
    misses: 0,      // questions without an answer, one after the other
    lastAnswer: null,
    clockOffset: 0, // the node's clock less ours, in ms
};
const commonSteps = {
    connection: "There is no connection to the Loop",
    report: "The Loop does not take the reports of this node",
};
let page = null; // what is its own: see startPage
let timer = 0;
let isAsking = false;

/// Starts what a page has of its own: `path()` is what it asks for; `show(answer)`, which may be async, shows the
/// answer, and may tell in how many ms to ask again; `isHeld()`: what it shows is held.
function startPage(own) {
    page = own;
    byId("door-form").addEventListener("submit", useToken);
    document.addEventListener("visibilitychange", poll);
    window.addEventListener("online", poll);
    setInterval(tellAges, 1000);
    poll();
}

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
function setText(place, text) {
    if (place.textContent !== text) place.textContent = text;
}

function put(id, text) {
    setText(byId(id), text);
}

function ask(path, method = "GET") {
    const token = sessionStorage.getItem(tokenKey);
    const headers = token ? {Authorization: `Bearer ${token}`} : {};
    return fetch(path, {method, headers, cache: "no-store", signal: AbortSignal.timeout(patienceMs)});
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
        if (!contact.misses) console.warn(failure);
        contact.misses += 1;
        const seconds = Math.min(10, 2 ** (contact.misses - 1));
        tellTrouble(seconds);
        askIn(1000 * seconds);
    } finally {
        isAsking = false;
    }
}

async function askOnce() {
    const answer = await ask(page.path());
    if (answer.status === 401 || answer.status === 403) return closeDoor(answer.status, await detailOf(answer));
    if (!answer.ok) throw new Error(await detailOf(answer));
    const told = await answer.json();
    openDoor();
    contact.misses = 0;
    contact.lastAnswer = new Date();
    contact.clockOffset = Date.parse(told.now) - Date.now();
    const waitMs = await page.show(told);
    tellLink();
    askIn(waitMs ?? pollMs);
}

async function detailOf(answer) {
    try {
        const {detail} = await answer.json();
        return typeof detail === "string" ? detail : `${answer.status}`;
    } catch {
        return `${answer.status} ${answer.statusText}`;
    }
}

function tellLink() {
    const isLost = contact.misses > 0;
    const word = isLost ? "not answering" : page.isHeld() ? "held" : "live";
    put("link", word);
    byId("link").className = `pill ${isLost ? "bad" : page.isHeld() ? "calm" : "good"}`;
    document.body.classList.toggle("stale", isLost);
    if (!isLost) put("trouble", "");
}

function tellTrouble(seconds) {
    tellLink();
    const since = contact.lastAnswer ? ` since ${clockTime(contact.lastAnswer)}` : "";
    put("trouble", `The node has not answered${since}. Asking again in ${seconds} s.`);
}

function closeDoor(status, detail) {
    const isWrong = status === 401 && sessionStorage.getItem(tokenKey) !== null;
    sessionStorage.removeItem(tokenKey);
    document.body.className = "closed";
    byId("door").hidden = false;
    byId("door-form").hidden = status === 403;
    put("door-text", status === 403 ? capital(detail) : lockedText);
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

/// Shows what is told of every node. `steps` has headlines for the page's own steps that may fail.
function showNode(status, steps) {
    const count = Object.keys(status.errors).length;
    document.title = (count ? `(${count}) ` : "") + status.name;
    put("name", status.name);
    showErrors(status.errors, steps);
    put("uptime", duration(status.uptime));
    put("version", status.node_version ? `${status.node_version} (library ${status.version})` : status.version);
    showLoop(status.loop);
}

function showErrors(errors, steps) {
    const items = Object.entries(errors).map(([step, what]) => element("div", "error",
        element("strong", "", headline(step, steps)), element("p", "", capital(what))));
    const place = byId("errors");
    const isNews = items.length !== place.children.length ||
        items.some((item, i) => item.textContent !== place.children[i].textContent);
    if (isNews) place.replaceChildren(...items);
}

/// A step that nobody has written a headline for may be named as in code, or in words that hold names.
function headline(step, steps) {
    const words = /^[a-z_]+$/.test(step) ? step.replaceAll("_", " ") : step;
    return steps[step] ?? commonSteps[step] ?? capital(words);
}

function showLoop(url) {
    const place = byId("loop");
    if (place.textContent === url) return;
    const link = element("a", "", url);
    if (/^https?:\/\//.test(url)) link.href = url;
    link.rel = "noreferrer";
    place.replaceChildren(link);
}

/// As a sentence begins. What is more than a word, such as an address, stays as it is.
function capital(text) {
    return /^[a-z]+(\s|$)/.test(text) ? text.slice(0, 1).toUpperCase() + text.slice(1) : text;
}

function clockTime(date) {
    return date.toLocaleTimeString([], {hour: "2-digit", minute: "2-digit", second: "2-digit"});
}

/// The two greatest units: `3 d 4 h`.
function duration(seconds) {
    const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const first = parts.findIndex(([size]) => seconds >= size);
    if (first < 0) return "0 s";
    const text = ([size, unit], rest) => `${Math.floor(rest / size)} ${unit}`;
    const whole = text(parts[first], seconds);
    return parts[first + 1] ? `${whole} ${text(parts[first + 1], seconds % parts[first][0])}` : whole;
}

/// How long ago that was, which tellAges keeps true.
function age(moment) {
    const made = element("span", "age");
    made.dataset.moment = moment;
    return made;
}

function ageText(seconds) {
    if (seconds < 2) return "just now";
    return `${duration(Math.floor(seconds))} ago`;
}

function tellAges() {
    const now = Date.now() + contact.clockOffset;
    for (const one of document.querySelectorAll(".age"))
        setText(one, ageText((now - Date.parse(one.dataset.moment)) / 1000));
}
)js";

} // namespace

std::string_view shared_js()
{
    return shared_script;
}

} // namespace learning_loop
