"""What a training needs of the page of a node, in a real browser: charts of its metrics, the end of its log, about how long it still
takes, and questions before what cannot be undone."""

import math
import re

import pytest
from node_pages import HOSTILE, PALE_TEXTS, text_of, url_of, wait_for_text
from node_pages import fixture_chromium, fixture_page  # noqa: F401
from nodes import wait_until
from scripted_pages import STATUS, ago, job, lines_of, press, shown
from scripted_pages import fixture_node  # noqa: F401

ABORT = {"label": "Abort", "path": "/press?training=7", "done": "Training 7 is aborted.",
         "question": "Throw away what training 7 has learned?"}
UNBROKEN = "a-metric-with-quite-a-long-name-that-has-no-blank-where-it-could-be-broken" * 2

# Of each chart: the points of its line as pairs, and all its places that are no numbers or not within the picture.
LINES = """[...document.querySelectorAll('svg')].map(plot => [...plot.querySelectorAll('polyline')].flatMap(
    line => line.getAttribute('points').split(' ').map(point => point.split(',').map(Number))))"""
STRAY_PLACES = """[...document.querySelectorAll('svg')].flatMap(plot => {
    const {width, height} = plot.getBoundingClientRect();
    const isWithin = (place, size) => Number.isFinite(place) && place >= 0 && place <= size;
    const pairs = [...plot.querySelectorAll('line, circle, text')].flatMap(one => ['x', 'x1', 'x2', 'cx', 'y', 'y1', 'y2', 'cy']
        .filter(name => one.hasAttribute(name)).map(name => [Number(one.getAttribute(name)), name.includes('x') ? width : height]));
    const ofLines = [...plot.querySelectorAll('polyline')].flatMap(line => line.getAttribute('points').split(' ')
        .flatMap(point => point.split(',').map((place, i) => [Number(place), i ? height : width])));
    return [...pairs, ...ofLines].filter(([place, size]) => !isWithin(place, size));
})"""


def curve(label, values, first=1, **more):
    """With one value per epoch."""
    points = [{"x": first + i, "y": value} for i, value in enumerate(values)]
    return {"label": label, "x_label": "epoch", "points": points, "unit": "", "aim": "unknown"} | more


def log(*lines):
    return {"name": "last_training.log", "lines": list(lines)}


def epochs(first, end):
    return [f"epoch {i}: loss {1 / (1 + i):.4f}" for i in range(first, end)]


def charts(page):
    """What those hear who see no picture."""
    return page.evaluate("[...document.querySelectorAll('svg')].map(one => one.getAttribute('aria-label'))")


def texts_of(page, kind):
    """Of the first chart's axis `x` or `y`."""
    return page.evaluate(f"[...document.querySelector('svg').querySelectorAll('text.{kind}')].map(one => one.textContent)")


def log_end(page):
    """How many pixels of the log are below what is seen of it."""
    return page.evaluate("(box => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight))(document.getElementById('log'))")


def top_line(page):
    """The line of the log that is seen first, and where."""
    return page.evaluate("""(box => [...box.children].map(line => [line.textContent, Math.round(line.offsetTop - box.scrollTop)])
        .find(([, top]) => top >= 0))(document.getElementById('log'))""")


def test_each_metric_has_a_chart_that_tells_its_last_and_its_best_value_in_words_too(node, page):
    node.tell(curves=[curve("loss", [4, 0.5, 0.61234567], aim="low"), curve("map50", [0.1, 0.9, 0.75], aim="high"),
                      curve("images", [48000, 51000.4], unit="1/s")])
    shown(page, node)
    assert charts(page) == [
        "loss: 3 values, the last 0.6123 at epoch 3, best 0.5 at epoch 2", "map50: 3 values, the last 0.75 at epoch 3, best 0.9 at epoch 2",
        "images: 2 values, the last 51000 1/s at epoch 2, lowest 48000 1/s at epoch 1, highest 51000 1/s at epoch 2"]
    figures = page.evaluate("[...document.querySelectorAll('figcaption')].map(one => one.innerText.split('\\n').filter(line => line))")
    assert figures == [["loss", "0.6123 at epoch 3", "best 0.5 at epoch 2"], ["map50", "0.75 at epoch 3", "best 0.9 at epoch 2"],
                       ["images", "51000 1/s at epoch 2", "lowest 48000 1/s at epoch 1, highest 51000 1/s at epoch 2"]]


def test_a_line_rises_with_its_values_and_its_axes_tell_round_numbers_with_units(node, page):
    node.tell(curves=[curve("share", [12, 31, 74, 59], first=10, unit="%")])
    shown(page, node)
    assert texts_of(page, "y") == ["0 %", "20 %", "40 %", "60 %", "80 %"] and texts_of(page, "x") == ["10", "11", "12", "13"]
    assert texts_of(page, "x-label") == ["epoch"]
    places = [page.evaluate(f"[...document.querySelectorAll('svg text.{axis}')].map(one => +one.getAttribute('{axis}'))") for axis in "xy"]
    (bottom, *_, top), line = places[1], page.evaluate(LINES)[0]
    assert [x for x, _ in line] == pytest.approx(places[0], abs=0.2)
    assert [(bottom - y) / (bottom - top) * 80 for _, y in line] == pytest.approx([12, 31, 74, 59], abs=0.2)
    assert not page.evaluate(STRAY_PLACES)


def test_a_curve_may_have_no_point_or_one_or_500(node, page):
    node.tell(curves=[curve("none", []), curve("one", [0.25], aim="high"), curve("many", [math.sin(i / 9) for i in range(500)])])
    shown(page, node)
    assert charts(page)[:2] == ["none: no value yet", "one: one value, the last 0.25 at epoch 1"]
    assert charts(page)[2].startswith("many: 500 values, the last -0.8931 at epoch 500, ") and "No value yet" in page.text
    none, one, many = page.evaluate(LINES)
    assert [len(none), len(one), len(many)] == [0, 1, 500]
    assert page.evaluate("[...document.querySelectorAll('svg')].map(one => one.querySelectorAll('circle').length)") == [0, 1, 1]
    assert [x for x, _ in many] == sorted(x for x, _ in many) and not page.evaluate(STRAY_PLACES)


def test_all_finite_numbers_can_be_drawn(node, page):
    odd = [[0, 0, 0], [-3, -3], [1e-320, 2e-320], [-1.7e308, 0, 1.7e308], [1e17, 1e17 + 32], [5, 5 + 1e-13], [-1e-7, 2e-7], [999999.5, 1e6]]
    both = ["axis_x", "axis_y"]
    for own, other in (both, both[::-1]):  # as what is counted, and as values
        node.tell(facts=[{"label": "now", "value": own}], curves=[curve(f"odd {i}", []) | {"points": [
            {own[-1]: value, other[-1]: at} for at, value in enumerate(values)]} for i, values in enumerate(odd)])
        shown(page, node)
        wait_for_text(page, own)
        assert [len(line) for line in page.evaluate(LINES)] == [len(values) for values in odd] and not page.evaluate(STRAY_PLACES)
        ticks = page.evaluate("""[...document.querySelectorAll('svg')].flatMap(plot =>
            ['x', 'y'].map(axis => plot.querySelectorAll(`text.${axis}`).length))""")
        assert min(ticks) >= 1 and max(ticks) < 20
        words = page.evaluate("[...document.querySelectorAll('svg text')].map(one => one.textContent)") + charts(page)
        assert not [word for word in words if re.search("NaN|Infinity|undefined", word)]
    assert not page.complaints


def test_a_new_value_changes_its_chart_alone_and_nothing_else_is_touched(node, page):
    curves, words = [curve("loss", [3, 2]), curve("map50", [0.1, 0.2])], log(*epochs(0, 3))
    node.tell(curves=curves, log=words)
    shown(page, node)
    page.evaluate("""window.changes = new Set(); window.figure = document.querySelector('figure');
        for (const one of document.querySelectorAll('figure, #log'))
            new MutationObserver(() => window.changes.add(one.querySelector('strong')?.textContent ?? 'log'))
                .observe(one, {subtree: true, childList: true, characterData: true, attributes: true});""")
    node.tell(curves=curves, log=words, jobs=[job("field/beets 1.3", "asked again", 0.5)])
    wait_for_text(page, "asked again")
    assert page.evaluate("[...window.changes]") == []
    node.tell(curves=[curve("loss", [3, 2, 1]), curves[1]], log=words)
    wait_for_text(page, "1 at epoch 3")
    assert page.evaluate("[[...window.changes], window.figure.isConnected]") == [["loss"], True]
    assert [len(line) for line in page.evaluate(LINES)] == [3, 2]


def test_another_width_is_followed_at_once_whether_the_node_answers_or_not(node, page):
    node.tell(curves=[curve("loss", [3, 2, 1])], log=log(*(f"{line} and so on" * 5 for line in epochs(0, 50))))
    shown(page, node)
    before = page.evaluate(LINES)[0][-1][0]
    node.kill()
    wait_for_text(page, "not answering")
    page.become_a_phone(320, 640)
    wait_until(lambda: page.evaluate(LINES)[0][-1][0] < before, "a chart that fits the phone")
    wait_until(lambda: log_end(page) == 0, "the end of the log, whose lines are broken otherwise now")
    assert not page.evaluate(STRAY_PLACES)


def test_a_node_without_metrics_and_log_shows_no_place_for_them(node, page):
    node.tell(curves=[curve("loss", [1])], log=log("one"))
    shown(page, node)
    node.tell()
    wait_until(lambda: "last_training.log" not in page.text, "a page without a log")
    assert "loss" not in page.text and "Log" not in lines_of(page, "work")
    assert page.evaluate("[document.getElementById('metrics').checkVisibility(), document.querySelectorAll('#log *').length]") == [False, 0]


def test_the_log_shows_its_end_until_somebody_reads_further_up(node, page):
    node.tell(log=log(*epochs(0, 200)))
    shown(page, node)
    assert "last_training.log" in page.text and log_end(page) == 0
    node.tell(log=log(*epochs(5, 205)))
    wait_for_text(page, "epoch 204:")
    assert log_end(page) == 0
    page.evaluate("document.getElementById('log').scrollTop = 1000.5")
    read = top_line(page)
    node.tell(log=log(*epochs(25, 225)))
    wait_for_text(page, "epoch 224:")
    assert top_line(page) == read and log_end(page) > 0
    page.evaluate("document.getElementById('log').scrollTop = 1e6")
    node.tell(log=log(*epochs(26, 226)))
    wait_for_text(page, "epoch 225:")
    assert log_end(page) == 0


def test_lines_that_stay_keep_their_place_so_that_what_is_selected_stays_so(node, page):
    node.tell(log=log("same", "same", "first", "second"))
    shown(page, node)
    page.evaluate("window.line = document.getElementById('log').children[2]; getSelection().selectAllChildren(window.line)")
    node.tell(log=log("same", "first", "second", "third"))
    wait_for_text(page, "third")
    assert page.evaluate("[window.line.isConnected, String(getSelection())]") == [True, "first"]
    assert lines_of(page, "log") == ["same", "first", "second", "third"]
    node.tell(log=log("another training", "second"))
    wait_for_text(page, "another training")
    assert lines_of(page, "log") == ["another training", "second"]


def test_the_log_can_be_read_by_keyboard_alone(node, page):
    node.tell(log=log(*epochs(0, 200)))
    shown(page, node)
    page.evaluate("document.getElementById('log').focus()")
    wait_until(lambda: page.type_key("PageUp") or log_end(page) > 0, "a log that was scrolled up")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Lines of the log"


def test_a_line_of_the_log_is_shown_as_a_terminal_shows_it(node, page):
    node.tell(log=log("\x1b[34m\x1b[1mval: \x1b[0mfine", " 10%\r 50%\r100%", "progress\r", "a  b\tc", "", "end"))
    shown(page, node)
    lines = page.evaluate("[...document.getElementById('log').children].map(one => one.textContent)")
    assert lines == ["val: fine", "100%", "progress", "a  b\tc", "", "end"]
    heights = page.evaluate("[...document.getElementById('log').children].map(one => one.offsetHeight)")
    assert heights[4] == heights[5], "an empty line is a line"


def test_metrics_logs_and_questions_from_outside_are_shown_and_never_run(node, page):
    script = "</div><script>document.title='taken'</script>"
    node.tell(curves=[curve(HOSTILE, [1, 2], x_label=HOSTILE, unit=HOSTILE)], log=log(HOSTILE, script) | {"name": HOSTILE},
              actions=[ABORT | {"label": HOSTILE, "question": HOSTILE}])
    shown(page, node)
    page.evaluate("document.querySelector('#actions button').click()")
    assert text_of(page, "question") == HOSTILE and lines_of(page, "log") == [HOSTILE, script]
    assert text_of(page, "log-name") == HOSTILE and HOSTILE in text_of(page, "curves")
    assert page.evaluate("[document.title, document.images.length, document.scripts.length]") == ["format converter 2", 0, 1]
    assert not page.complaints


def test_a_job_tells_about_how_long_it_still_takes(node, page):
    known = [(0.2, 1200), (0.99, 600), (0.5, 6 * 3600), (0.01, 3600)]
    unknown = [(0.4, None), (0.001, 3600), (1.0, 3600), (None, 3600), (0.3, -3600)]  # where it began, too early, at its end, how far, clock
    node.tell(jobs=[job("training", f"step {i}", progress) | {"progress_since": seconds and ago(seconds)}
                    for i, (progress, seconds) in enumerate(known + unknown)])
    shown(page, node)
    left = page.evaluate("[...document.querySelectorAll('.job .left')].map(one => one.innerText)")
    assert re.fullmatch(r"about 8\d min left", left[0])
    assert left[1:] == ["less than 1 min left", "about 6 h left", "about 4 d left", *[""] * len(unknown)]


def test_before_what_is_final_a_person_must_say_yes(node, page):
    node.tell(actions=[ABORT, STATUS["actions"][0]])
    shown(page, node)
    for answer in ("Enter", "Escape"):  # "No" has the focus
        press(page, "Abort")
        assert text_of(page, "question") == ABORT["question"]
        page.type_key(answer)
        wait_until(lambda: not page.evaluate("document.querySelector('dialog').open"), "an end of the question")
    assert page.evaluate("document.activeElement.textContent") == "Abort", "the focus is where it was"
    press(page, "Try failed models again")  # asks nothing
    wait_for_text(page, "The failed models are tried again.")
    assert node.presses() == ["pressed"], "a No asks nothing of the node"
    press(page, "Abort")
    page.evaluate("document.getElementById('yes').focus()")
    page.type_key("Enter")
    wait_for_text(page, "Training 7 is aborted.")
    assert node.presses() == ["pressed"] * 2 and not page.evaluate("document.querySelector('dialog').open")


def test_a_question_is_withdrawn_when_what_it_is_about_is_over(node, page):
    node.tell(actions=[ABORT])
    shown(page, node)
    press(page, "Abort")
    node.tell(actions=[ABORT], jobs=[job("training 7", "asked again", 0.5)])
    wait_for_text(page, "asked again")
    assert page.evaluate("document.querySelector('dialog').open"), "it is not withdrawn without need"
    node.tell(actions=[ABORT | {"path": "/press?training=8"}])
    wait_for_text(page, "Abort: that is no longer possible.")
    assert not page.evaluate("document.querySelector('dialog').open") and not node.presses()


def test_on_a_phone_charts_and_log_fit(node, page):
    page.become_a_phone(390, 844)
    node.tell(curves=[curve(UNBROKEN, [-123456789.5, 1e-12, 123456789.5], x_label=UNBROKEN, unit=UNBROKEN), curve("loss", [1])],
              log=log("w" * 2000, UNBROKEN) | {"name": UNBROKEN}, actions=[ABORT | {"label": UNBROKEN, "question": UNBROKEN}],
              jobs=[job(UNBROKEN, UNBROKEN, 0.2) | {"progress_since": ago(1200)}])
    shown(page, node)
    page.evaluate("document.querySelector('#actions button').click()")
    boxes = "['#sure', '#log', 'figure', '#yes'].map(one => document.querySelector(one).getBoundingClientRect())"
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    assert page.evaluate(f"{boxes}.every(({{left, right}}) => left >= 0 && right <= 390)")
    assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.getElementById('log'))") == 0, "long lines are wrapped"
    assert not page.evaluate(STRAY_PLACES)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_log_and_question_are_readable_by_day_and_by_night(scheme, node, page):
    page.prefer(scheme)
    node.tell(curves=[curve("loss", [3, 2.5, 1], aim="low"), curve("none", [])], log=log(*epochs(0, 5)), actions=[ABORT],
              jobs=[job("training 7", "training", 0.2) | {"progress_since": ago(1200)}])
    shown(page, node)
    press(page, "Abort")
    count, pale = page.evaluate(PALE_TEXTS)
    assert count > 45 and not pale
    colours = page.evaluate("['.line', '.last-dot', '.best-dot'].map(one => getComputedStyle(document.querySelector(one)))"
                            ".map(({stroke, fill}) => stroke === 'none' ? fill : stroke)")
    page.prefer("dark" if scheme == "light" else "light")
    wait_until(lambda: page.evaluate("getComputedStyle(document.querySelector('.line')).stroke") != colours[0], "other colours")
    assert len(set(colours)) == 2 and page.evaluate(PALE_TEXTS)[1] == []


def test_the_new_parts_ask_nothing_more_of_the_node(node, page):
    node.tell(curves=[curve("loss", [3, 2.5, 1])], log=log("one"))
    shown(page, node)
    wait_for_text(page, "1 at epoch 3")
    asked = {url.removeprefix(url_of(node)) for url in page.asked}
    assert asked - {"live.svg"} == {"", "live", "live.css", "live.js"}  # a browser asks for the icon when it likes
    assert not page.complaints
