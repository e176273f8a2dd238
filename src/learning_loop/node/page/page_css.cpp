#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

constexpr std::string_view shared_style = R"css(:root {
    color-scheme: light dark;
    --ink: #15202b; --quiet: #4d5b68; --line: #d3dae0; --paper: #fff; --ground: #f2f4f6; --accent: #0b6b50;
    --good: #0a5c45; --good-ground: #dff1ea; --bad: #9a1b1b; --bad-ground: #fdeaea; --calm-ground: #e6eaee;
    --on-accent: #fff;
    font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground);
    font-variant-numeric: tabular-nums;
}
@media (prefers-color-scheme: dark) {
    :root {
        --ink: #e9eef2; --quiet: #a3b1bd; --line: #2a353f; --paper: #151c23; --ground: #0c1116; --accent: #63d6b1;
        --good: #7fe0c0; --good-ground: #12332a; --bad: #ffaaa3; --bad-ground: #3a1718; --calm-ground: #232d36;
        --on-accent: #06231a;
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
section:focus { outline: none; }
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
.second h2 { margin-bottom: .5rem; }
.empty {
    display: grid; align-content: center; gap: .6rem; min-height: 16rem; padding: 2rem clamp(1rem, 6vw, 4rem);
    background: var(--paper); border: 2px dashed var(--line); border-radius: .6rem;
}
.age { color: var(--quiet); white-space: nowrap; }
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
#facts dl { font-size: .9rem; margin-top: .4rem; }
#facts dl div {
    display: flex; justify-content: space-between; gap: 1rem; padding: .3rem 0; border-top: 1px solid var(--line);
    min-height: 2.1rem;
}
#facts dt { flex: none; }
#facts dd { text-align: right; min-width: 0; }

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
.stale #facts { filter: grayscale(.8); opacity: .85; }
.stale #mode { background: var(--calm-ground); color: var(--quiet); }

@media (min-width: 62rem) {
    main {
        grid-template: auto auto 1fr / minmax(0, 1fr) 19rem; column-gap: 1.5rem; align-items: start; padding-top: 0;
    }
    #errors { grid-area: 1 / 1 / 2 / 3; }
    #errors:not(:empty) { margin-top: 1rem; }
    .first { grid-area: 2 / 1; }
    .second { grid-area: 3 / 1; }
    #facts { grid-area: 2 / 2 / 4 / 3; grid-template-columns: minmax(0, 1fr); }
    #door { grid-column: 1 / -1; }
}
@media (max-width: 40rem) {
    header .title { flex-basis: 100%; }
    header nav { margin-left: auto; }
    #door form { grid-template-columns: minmax(0, 1fr); }
}
)css";

} // namespace

std::string_view shared_css()
{
    return shared_style;
}

} // namespace learning_loop
