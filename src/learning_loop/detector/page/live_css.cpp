#include "learning_loop/detector/page/live_page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view css = R"css(:root {
    color-scheme: light dark;
    --ink: #15202b; --quiet: #4d5b68; --line: #d3dae0; --paper: #fff; --ground: #f2f4f6; --accent: #0b6b50;
    --good: #0a5c45; --good-ground: #dff1ea; --bad: #9a1b1b; --bad-ground: #fdeaea; --calm-ground: #e6eaee;
    --on-accent: #fff; --stage: #10161b;
    font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
    font-variant-numeric: tabular-nums;
}
@media (prefers-color-scheme: dark) {
    :root {
        --ink: #e9eef2; --quiet: #a3b1bd; --line: #2a353f; --paper: #151c23; --ground: #0c1116; --accent: #63d6b1;
        --good: #7fe0c0; --good-ground: #12332a; --bad: #ffaaa3; --bad-ground: #3a1718; --calm-ground: #232d36;
        --on-accent: #06231a; --stage: #05080a;
    }
}
@media (prefers-contrast: more) {
    :root { --quiet: var(--ink); --line: currentColor; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; overflow-wrap: anywhere; }
h1, h2, p, dl, dd, ul, figure, pre { margin: 0; padding: 0; }
h1 { font-size: 1.2rem; line-height: 1.3; }
h2 { font-size: .95rem; line-height: 1.4; }
ul { list-style: none; }
a { color: var(--accent); text-underline-offset: .15em; }
small, dt, .quiet { color: var(--quiet); font-weight: 400; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .3rem; }
#frames:focus { outline: none; }
.skip { position: absolute; left: -99rem; top: 0; padding: .5rem 1rem; background: var(--paper); z-index: 3; }
.skip:focus { left: .5rem; top: .5rem; }

header {
    display: flex; flex-wrap: wrap; align-items: center; gap: .4rem 1rem; background: var(--paper);
    border-bottom: 1px solid var(--line); padding: .7rem max(1rem, calc(50vw - 47rem));
}
.title { margin-right: auto; min-width: 0; }
.title p { color: var(--quiet); font-size: .875rem; min-height: 1.5em; }
.pills { display: flex; flex-wrap: wrap; gap: .4rem; }
.pill {
    padding: .1rem .7rem; border-radius: 1rem; font-size: .875rem; font-weight: 600; background: var(--calm-ground);
}
.pill:empty { display: none; }
.pill.good { background: var(--good-ground); color: var(--good); }
.pill.bad { background: var(--bad-ground); color: var(--bad); }
.pill.good::before, .pill.bad::before {
    content: ""; display: inline-block; width: .55em; height: .55em; border-radius: 50%; background: currentColor;
    margin-right: .45em;
}
.pill.bad::before { border-radius: 0; transform: rotate(45deg); }
nav { display: flex; gap: 1rem; }
nav a { padding: .35rem 0; }

main {
    max-width: 96rem; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr);
}
.card { background: var(--paper); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem 1rem; }
.heading { display: flex; justify-content: space-between; align-items: center; margin-bottom: .5rem; }
#earlier h2 { margin-bottom: .5rem; }
button {
    font: inherit; font-weight: 600; padding: .45rem 1.1rem; border: 0; border-radius: .4rem; cursor: pointer;
    background: var(--accent); color: var(--on-accent);
}
button.plain {
    background: var(--paper); color: var(--ink); border: 1px solid var(--line); font-size: .875rem; min-width: 5.5rem;
    padding: .4rem .9rem;
}
button.plain:hover { background: var(--calm-ground); }
button:disabled { opacity: .4; cursor: default; }

#errors { display: grid; gap: .5rem; }
#errors:empty { display: none; }
.error {
    background: var(--bad-ground); border: 1px solid var(--bad); border-left-width: .4rem; border-radius: .4rem;
    padding: .6rem .9rem;
}
.error strong { color: var(--bad); }
.error p { font-size: .925rem; }

#facts {
    display: grid; gap: 1rem; align-content: start;
    grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr));
}
.big { font-size: 2rem; line-height: 1.2; font-weight: 650; letter-spacing: -.01em; margin: .1rem 0 .4rem; }
.big.wordy { font-size: 1.25rem; line-height: 1.92; }
.big small { font-size: .95rem; letter-spacing: 0; }
#facts dl { font-size: .9rem; margin-top: .4rem; }
#facts dl div {
    display: flex; justify-content: space-between; gap: 1rem; padding: .3rem 0; border-top: 1px solid var(--line);
    min-height: 2.1rem;
}
#facts dt { flex: none; }
#facts dd { text-align: right; min-width: 0; }
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
.age, .ms, time { color: var(--quiet); white-space: nowrap; }
.age, .ms { margin-left: auto; }
.who strong { max-width: 100%; }
.who strong, .kept { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.kept { color: var(--good); font-weight: 600; }
.not-kept { color: var(--quiet); }
#list { display: grid; gap: 1.25rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr)); }
#list .label { display: none; }
body:not(.has-earlier) #earlier { visibility: hidden; }
.empty {
    display: grid; align-content: center; gap: .6rem; min-height: 16rem; padding: 2rem clamp(1rem, 6vw, 4rem);
    background: var(--paper); border: 2px dashed var(--line); border-radius: .6rem;
}
.lead { font-size: 1.25rem; font-weight: 600; }
pre {
    background: var(--calm-ground); border-radius: .4rem; padding: .7rem .9rem; white-space: pre-wrap; font-size: .9rem;
}

#door { max-width: 34rem; width: 100%; margin: 8vh auto; padding: 1.5rem; display: grid; gap: .8rem; }
#door h2 { font-size: 1.2rem; }
#door form { display: grid; gap: .6rem .8rem; grid-template-columns: minmax(0, 1fr) auto; }
#door label, .fault { grid-column: 1 / -1; font-size: .9rem; }
#door label { color: var(--quiet); }
input {
    font: inherit; padding: .45rem .6rem; border: 1px solid var(--quiet); border-radius: .4rem; min-width: 0;
    background: var(--ground); color: var(--ink);
}
.fault { color: var(--bad); min-height: 1.4em; }
.closed main > :not(#door), .closed .skip, .waiting main > section { display: none; }
#trouble {
    position: fixed; inset: auto 1rem 1rem; margin: 0 auto; width: fit-content; max-width: calc(100vw - 2rem);
    padding: .7rem 1.2rem; border-radius: .6rem; background: var(--bad); color: var(--paper); font-weight: 600;
    box-shadow: 0 .3rem 1.2rem rgb(0 0 0 / .3); z-index: 2;
}
#trouble:empty { visibility: hidden; }
.stale .picture { filter: grayscale(.8); opacity: .7; }
.stale #facts { filter: grayscale(.8); opacity: .85; }
.stale #mode { background: var(--calm-ground); color: var(--quiet); }

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

@media (min-width: 62rem) {
    main {
        grid-template: auto auto 1fr / minmax(0, 1fr) 19rem; column-gap: 1.5rem; align-items: start; padding-top: 0;
    }
    #errors { grid-area: 1 / 1 / 2 / 3; }
    #errors:not(:empty) { margin-top: 1rem; }
    #frames { grid-area: 2 / 1; }
    #earlier { grid-area: 3 / 1; }
    #facts { grid-area: 2 / 2 / 4 / 3; grid-template-columns: minmax(0, 1fr); }
    #door { grid-column: 1 / -1; }
}
@media (max-width: 40rem) {
    header .title { flex-basis: 100%; }
    header nav { margin-left: auto; }
    #latest .picture { aspect-ratio: 4 / 3; }
    .label { font-size: .7rem; }
    #list { display: flex; gap: .75rem; overflow-x: auto; margin: 0 -1rem; padding: .2rem 1rem .6rem; }
    #list .frame { flex: 0 0 10rem; min-width: 0; }
    #list figcaption { font-size: .8rem; }
    #list time, #list .ms { display: none; }
    #large-picture .picture { height: 42vh; }
    #large th, #large td { padding-right: .5rem; }
    #door form { grid-template-columns: minmax(0, 1fr); }
}
)css";

} // namespace

std::string_view live_css()
{
    return css;
}

} // namespace learning_loop
