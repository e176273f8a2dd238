#include "learning_loop/detector/page/live_page_files.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view css = R"css(:root { --stage: #10161b; }
@media (prefers-color-scheme: dark) {
    :root { --stage: #05080a; }
}

.big { font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin: .1rem 0 .4rem; }
.big.wordy { font-size: 1.25rem; line-height: 1.92; }
.big small { font-size: .95rem; letter-spacing: 0; }
.alarm { color: var(--bad); font-weight: 600; }
#spark { display: block; width: 100%; height: 2rem; margin-bottom: .5rem; }
#spark path { fill: none; stroke: var(--accent); stroke-width: 2; vector-effect: non-scaling-stroke; }
.chips { display: flex; flex-wrap: wrap; gap: .3rem .9rem; font-size: .875rem; margin-top: .6rem; }
.chip { display: inline-flex; align-items: baseline; gap: .35rem; }
.chip i {
    width: .7rem; height: .7rem; border-radius: .2rem; flex: none; background: var(--colour);
    box-shadow: 0 0 0 1px rgb(0 0 0 / .55);
}
.more { color: var(--quiet); }
.c0 { --colour: #ff5fe8; } .c1 { --colour: #3dff6e; } .c2 { --colour: #5cb0ff; } .c3 { --colour: #ffe14d; }
.c4 { --colour: #ff9447; } .c5 { --colour: #f4f4f4; } .c6 { --colour: #45f0e0; } .c7 { --colour: #c3a2ff; }

.open { display: block; width: 100%; padding: 0; background: none; border-radius: .5rem; font-weight: 400; }
.picture {
    display: grid; place-items: center; aspect-ratio: 4 / 3; container-type: size; overflow: hidden;
    background: var(--stage); border-radius: .5rem;
}
#latest .picture { aspect-ratio: 16 / 10; max-height: max(16rem, 66vh); width: 100%; }
.scene {
    position: relative; display: block; overflow: hidden; aspect-ratio: var(--ratio);
    width: min(100cqw, calc(100cqh * var(--ratio)));
}
.scene img, .scene svg { position: absolute; inset: 0; width: 100%; height: 100%; }
svg path { fill: none; stroke: var(--colour); stroke-width: 2.5; vector-effect: non-scaling-stroke; }
.scene path { stroke-linejoin: round; }
.scene .halo { stroke: rgb(0 0 0 / .6); stroke-width: 5; }
.scene .outline { fill: var(--colour); fill-opacity: .22; }
.scene .halo.outline { fill: none; }
.scene .point { stroke-width: 10; stroke-linecap: round; }
.scene .halo.point { stroke-width: 15; }
.label {
    position: absolute; left: 0; top: 0; padding: 0 .35em; border-radius: .2em; max-width: 60%; overflow: hidden;
    text-overflow: ellipsis; white-space: nowrap; font-size: .8rem; line-height: 1.45; font-weight: 600; color: #000;
    background: var(--colour);
}
.label.crowded { visibility: hidden; }
.classes { position: absolute; left: .4rem; bottom: .4rem; display: grid; gap: .2rem; max-width: 100%; }
.classes .label { position: static; max-width: 100%; justify-self: start; }
figcaption { padding: .5rem .1rem 0; font-size: .9rem; }
figcaption p { display: flex; flex-wrap: wrap; gap: 0 .8rem; height: 1.6em; line-height: 1.6; overflow: hidden; }
figcaption .fate { flex-wrap: nowrap; }
figcaption .counts { margin: 0 -2px; padding: 0 2px; }
.ms, time { color: var(--quiet); white-space: nowrap; }
.age, .ms { margin-left: auto; }
.who strong { max-width: 100%; }
.who strong, .kept { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.kept { color: var(--good); font-weight: 600; }
.not-kept { color: var(--quiet); }
#list { display: grid; gap: 1.25rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr)); }
#list .label { display: none; }
body:not(.has-earlier) #earlier { visibility: hidden; }
.lead { font-size: 1.25rem; font-weight: 600; }
pre {
    background: var(--calm-ground); border-radius: .4rem; padding: .7rem .9rem; white-space: pre-wrap; font-size: .9rem;
}
.stale .picture { filter: grayscale(.8); opacity: .7; }

dialog {
    width: min(72rem, 100vw - 1.5rem); max-width: none; max-height: calc(100dvh - 1.5rem); padding: 1rem;
    border: 1px solid var(--line); border-radius: .8rem; background: var(--paper); color: var(--ink);
}
dialog::backdrop { background: rgb(4 8 11 / .72); }
.bar { display: flex; align-items: center; gap: .4rem; margin-bottom: .7rem; }
.bar h2 { margin-right: auto; min-width: 0; }
.bar button.plain { min-width: 2.75rem; min-height: 2.75rem; padding: 0; font-size: 1.15rem; }
#large-picture .picture { aspect-ratio: auto; height: min(62vh, 54rem); }
#large-facts {
    display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 100%), 1fr)); gap: .5rem 1.5rem;
    margin: 1rem 0; font-size: .9rem;
}
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--quiet); font-weight: 600; overflow-wrap: normal; }
tbody th { font-weight: 400; }

@media (max-width: 40rem) {
    #latest .picture { aspect-ratio: 4 / 3; }
    .label { font-size: .7rem; }
    #list { display: flex; gap: .75rem; overflow-x: auto; margin: 0 -1rem; padding: .2rem 1rem .6rem; }
    #list .frame { flex: 0 0 10rem; min-width: 0; }
    #list figcaption { font-size: .8rem; }
    #list time, #list .ms { display: none; }
    #large-picture .picture { height: 42vh; }
    #large th, #large td { padding-right: .5rem; }
}
)css";

} // namespace

std::string live_css()
{
    return std::string(shared_css()).append(css);
}

} // namespace learning_loop
