#include "learning_loop/node/page/node_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view node_script = R"js(
// What the page of a node without one of its own shows: what the node is for, its jobs, the metrics and the log of its
// work, what it has done, what is known about it, and buttons for what its operator may ask it to do.

let isActing = false;
let asked = null; // {action, button}: what the question on the page is about

function showSnapshot({status}) {
    showNode(status, {});
    put("place", capital(status.kind));
    put("kind", capital(status.kind));
    put("mode", `Loop: ${status.link.word}`);
    byId("mode").className = `pill ${status.link.look}`;
    put("purpose", status.purpose);
    showJobs(status.jobs);
    byId("idle").hidden = status.jobs.length > 0;
    put("idle", status.idle || "Nothing to do right now.");
    showCurves(status.curves);
    showLog(status.log);
    showAnew("results", status.results, resultItem);
    byId("results").hidden = status.results.length === 0;
    byId("nothing").hidden = status.results.length > 0;
    showAnew("own-facts", status.facts, factRow);
    byId("own-facts").parentElement.hidden = status.facts.length === 0;
    showAnew("actions", status.actions, actionButton);
    withdrawQuestion(status.actions);
    tellAges();
}

/// Makes the list anew if it is another: what is focused or selected in it stays undisturbed.
function showAnew(id, things, make) {
    const key = JSON.stringify(things);
    const place = byId(id);
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    place.replaceChildren(...things.map(make));
}

/// A job keeps its element as long as it goes on.
function showJobs(jobs) {
    const place = byId("jobs");
    showAnew("jobs", jobs.map(({what, since}) => ({what, since})), jobItem);
    jobs.forEach((job, i) => updateJob(place.children[i], job));
}

function jobItem({what, since}) {
    const bar = element("progress", "");
    bar.setAttribute("aria-label", what);
    return element("li", "card job", element("div", "row", element("strong", "", what), element("span", "part")), bar,
        element("div", "row", element("span", "step"), element("span", "quiet", "started ", age(since)),
            element("span", "left")));
}

function updateJob(item, {step, progress, progress_since: progressSince}) {
    const bar = item.querySelector("progress");
    bar.hidden = progress === null;
    bar.value = progress ?? 0;
    setText(item.querySelector(".part"), progress === null ? "" : `${Math.floor(100 * progress)} %`);
    setText(item.querySelector(".step"), step);
    setText(item.querySelector(".left"), progressSince === null ? "" : leftText(progress, progressSince));
}

/// How long it takes still if it goes on as it did. Empty: nobody can say yet.
function leftText(progress, since) {
    const seconds = (Date.now() + contact.clockOffset - Date.parse(since)) / 1000;
    if (!(progress >= 0.01 && progress < 1 && seconds >= 10)) return "";
    const minutes = seconds * (1 / progress - 1) / 60;
    if (minutes < 1) return "less than 1 min left";
    if (minutes < 90) return `about ${Math.round(minutes)} min left`;
    const hours = minutes / 60;
    return hours < 36 ? `about ${Math.round(hours)} h left` : `about ${Math.round(hours / 24)} d left`;
}

function resultItem({when, what, outcome, is_failure: isFailure}) {
    const time = age(when);
    time.title = new Date(when).toLocaleString();
    return element("li", isFailure ? "result failure" : "result", element("div", "row",
        element("span", `pill ${isFailure ? "bad" : "good"}`, isFailure ? "failed" : "done"),
        element("strong", "", what), time), element("p", "outcome", outcome));
}

function factRow({label, value}) {
    return element("div", "", element("dt", "", label), element("dd", "", value));
}

function actionButton(action) {
    const button = element("button", "plain", action.label);
    button.addEventListener("click", () => action.question === null ? act(action, button) : askFirst(action, button));
    return button;
}

function askFirst(action, button) {
    asked = {action, button};
    put("question", action.question);
    put("yes", action.label);
    byId("sure").showModal();
}

function actAsAsked() {
    byId("sure").close();
    act(asked.action, asked.button);
}

/// What it was about may be over: a yes would meet something else.
function withdrawQuestion(actions) {
    if (!byId("sure").open) return;
    const key = JSON.stringify(asked.action);
    if (actions.some(action => JSON.stringify(action) === key)) return;
    byId("sure").close();
    tell(`${asked.action.label}: that is no longer possible.`, true);
}

async function act(action, button) {
    if (isActing) return;
    isActing = true;
    button.setAttribute("aria-disabled", "true"); // a disabled one would lose the focus
    tell("");
    try {
        const answer = await ask(action.path.replace(/^\/+/, ""), "POST"); // relative: see PageFiles
        tell(answer.ok ? action.done || "Done." : `${action.label}: ${await detailOf(answer)}`, !answer.ok);
    } catch {
        tell(`${action.label}: the node does not answer.`, true);
    } finally {
        isActing = false;
        button.removeAttribute("aria-disabled");
        poll();
    }
}

function tell(text, isBad = false) {
    byId("told").className = isBad ? "bad" : "";
    put("told", text);
}

byId("yes").addEventListener("click", actAsAsked);
byId("no").addEventListener("click", () => byId("sure").close());
startPage({path: () => "live", show: showSnapshot, isHeld: () => false});
)js";

} // namespace

std::string node_js()
{
    return std::string(shared_js()).append(node_curves_js()).append(node_log_js()).append(node_script);
}

} // namespace learning_loop
