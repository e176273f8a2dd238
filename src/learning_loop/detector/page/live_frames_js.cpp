#include "learning_loop/detector/page/live_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view frames_script = R"js(

// Frames: their pictures, what was found in them drawn on top, and what there is to read about them.

const svgNames = "http://www.w3.org/2000/svg";
const colours = 8; // of the style sheet
const maxNamedColours = 1000;
const shownCounts = 6;
const causes = {
    uncertain: "uncertain",
    segmentation_detection: "has an outline",
    unexpected_observations_count: "unexpectedly many",
    all: "asked for",
};
const kinds = [
    {name: "box", list: "box_detections"},
    {name: "outline", list: "segmentation_detections"},
    {name: "point", list: "point_detections"},
    {name: "whole image", list: "classification_detections"},
];

const colourNumbers = new Map(); // by category: the same all over the page
let large = null;                // the frame that is shown large

/// A model's categories have their colours in its order.
function nameColours(categories) {
    const isNews = categories.some((category, i) => colourNumbers.get(category.name) !== i % colours);
    if (!isNews) return;
    colourNumbers.clear();
    categories.forEach((category, i) => colourNumbers.set(category.name, i % colours));
    for (const frame of known.frames) redraw(frame);
}

function colourOf(name) {
    if (!colourNumbers.has(name)) {
        if (colourNumbers.size >= maxNamedColours) colourNumbers.clear();
        colourNumbers.set(name, colourNumbers.size % colours);
    }
    return `c${colourNumbers.get(name)}`;
}

/// A name with its colour.
function chip(name, text) {
    return element("span", `chip ${colourOf(name)}`, element("i", ""), element("span", "", text));
}

/// Everything that was found, with its kind.
function detectionsOf(frame) {
    return kinds.flatMap(kind => frame.found[kind.list].map(one => ({...one, kind: kind.name})));
}

function outlineOf(shape) {
    const numbers = shape.split(",").map(Number);
    const points = [];
    for (let i = 0; i + 1 < numbers.length; i += 2) points.push({x: numbers[i], y: numbers[i + 1]});
    return points;
}

/// The smallest rectangle around it, in pixels of the image; null: it has no place.
function placeOf(one) {
    if (one.kind === "box") return one;
    if (one.kind === "point") return {x: one.x, y: one.y, width: 0, height: 0};
    if (one.kind !== "outline") return null;
    const points = outlineOf(one.shape);
    if (!points.length) return null;
    const [xs, ys] = [points.map(point => point.x), points.map(point => point.y)];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return {x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y};
}

function lineOf(one) {
    if (one.kind === "point") return `M${one.x} ${one.y}h.01`; // a dot: the line's round end
    if (one.kind === "outline") return `M${outlineOf(one.shape).map(point => `${point.x} ${point.y}`).join("L")}Z`;
    return `M${one.x} ${one.y}h${one.width}v${one.height}h${-one.width}Z`;
}

function drawing(frame, detections) {
    const svg = document.createElementNS(svgNames, "svg");
    svg.setAttribute("viewBox", `0 0 ${frame.width_px} ${frame.height_px}`);
    svg.setAttribute("aria-hidden", "true");
    for (const one of detections.filter(placeOf)) {
        for (const layer of ["halo", colourOf(one.category_name)]) { // dark below bright: seen on any ground
            const path = document.createElementNS(svgNames, "path");
            path.setAttribute("class", `${layer} ${one.kind}`);
            path.setAttribute("d", lineOf(one));
            svg.append(path);
        }
    }
    return svg;
}

function picture(frame) {
    const detections = detectionsOf(frame);
    const image = element("img", "");
    image.src = frame.picture;
    image.alt = "";
    const scene = element("span", "scene", image, drawing(frame, detections));
    scene.style.setProperty("--ratio", frame.width_px / frame.height_px);
    const best = detections.sort((a, b) => b.confidence - a.confidence);
    scene.append(...labelsOf(frame, best));
    return element("span", "picture", scene);
}

/// How many of each category: `weed ×3`.
function countChips(frame) {
    const counts = new Map();
    for (const one of detectionsOf(frame)) counts.set(one.category_name, (counts.get(one.category_name) ?? 0) + 1);
    const all = [...counts].sort((a, b) => b[1] - a[1]);
    const chips = all.slice(0, shownCounts).map(([name, count]) => chip(name, `${name} ×${count}`));
    if (all.length > shownCounts) chips.push(element("span", "more", `and ${all.length - shownCounts} more kinds`));
    if (!all.length) chips.push(element("span", "more", "nothing found"));
    return chips;
}

function countText(frame) {
    return `${frame.detections} ${frame.detections === 1 ? "detection" : "detections"}`;
}

function keptText(frame) {
    const why = frame.causes.map(cause => causes[cause] ?? cause.replaceAll("_", " "));
    return why.length ? `kept: ${why.join(", ")}` : "not kept";
}

function cameraText(frame) {
    return frame.camera || "no camera named";
}

function figureOf(frame) {
    const time = clockTime(new Date(frame.received));
    const open = element("button", "open", picture(frame));
    open.setAttribute("aria-label", `Enlarge: ${cameraText(frame)}, ${time}, ${countText(frame)}`);
    open.addEventListener("click", () => enlarge(frame));
    return element("figure", "frame", open, element("figcaption", "",
        element("p", "who", element("strong", "", cameraText(frame)), element("time", "", time), age(frame.received)),
        element("p", "counts", ...countChips(frame)),
        element("p", "fate", element("span", frame.causes.length ? "kept" : "not-kept", keptText(frame)),
            element("span", "ms", millisecondsText(frame.milliseconds)))));
}

function redraw(frame) {
    const former = frame.figure;
    frame.figure = figureOf(frame);
    if (former?.isConnected) former.replaceWith(frame.figure);
}

/// Puts the frames where they belong. What is in its place already stays there, with the focus on it.
function arrange() {
    const [newest, ...rest] = known.frames;
    const focused = document.activeElement;
    for (const frame of known.frames) frame.figure ??= figureOf(frame);
    const hero = newest ? newest.figure : byId("empty");
    if (byId("latest").firstElementChild !== hero) {
        const former = byId("latest").firstElementChild;
        former.replaceWith(hero);
        if (former.id === "empty") hero.after(former);
    }
    byId("empty").hidden = newest !== undefined;
    const list = byId("list");
    rest.forEach((frame, i) => {
        if (list.children[i] !== frame.figure) list.insertBefore(frame.figure, list.children[i] ?? null);
    });
    while (list.children.length > rest.length) list.lastElementChild.remove();
    document.body.classList.toggle("has-earlier", rest.length > 0);
    spreadLabels(byId("latest"));
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({preventScroll: true});
    tellAges();
}

/// The frame is no longer in the lists; its picture goes with the last that shows it.
function drop(frame) {
    frame.isDropped = true;
    frame.figure?.remove();
    if (frame !== large) URL.revokeObjectURL(frame.picture);
}

function enlarge(frame) {
    if (large?.isDropped && large !== frame) URL.revokeObjectURL(large.picture);
    large = frame;
    put("large-title", `${cameraText(frame)}, ${clockTime(new Date(frame.received))}`);
    byId("large-picture").replaceChildren(picture(frame));
    const facts = {
        Decision: keptText(frame),
        Found: frame.detections > detectionsOf(frame).length
            ? `${countText(frame)}, of which ${detectionsOf(frame).length} are shown` : countText(frame),
        Took: millisecondsText(frame.milliseconds),
        Image: `${frame.width_px} × ${frame.height_px} px, number ${frame.number}`,
        Source: frame.source ?? "not told",
        Tags: frame.found.tags.join(", ") || "none",
    };
    byId("large-facts").replaceChildren(...Object.entries(facts).map(([name, fact]) =>
        element("div", "", element("dt", "", name), element("dd", "", fact))));
    byId("large-rows").replaceChildren(...detectionsOf(frame).map(rowOf));
    byId("newer").disabled = neighbour(-1) === undefined;
    byId("older").disabled = neighbour(1) === undefined;
    if (!byId("large").open) byId("large").showModal();
    spreadLabels(byId("large-picture"));
}

function rowOf(one) {
    const place = placeOf(one);
    const at = place ? `${place.x.toFixed(0)}, ${place.y.toFixed(0)}` : "";
    const size = place && one.kind !== "point" ? `, ${place.width.toFixed(0)} × ${place.height.toFixed(0)}` : "";
    const name = element("th", "", chip(one.category_name, one.category_name));
    name.scope = "row";
    return element("tr", "", name, element("td", "", one.kind), element("td", "", one.confidence.toFixed(2)),
        element("td", "", at + size));
}

/// -1: the next newer one of the frames that are here; 1: the next older one.
function neighbour(step) {
    const sorted = step < 0 ? [...known.frames].reverse() : known.frames;
    return sorted.find(frame => step < 0 ? frame.number > large.number : frame.number < large.number);
}

function turn(step) {
    const next = neighbour(step);
    if (next) enlarge(next);
}

function forgetLarge() {
    if (large.isDropped) URL.revokeObjectURL(large.picture);
    const opener = (large.isDropped ? known.frames[0] : large)?.figure?.querySelector("button");
    large = null;
    byId("large-picture").replaceChildren();
    opener?.focus({preventScroll: true});
}

byId("newer").addEventListener("click", () => turn(-1));
byId("older").addEventListener("click", () => turn(1));
byId("close").addEventListener("click", () => byId("large").close());
byId("large").addEventListener("close", forgetLarge);
byId("large").addEventListener("click", event => event.target === byId("large") && byId("large").close());
byId("large").addEventListener("keydown", event => {
    if (event.key === "ArrowLeft") turn(-1);
    if (event.key === "ArrowRight") turn(1);
});
)js";

} // namespace

std::string_view live_frames_js()
{
    return frames_script;
}

} // namespace learning_loop
