"""The page of nodes that have none of their own, in a real browser: what people see there, who may see it, and that its buttons work."""

import re

import pytest
from loop_programs.ports import free_port
from machines import skip
from node_pages import HOSTILE, PALE_TEXTS, TOKEN, asked_of, enter_token, text_of, url_of, wait_for_text
from node_pages import fixture_chromium, fixture_page  # noqa: F401
from nodes import wait_until
from reverse_proxy import NGINX, Proxy, site_at
from scripted_pages import STATUS, ScriptedNode, job, lines_of, press, result, shown
from scripted_pages import fixture_node  # noqa: F401


def bars(page):
    """Who sees nothing hears what each bar is about, and how far it is."""
    return page.evaluate("""[...document.querySelectorAll('progress')].filter(one => one.checkVisibility())
        .map(one => [one.getAttribute('aria-label'), Math.round(100 * one.value)])""")


def test_people_see_what_the_node_is_for_what_it_works_on_and_what_it_has_done(node, page):
    shown(page, node)
    assert page.evaluate("[document.title, document.querySelector('h1').textContent]") == ["format converter 2"] * 2
    for text in ("Converter", "Loop: connected", "live", "format_a", "http://loop.example:8000", "1 d 2 h", "1.4.2 (library 0.9.0)"):
        assert text in page.text, text
    assert bars(page) == [["field/beets 1.3", 42]]  # nobody knows how far the other job is
    jobs, results = lines_of(page, "jobs"), lines_of(page, "results")
    assert [line for line in jobs if "started" not in line] == ["field/beets 1.3", "42 %", "converting", "field/weeds 2.14", "downloading"]
    assert len([line for line in jobs if re.fullmatch(r"started \d+ min \d+ s ago", line)]) == 2
    assert [line for line in results if not line.endswith("ago")] == [
        "done", "field/beets 1.2", "3 files are in the Loop", "failed", "field/old 0.9", "no such layer: conv9"]
    assert re.fullmatch(r"\d+ min \d+ s ago", results[2]) and re.fullmatch(r"1 h \d+ min ago", results[6])


def test_a_node_without_work_tells_what_it_waits_for(node, page):
    node.tell(jobs=[], results=[])
    shown(page, node)
    assert "Waits for models in format_a." in page.text and "Nothing since the start." in page.text
    assert not bars(page)


def test_what_changes_is_seen_at_once_and_what_stays_is_not_disturbed(node, page):
    shown(page, node)
    page.evaluate("[window.bar, window.button] = [document.querySelector('progress'), document.querySelector('#actions button')]")
    node.tell(jobs=[STATUS["jobs"][0] | {"progress": 0.9, "step": "uploading"}, STATUS["jobs"][1]])
    wait_for_text(page, "uploading")
    assert bars(page) == [["field/beets 1.3", 90]]
    assert page.evaluate("window.bar.isConnected && window.button.isConnected")
    node.tell(jobs=[], results=[result("field/beets 1.3", "3 files are in the Loop"), *STATUS["results"]])
    wait_for_text(page, "Waits for models in format_a.")
    assert page.evaluate("document.querySelector('.result strong').textContent") == "field/beets 1.3"


def test_errors_appear_in_plain_words_and_go(node, page):
    shown(page, node)
    node.tell(errors={"connection": "the login is wrong: check LOOP_USERNAME", "look_for_models": "the Loop answered 500",
                      "model 1.3 of field/my_beets": "no such layer"},
              link={"word": "not connected", "look": "bad"})
    wait_for_text(page, "There is no connection to the Loop")
    assert lines_of(page, "errors") == [
        "There is no connection to the Loop", "The login is wrong: check LOOP_USERNAME", "Look for models", "The Loop answered 500",
        "Model 1.3 of field/my_beets", "No such layer"]
    assert page.evaluate("[document.title, document.getElementById('mode').className]") == ["(3) format converter 2", "pill bad"]
    node.tell()
    wait_until(lambda: not text_of(page, "errors"), "a page without errors")
    assert page.evaluate("document.title") == "format converter 2"


def test_a_button_asks_the_node_and_tells_what_came_of_it(node, page):
    shown(page, node)
    press(page, "Try failed models again")
    wait_for_text(page, "The failed models are tried again.")
    assert node.presses() == ["pressed"]
    assert page.evaluate("document.activeElement.textContent") == "Try failed models again", "the focus stays where it was"
    (node.folder / "refusal").write_text("a conversion is going on: wait for its end")
    press(page, "Try failed models again")
    wait_for_text(page, "Try failed models again: a conversion is going on: wait for its end")
    assert node.presses() == ["pressed"] and "are tried again." not in page.text


def test_a_button_of_a_node_that_is_gone_says_so(node, page):
    shown(page, node)
    node.kill()
    press(page, "Try failed models again")
    wait_for_text(page, "Try failed models again: the node does not answer.")


def test_texts_from_outside_are_shown_and_never_run(node, page):
    one = {"label": HOSTILE, "value": HOSTILE, "path": "press", "done": HOSTILE}
    node.tell(name=HOSTILE, kind=HOSTILE, purpose=HOSTILE, version=HOSTILE, node_version=HOSTILE, loop="javascript:document.title='taken'",
              link={"word": HOSTILE, "look": "good"}, facts=[one], errors={HOSTILE: HOSTILE}, jobs=[job(HOSTILE, HOSTILE, 0.5)],
              results=[result(HOSTILE, HOSTILE, True)], actions=[one])
    page.open(url_of(node))
    wait_until(lambda: text_of(page, "told") or page.evaluate("document.querySelector('#actions button')?.click()"), "what the button did")
    assert text_of(page, "told") == HOSTILE
    assert page.evaluate("document.title") == f"(1) {HOSTILE}"  # which the image would have replaced
    assert page.evaluate("[document.images.length, document.querySelectorAll('#loop a[href]').length]") == [0, 0]
    assert page.text.count(HOSTILE) == 17
    assert not page.complaints


def test_nothing_is_asked_of_another_machine_and_nothing_is_forbidden(node, page):
    shown(page, node)
    press(page, "Try failed models again")
    wait_for_text(page, "The failed models are tried again.")
    assert asked_of(page, node) == {"", "live", "live.css", "live.js", "live.svg", "press"}
    assert not page.complaints


def test_on_a_phone_the_page_scrolls_down_only(node, page):
    unbroken = "a-project-with-quite-a-long-name-that-has-no-blank-where-it-could-be-broken" * 2
    node.tell(name=unbroken, loop=f"http://{unbroken}", errors={unbroken: unbroken}, facts=[{"label": "From", "value": unbroken}],
              jobs=[job(unbroken, unbroken, 0.5)], results=[result(unbroken, unbroken, True)],
              actions=[{"label": unbroken, "path": "press", "done": ""}])
    page.become_a_phone(390, 844)
    shown(page, node)
    assert page.evaluate("[document.documentElement.scrollWidth, innerWidth]") == [390, 390]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_readable_by_day_and_by_night(scheme, node, page):
    page.prefer(scheme)
    node.tell(errors={"report": "the Loop answered 500"}, link={"word": "muted", "look": "calm"})
    shown(page, node)
    press(page, "Try failed models again")
    wait_for_text(page, "The failed models are tried again.")
    count, pale = page.evaluate(PALE_TEXTS)
    assert count > 30 and not pale
    (node.folder / "refusal").write_text("not now")
    node.tell(jobs=[], results=[])
    press(page, "Try failed models again")
    wait_for_text(page, "Nothing since the start.")
    wait_for_text(page, "Try failed models again: not now")
    assert page.evaluate(PALE_TEXTS)[1] == []


def test_a_node_that_does_not_answer_is_told_and_found_again(node, page):
    shown(page, node)
    node.kill()
    wait_for_text(page, "The node has not answered since")
    assert "not answering" in page.text and "field/beets 1.3" in page.text, "what was known stays"
    node.tell(jobs=[job("field/of-the-second-run 1.0", "converting", 0.1)])
    with node.start():
        wait_for_text(page, "field/of-the-second-run 1.0")
        wait_until(lambda: "not answer" not in page.text, "no more trouble")


def test_beyond_this_machine_the_page_asks_for_the_token(page, tmp_path):
    with ScriptedNode(tmp_path, {"NODE_HOST": "0.0.0.0", "NODE_TOKEN": TOKEN}) as node:
        page.open(url_of(node))
        wait_for_text(page, "What it does is for its operators.")
        enter_token(page, "of-another-node")
        wait_for_text(page, "This is not the token of this node.")
        assert "field/beets" not in page.text
        enter_token(page, TOKEN)
        wait_for_text(page, "field/beets 1.3")
        assert "Token of the node" not in page.text
        press(page, "Try failed models again")
        wait_for_text(page, "The failed models are tried again.")
        assert not [url for url in page.asked if TOKEN in url]
        assert TOKEN not in node.log_text()


def test_beyond_this_machine_a_node_without_a_token_shows_nobody_what_it_does_and_says_why(page, tmp_path):
    with ScriptedNode(tmp_path, {"NODE_HOST": "0.0.0.0"}) as node:
        page.open(url_of(node))
        wait_for_text(page, "beyond this machine it takes a token, and none is set (NODE_TOKEN)")
        assert "field/beets" not in page.text and "Token of the node" not in page.text
        assert node.ask("POST", "/press").status == 403 and not node.presses()


def test_a_proxy_may_have_the_node_below_a_path(page, tmp_path, node):
    if not NGINX:
        skip("nginx is missing: tools/setup test installs it")
    port = free_port()
    site = site_at("/robots/7/", "proxy_pass http://127.0.0.1:8000/", 'proxy_set_header Origin ""')  # it takes off TLS, too
    with Proxy(tmp_path / "nginx", site, node.port, "localhost", port):
        page.open(f"https://localhost:{port}/robots/7/")
        wait_for_text(page, "field/beets 1.3")
        press(page, "Try failed models again")
        wait_for_text(page, "The failed models are tried again.")
    assert node.presses() == ["pressed"]
    assert not page.complaints
