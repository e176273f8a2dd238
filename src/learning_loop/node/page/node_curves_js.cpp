#include "learning_loop/node/page/node_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view curves_script = R"js(
// The curves: a chart for each metric, drawn anew when its points or its width are others.

const greatest = 1e300; // what is beyond is drawn there: the difference of two numbers must be a number

let curvesShown = [];

function showCurves(curves) {
    curvesShown = curves;
    byId("metrics").hidden = curves.length === 0;
    showAnew("curves", curves.map(({label}) => label), chartFigure);
    updateCharts();
}

function chartFigure(label) {
    const plot = drawn("svg", {class: "plot", role: "img"});
    return element("figure", "card chart", element("figcaption", "", element("div", "row", element("strong", "", label),
        element("span", "last")), element("p", "quiet best")), plot);
}

function updateCharts() {
    const figures = byId("curves").children;
    curvesShown.forEach((curve, i) => updateChart(figures[i], curve));
}

function updateChart(figure, curve) {
    const plot = figure.querySelector("svg");
    const width = Math.round(plot.getBoundingClientRect().width);
    const key = JSON.stringify([curve, width]);
    if (figure.key === key) return;
    figure.key = key;
    const last = curve.points.at(-1);
    setText(figure.querySelector(".last"), last ? pointText(curve, last) : "No value yet");
    setText(figure.querySelector(".best"), bestText(curve));
    plot.setAttribute("aria-label", chartText(curve));
    const em = parseFloat(getComputedStyle(plot).fontSize);
    plot.replaceChildren(...(last && width ? chartShapes(curve, width, em) : []));
}

// What a chart says in words.

function chartText(curve) {
    const {label, points} = curve;
    if (!points.length) return `${label}: no value yet`;
    const count = points.length === 1 ? "one value" : `${points.length} values`;
    const best = bestText(curve);
    return `${label}: ${count}, the last ${pointText(curve, points.at(-1))}${best && `, ${best}`}`;
}

function bestText(curve) {
    if (curve.points.length < 2) return "";
    if (curve.aim !== "unknown") return `best ${pointText(curve, bestPoint(curve))}`;
    return `lowest ${pointText(curve, lowest(curve.points))}, highest ${pointText(curve, highest(curve.points))}`;
}

/// Undefined: nobody knows which it is.
function bestPoint({aim, points}) {
    return {high: highest, low: lowest}[aim]?.(points);
}

function lowest(points) {
    return points.reduce((best, point) => point.y < best.y ? point : best);
}

function highest(points) {
    return points.reduce((best, point) => point.y > best.y ? point : best);
}

function pointText({x_label: xLabel, unit}, {x, y}) {
    return `${withUnit(numberText(y), unit)} at ${withUnit(xLabel, numberText(x))}`;
}

function withUnit(text, unit) {
    return text && unit ? `${text} ${unit}` : text || unit;
}

/// Four digits are enough; whole numbers have all of theirs.
function numberText(number) {
    const size = Math.abs(number);
    if (Number.isInteger(number) && size < 1e9) return `${number}`;
    if (size >= 1e6 || size < 1e-4) return number.toExponential(2);
    return `${size >= 1000 ? Math.round(number) : Number(number.toPrecision(4))}`;
}

// The axes.

/// From the least to the greatest of the numbers, with about `count` steps of 1, 2 or 5 times a power of ten.
function axisOf(numbers, count, isWhole) {
    const near = numbers.map(number => Math.max(-greatest, Math.min(greatest, number)));
    const [low, high] = withRoom(Math.min(...near), Math.max(...near), isWhole);
    const least = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = power * ([1, 2, 5].find(times => times * power >= least) ?? 10);
    return {low, high, step: isWhole ? Math.max(1, Math.round(step)) : step};
}

/// If all numbers are one, it stands in the middle.
function withRoom(low, high, isWhole) {
    const size = Math.max(Math.abs(low), Math.abs(high));
    if (high - low > Math.max(1e-12 * size, 1e-300)) return [low, high];
    if (isWhole && size < 1e9) return [low - 0.5, high + 0.5];
    return size > 1e-290 ? [low - 0.1 * size, high + 0.1 * size] : [0, 1];
}

function ticksOf({low, high, step}) {
    const first = Math.ceil(low / step - 1e-6);
    const length = Math.floor(high / step + 1e-6) - first + 1;
    return Array.from({length}, (_, i) => (first + i) * step);
}

/// All ticks of an axis have as many decimals.
function tickText(number, {low, high, step}) {
    const place = Math.floor(Math.log10(step) + 1e-9); // of the last digit that differs
    const size = Math.max(Math.abs(low), Math.abs(high));
    if (size < 1e6 && place >= -5) return number.toFixed(Math.max(0, -place));
    return number === 0 ? "0" : number.toExponential(Math.min(9, Math.max(0, Math.floor(Math.log10(size)) - place)));
}

// The picture, in the pixels of the page. `em`: the height of its letters.

function drawn(tag, attributes, text = "") {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
}

function chartShapes(curve, width, em) {
    const x = axisOf(curve.points.map(point => point.x), Math.max(1, width / (8 * em)),
        curve.points.every(point => Number.isInteger(point.x)));
    const y = axisOf(curve.points.map(point => point.y), 4, false);
    y.low = y.step * Math.floor(y.low / y.step + 1e-6); // a line at the top and one at the bottom
    y.high = y.step * Math.ceil(y.high / y.step - 1e-6);
    const yTexts = ticksOf(y).map(tick => withUnit(tickText(tick, y), curve.unit));
    const left = Math.min(0.4 * width, em * (1 + 0.6 * Math.max(...yTexts.map(text => text.length))));
    const frame = {left, right: width - em, top: 0.6 * em, bottom: 11 * em, em};
    const place = ({x: at, y: value}) => [
        along(x, at, frame.left, frame.right).toFixed(1), along(y, value, frame.bottom, frame.top).toFixed(1)];
    return [...yShapes(y, yTexts, frame), ...xShapes(x, curve.x_label, frame), ...curveShapes(curve, place, em)];
}

/// Where the number is between the ends of its axis.
function along({low, high}, number, from, to) {
    const part = (Math.max(low, Math.min(high, number)) - low) / (high - low);
    return from + part * (to - from);
}

function yShapes(axis, texts, {left, right, top, bottom, em}) {
    return ticksOf(axis).flatMap((tick, i) => {
        const y = along(axis, tick, bottom, top).toFixed(1);
        return [drawn("line", {class: "grid", x1: left, x2: right, y1: y, y2: y}),
            drawn("text", {class: "y", x: left - 0.5 * em, y, dy: "0.35em"}, texts[i])];
    });
}

function xShapes(axis, label, {left, right, bottom, em}) {
    const texts = ticksOf(axis).map(tick =>
        drawn("text", {class: "x", x: along(axis, tick, left, right).toFixed(1), y: bottom + 1.3 * em},
            tickText(tick, axis)));
    return [...texts, drawn("text", {class: "x-label", x: right, y: bottom + 2.6 * em}, label)];
}

function curveShapes(curve, place, em) {
    const dot = (point, kind, radius) => {
        const [cx, cy] = place(point);
        return drawn("circle", {class: kind, cx, cy, r: radius * em});
    };
    const {points} = curve;
    const best = points.length > 1 ? bestPoint(curve) : undefined;
    const line = drawn("polyline", {class: "line", points: points.map(point => place(point).join(",")).join(" ")});
    return [line, dot(points.at(-1), "last-dot", 0.3), ...(best ? [dot(best, "best-dot", 0.5)] : [])];
}

new ResizeObserver(updateCharts).observe(byId("curves"));
)js";

} // namespace

std::string_view node_curves_js()
{
    return curves_script;
}

} // namespace learning_loop
