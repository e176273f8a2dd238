#include "learning_loop/detector/page/live_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view status_script = R"js(

// How the node is: its model, its work, its outbox and what is wrong.

const steps = {
    update_model: "The model cannot be updated",
    deployment_target: "The Loop does not tell which model is to run",
    outbox: "Images cannot be uploaded",
};
const modes = {startup: "starting", idle: "ready", detecting: "detecting"};
const controls = {
    follow_loop: "follow the Loop",
    specific_version: "stay at the chosen one",
    pause: "stay as they are (paused)",
};
const outboxModes = {continuous_upload: "uploads", stopped: "stopped"};
const sparkSeconds = 60;
const rateSeconds = 5;
const shownCategories = 24;

let rateSamples = []; // of what was counted, the oldest first

function showStatus(status) {
    showNode(status, steps);
    const project = [status.organization, status.project].filter(part => part).join(" / ");
    put("place", project ? `Detector of ${project}` : "Detector");
    put("mode", status.is_ready ? modes[status.about.operation_mode] ?? status.about.operation_mode : "no model");
    byId("mode").className = `pill ${status.is_ready ? "good" : "bad"}`;
    byId("no-model").hidden = status.is_ready;
    showModel(status);
    showWork(status);
    showOutbox(status.outbox);
    put("project", project || "none");
}

function showModel(status) {
    const {model_info: model, target_model: target, version_control: control} = status.about;
    const needsNone = status.model_format === "";
    put("model", model ? model.version : needsNone ? "not needed" : "none yet");
    byId("model").classList.toggle("wordy", !model);
    put("target", needsNone ? "none" : targetText(target, model));
    put("control", needsNone ? "none" : controls[control] ?? control);
    put("resolution", model?.resolution ? `${model.resolution} px` : "not told");
    showCategories(model ? model.categories : []);
}

function targetText(target, model) {
    if (!target) return "none is set";
    return model && model.version === target ? `${target}, reached` : `${target}, not yet here`;
}

function showCategories(categories) {
    nameColours(categories);
    const place = byId("categories");
    const names = categories.map(category => category.name);
    const key = JSON.stringify(names);
    if (place.dataset.key === key) return;
    place.dataset.key = key;
    const chips = names.slice(0, shownCategories).map(name => element("li", "", chip(name, name)));
    const left = names.length - chips.length;
    if (left > 0) chips.push(element("li", "more", `and ${left} more`));
    place.replaceChildren(...chips);
}

function forgetRates() {
    rateSamples = [];
}

function showWork(status) {
    const now = performance.now() / 1000;
    rateSamples.push({at: now, images: status.images, detections: status.detections});
    rateSamples = rateSamples.filter(one => one.at > now - sparkSeconds - 2);
    const from = rateSamples.find(one => one.at >= now - rateSeconds - 0.5);
    const seconds = now - from.at;
    const rate = what => seconds > 0.5 ? (status[what] - from[what]) / seconds : null;
    put("images-rate", rateText(rate("images")));
    put("detections-rate", rate("detections") === null ? "–" : `${rateText(rate("detections"))} a second`);
    put("images", `${status.images.toLocaleString()} ${status.images === 1 ? "image" : "images"}`);
    put("duration", durationOfFrames());
    drawSpark(now);
}

function rateText(rate) {
    if (rate === null) return "–";
    return rate === 0 || rate >= 100 ? rate.toFixed(0) : rate.toFixed(1);
}

/// The median of the frames that are shown.
function durationOfFrames() {
    const all = known.frames.map(frame => frame.milliseconds).sort((a, b) => a - b);
    return all.length ? millisecondsText(all[all.length >> 1]) : "–";
}

function millisecondsText(ms) {
    return `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}

/// Images per second in the last minute.
function drawSpark(now) {
    const rates = rateSamples.slice(1).map((one, i) => {
        const before = rateSamples[i];
        return {x: sparkSeconds - (now - one.at), rate: (one.images - before.images) / (one.at - before.at)};
    });
    const most = Math.max(1, ...rates.map(one => one.rate));
    const points = rates.map(one => `${one.x.toFixed(1)} ${(11 - 10 * one.rate / most).toFixed(2)}`);
    const path = points.length > 1 ? `M${points.join("L")}` : "";
    byId("spark").firstElementChild.setAttribute("d", path);
    byId("spark").setAttribute("aria-label", `Images per second in the last minute, at most ${rateText(most)}`);
}

function showOutbox(outbox) {
    put("outbox-images", outbox.images.toLocaleString());
    put("outbox-unit", outbox.images === 1 ? "image waits" : "images wait");
    put("outbox-mode", outboxModes[outbox.mode] ?? outbox.mode);
    put("outbox-bytes", bytesText(outbox.bytes));
    for (const kind of ["dropped", "rejected"]) {
        put(`outbox-${kind}`, outbox[kind] ? `${outbox[kind].toLocaleString()} since the start` : "none");
        byId(`outbox-${kind}`).classList.toggle("alarm", outbox[kind] > 0);
    }
    byId("outbox-mode").classList.toggle("alarm", outbox.mode === "stopped");
}

function bytesText(bytes) {
    const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    for (; bytes >= 1024 && unit + 1 < units.length; ++unit) bytes /= 1024;
    return `${unit && bytes < 100 ? bytes.toFixed(1) : bytes.toFixed(0)} ${units[unit]}`;
}
)js";

} // namespace

std::string_view live_status_js()
{
    return status_script;
}

} // namespace learning_loop
