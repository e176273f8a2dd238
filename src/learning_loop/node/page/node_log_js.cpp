#include "learning_loop/node/page/node_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view log_script = R"js(
// The end of the log. Lines stay where they are: more come below, and the oldest go.

let isLogFollowed = true; // until the person scrolls up, and again once they are back at its end

function showLog(log) {
    byId("log-part").hidden = log === null;
    put("log-name", log?.name ?? "");
    const place = byId("log");
    isLogFollowed = place.scrollHeight - place.scrollTop - place.clientHeight < 8;
    takeLines(place, (log?.lines ?? []).map(plainLine));
    followLog();
}

function followLog() {
    const place = byId("log");
    if (isLogFollowed) place.scrollTop = place.scrollHeight;
}

/// What the person reads stays in its place on the screen.
function takeLines(place, lines) {
    const known = [...place.children].map(one => one.textContent);
    const gone = known.findIndex((_, i) => startsWith(lines, known.slice(i)));
    const countGone = gone < 0 ? known.length : gone;
    const stays = place.children[countGone];
    const top = stays?.offsetTop;
    for (let i = 0; i < countGone; i += 1) place.firstChild.remove();
    if (stays) place.scrollTop += stays.offsetTop - top;
    place.append(...lines.slice(known.length - countGone).map(line => element("div", "", line)));
}

function startsWith(lines, first) {
    return first.length <= lines.length && first.every((line, i) => line === lines[i]);
}

/// As a terminal shows it: without the codes of colours, and without what a later part of the line is written over.
function plainLine(line) {
    const plain = line.replace(/\x1b\[[0-?]*[ -\/]*[@-~]/g, "");
    return plain.split("\r").findLast(part => part !== "") ?? "";
}

new ResizeObserver(followLog).observe(byId("log"));
)js";

} // namespace

std::string_view node_log_js()
{
    return log_script;
}

} // namespace learning_loop
