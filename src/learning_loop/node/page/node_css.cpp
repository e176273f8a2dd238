#include "learning_loop/node/page/node_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view node_style = R"css(
#purpose { font-size: 1.1rem; max-width: 60rem; margin-bottom: 1rem; }
.heading { flex-wrap: wrap; gap: .5rem 1rem; }
#actions { display: flex; flex-wrap: wrap; gap: .5rem; }
button[aria-disabled=true] { opacity: .4; cursor: default; }
#told:not(:empty) {
    background: var(--calm-ground); border-radius: .4rem; padding: .5rem .9rem; margin-bottom: .75rem;
    font-size: .925rem;
}
#told.bad { background: var(--bad-ground); color: var(--bad); }
#jobs { display: grid; gap: .75rem; }
.job { display: grid; gap: .35rem; }
.row { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .9rem; }
.row strong { font-size: 1rem; }
.part { font-weight: 600; }
progress {
    appearance: none; display: block; width: 100%; height: .6rem; border: 0; border-radius: .3rem; overflow: hidden;
    background: var(--calm-ground); color: var(--accent);
}
progress::-webkit-progress-bar { background: var(--calm-ground); }
progress::-webkit-progress-value { background: var(--accent); border-radius: .3rem; transition: width .4s; }
progress::-moz-progress-bar { background: var(--accent); border-radius: .3rem; }
#idle { min-height: 5rem; padding: 1rem; color: var(--quiet); }
.waiting .first { display: none; }
.first { display: grid; gap: 1.25rem; grid-template-columns: minmax(0, 1fr); }
#curves { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); }
#metrics h2 { margin-bottom: .5rem; }
.chart { padding: .7rem .6rem .3rem; }
.chart figcaption { padding-inline: .4rem; margin-bottom: .4rem; }
.last { font-weight: 600; }
.best { font-size: .85rem; min-height: 1.5em; }
.plot { display: block; width: 100%; height: 14em; font-size: .75rem; }
.plot text { fill: currentColor; color: var(--quiet); }
.plot .x { text-anchor: middle; }
.plot .y, .plot .x-label { text-anchor: end; }
.grid { stroke: var(--line); }
.line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.last-dot { fill: var(--accent); }
.best-dot { fill: none; stroke: var(--ink); stroke-width: 1.5; }
#log-part .heading { align-items: baseline; }
#log-name { font-size: .85rem; }
#log {
    position: relative; max-height: 20rem; overflow-y: auto; overflow-anchor: none; padding: .7rem .9rem;
    background: var(--paper); border: 1px solid var(--line); border-radius: .6rem;
    font: .8rem/1.5 ui-monospace, monospace; white-space: pre-wrap;
}
#log:empty::before { content: "Nothing yet."; color: var(--quiet); }
#log div { min-height: 1.5em; }
#sure {
    width: min(30rem, 100vw - 1.5rem); padding: 1.25rem; border: 1px solid var(--line); border-radius: .8rem;
    background: var(--paper); color: var(--ink);
}
#sure::backdrop { background: rgb(4 8 11 / .6); }
#question { white-space: pre-wrap; }
.choices { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: .6rem; margin-top: 1.25rem; }
.choices button { font-size: .925rem; padding: .5rem 1.1rem; }
#results { padding-block: .3rem; }
.result { display: grid; gap: .1rem 1rem; padding: .6rem 0; border-top: 1px solid var(--line); font-size: .925rem; }
.result:first-child { border-top: 0; }
.result .row { align-items: baseline; justify-content: flex-start; }
.result .age { margin-left: auto; }
.outcome { white-space: pre-wrap; max-height: 12em; overflow-y: auto; }
.failure .outcome { color: var(--bad); }
.stale .first, .stale #done { filter: grayscale(.8); opacity: .85; }
@media (max-width: 40rem) {
    .result strong { flex-basis: 100%; order: 1; }
}
@media (prefers-reduced-motion: reduce) {
    progress::-webkit-progress-value { transition: none; }
}
)css";

} // namespace

std::string node_css()
{
    return std::string(shared_css()).append(node_style);
}

} // namespace learning_loop
