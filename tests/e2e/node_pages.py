"""What the tests of the pages of nodes share: a real browser, imported by name into their modules, where pytest finds the fixtures, and
what people see and do on any of these pages."""

import pytest
from browser import CHROMIUM, Chromium
from machines import skip
from nodes import wait_until

TOKEN = "the-token-of-this-node"
HOSTILE = "<img src=x onerror=document.title='taken'>"

# How many texts there are, and those whose contrast to what is behind them is below 4.5, which is WCAG's AA.
PALE_TEXTS = """(() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
    const isSeen = one => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length > 0;
    const behind = one => {
        const [r, g, b, opacity = 1] = numbers(getComputedStyle(one).backgroundColor);
        return opacity > 0 ? [r, g, b] : behind(one.parentElement);
    };
    const own = one => [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim()).map(node => node.data);
    const texts = [...document.querySelectorAll('body, body *')].filter(one => own(one).length && isSeen(one));
    const contrast = one => {
        const [low, high] = [light(numbers(getComputedStyle(one).color)), light(behind(one))].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    return [texts.length, texts.filter(one => contrast(one) < 4.5).map(one => own(one)[0])];
})()"""


@pytest.fixture(autouse=True, scope="module")
def fixture_chromium():
    if not CHROMIUM:
        skip("chromium is missing: tools/setup test installs it")


@pytest.fixture(name="page")
def fixture_page(tmp_path):
    with Chromium(tmp_path, "--ignore-certificate-errors") as browser:
        yield browser


def url_of(node):
    return f"http://127.0.0.1:{node.port}/"


def wait_for_text(page, text):
    wait_until(lambda: text in page.text, f"'{text}' on the page")


def text_of(page, element_id):
    """What a person reads there."""
    return page.evaluate(f"document.getElementById('{element_id}').innerText")


def enter_token(page, token):
    page.evaluate(f"document.getElementById('token').value = '{token}'")
    page.evaluate("document.querySelector('#door-form button').click()")


def asked_of(page, node):
    """The first part of each path that the page asked for; a URL whole if it is of another machine."""
    return {url.removeprefix(url_of(node)).split("?")[0].split("/")[0] for url in page.asked if not url.startswith("blob:")}
