"""What a detector has on the disk when, seen at its calls: what a kill cannot show, and only a power cut would."""

from detector_scenarios import KeepingSeveral, NextModel, Refused
from fake_loop import CountingLoop
from nodes import wait_until
from system_calls import CHANGING, NAMING, SENDING, SYNCING, Trace, calls_in, is_synced, not_on_the_disk

SEED = 1
END = 10**9  # a line behind all of a trace


def traced(scenario, log, is_over):
    """The calls while it acts and until `is_over(calls)`, and a text of all that were seen."""
    scenario.prepare()
    with Trace(scenario.node.process.pid, log, CHANGING + SENDING) as trace:
        scenario.act()
        wait_until(lambda: is_over(calls_in(trace.text())), "what is to come last", 10)
    return calls_in(trace.text())


def answer_in(calls):
    """The line in which the node begins to answer."""
    return next((call.begun for call in calls if call.name in SENDING and "HTTP/1.1 200" in call.text), None)


def needed(calls, folders, deadline):
    """Those of the syncs without which a power cut could take something of the folders."""
    def is_needed(sync):
        others = [call for call in calls if call is not sync]
        return any(not_on_the_disk(others, folder, deadline) for folder in folders)
    return [call for call in calls if call.name in SYNCING and is_needed(call)]


def test_images_are_on_the_disk_with_their_names_before_they_are_answered_as_kept(tmp_path):
    with CountingLoop() as loop, KeepingSeveral(tmp_path, loop, SEED) as scenario:
        calls = traced(scenario, tmp_path / "strace.log", answer_in)
        items, answer = scenario.outbox.waiting(), answer_in(calls)
    assert len(items) == 3
    assert [words for item in items for words in not_on_the_disk(calls, item, answer)] == []
    assert len(needed(calls, items, answer)) == 3 * 3 + 1, "two files and their names of each, and the names of all"


def test_a_refused_image_is_on_the_disk_with_its_reason_when_it_is_put_aside(tmp_path):
    with CountingLoop() as loop, Refused(tmp_path, loop, SEED) as scenario:
        folder = scenario.outbox.folder / "rejected"
        calls = traced(scenario, tmp_path / "strace.log", lambda calls: any(
            call.name in SYNCING and call.paths() == [str(folder)] for call in calls))
        [item] = scenario.outbox.rejected()
    assert not_on_the_disk(calls, item, END) == []
    assert len(needed(calls, [item], END)) == 3, "the reason, its name, and the name of the image"


def test_a_model_is_on_the_disk_before_it_is_the_one_to_start_with(tmp_path):
    with CountingLoop() as loop, NextModel(tmp_path, loop, SEED) as scenario:
        link, data_folder = str(scenario.folder / "current_model"), str(scenario.folder)
        def naming(calls):
            return next((call for call in calls if call.name in NAMING and call.paths()[-1] == link), None)
        def is_over(calls):
            return naming(calls) and is_synced(calls, data_folder, naming(calls).ended, END)
        calls = traced(scenario, tmp_path / "strace.log", is_over)
        model = scenario.folder / "models" / scenario.wanted
    assert not_on_the_disk(calls, model, naming(calls).begun) == []
    assert len(needed(calls, [model], naming(calls).begun)) == 4 + 2, "its files and their checksums, their names, and its own"
