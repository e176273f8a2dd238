"""What a program that runs asks of the system, seen with strace: to kill it at a certain call, and to see what was durable when."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from loop_programs.process import start_process
from machines import skip

OPENING = ["open", "openat", "openat2", "creat"]
WRITING = ["write", "pwrite64", "writev", "pwritev", "pwritev2", "copy_file_range", "ftruncate", "fallocate"]
SYNCING = ["fsync", "fdatasync"]
NAMING = ["rename", "renameat", "renameat2", "link", "linkat"]
REMOVING = ["unlink", "unlinkat", "rmdir"]
MAKING = ["mkdir", "mkdirat"]
CHANGING = OPENING + WRITING + SYNCING + NAMING + REMOVING + MAKING
SENDING = ["sendto", "sendmsg", "write", "writev"]


class Trace:
    """strace at all threads of a program, while it is entered, or at that one thread. `more`: further words of strace."""

    FOLLOWS_PROGRAMS = True  # that it starts, or becomes

    def __init__(self, pid, log, calls, more=(), all_threads=True):
        self.pid, self.log = pid, Path(log)
        self.log.unlink(missing_ok=True)
        follow = ["-f"] if all_threads else []
        if not self.FOLLOWS_PROGRAMS:
            follow += ["-b", "execve"]
        self.words = ["strace", *follow, "-y", "-s", "32", "-o", self.log, "-e", f"trace={','.join(f'?{call}' for call in calls)}", *more,
                      "-p", pid]

    def __enter__(self):
        self.process = start_process(self.words, stderr=subprocess.PIPE)
        said = self.process.stderr.readline().decode()
        if "not permitted" in said:
            skip(f"no program may be traced here: {said.strip()}")
        assert "attached" in said, said
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # it lets the program go on
        self.process.communicate()

    def text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""


class Killer(Trace):
    """Kills the program when it enters its call number `number` for what lies in the folder, counted over all threads. Each of
    these calls is held up at its entry, so that the one at which it is killed does not happen."""

    HELD_UP_US = 10_000

    def __init__(self, pid, log, folder, number):
        calls = ",".join(f"?{call}" for call in CHANGING)
        super().__init__(pid, log, CHANGING, ["-e", f"inject={calls}:delay_enter={self.HELD_UP_US}"])
        self.entry = re.compile(rf"^\d+ +(?:{'|'.join(CHANGING)})\([^\n]*{re.escape(str(folder))}[/\">]", re.M)
        self.number, self.entered, self.has_killed = number, 0, False

    def step(self):
        """To be called all the time. False once the program is killed."""
        self.entered = self.count()
        if self.entered >= self.number and not self.has_killed:
            os.kill(self.pid, signal.SIGKILL)
            self.has_killed = True
        return not self.has_killed

    def __exit__(self, *_):
        if self.has_killed:
            self.process.kill()  # it may wait for threads that are gone
        super().__exit__()

    def count(self):
        return len(self.entry.findall(self.text()))

    def is_exact(self):
        """Of a program that has been killed: whether it came to no further call."""
        return self.count() == self.number

    def wait_until_quiet(self, seconds=0.15):
        """Until the program asks for nothing any more, or is killed."""
        seen, since = -1, 0
        while self.step() and (seen != self.entered or time.monotonic() < since + seconds):
            if seen != self.entered:
                seen, since = self.entered, time.monotonic()
            time.sleep(0.001)


# ------------------------------------------------------------------------------------------------------ what was durable when


@dataclass
class Call:
    name: str
    text: str
    begun: int  # the line in which it was entered
    ended: int  # that in which it had returned

    def paths(self):
        """The files that it is about: of a call with two, where from and where to."""
        if self.name not in OPENING + NAMING:
            return re.findall(r"^\(\d+<([^>]*)>", self.text)
        text = re.sub(r'(?:\d+|AT_FDCWD)<([^>]*)>, "([^"]*)"', lambda found: f'"{os.path.join(found[1], found[2])}"', self.text)
        return re.findall(r'"([^"]*)"', text)


def calls_in(trace):
    """The calls that returned, in the order in which they were entered."""
    calls, open_calls = [], {}
    for number, line in enumerate(trace.splitlines()):
        if resumed := re.match(r"(\d+) +<\.\.\. (\w+) resumed>(.*)", line):
            if begun := open_calls.pop(resumed[1], None):
                calls.append(Call(begun[0], begun[1] + resumed[3], begun[2], number))
        elif found := re.match(r"(\d+) +(\w+)(\(.*)", line):
            if found[3].endswith("<unfinished ...>"):
                open_calls[found[1]] = found[2], found[3], number
            else:
                calls.append(Call(found[2], found[3], number, number))
    return sorted((call for call in calls if not re.search(r"= -\d", call.text)), key=lambda call: call.begun)


def not_durable(trace, files, database):
    """What a power cut right after the answer could have taken: a list of words, empty if nothing. `files`: where those of the
    upload lie in the end; `database`: its file. Files have to be on the disk, with their names, before their rows are."""
    calls = calls_in(trace)
    answers = [call.begun for call in calls if call.name in SENDING and "HTTP/1.1 200" in call.text]
    if not answers:
        return ["the answer is missing"]
    before = [call for call in calls if call.ended < answers[0]]
    log = f"{database}-wal"
    commits = [call for call in before if call.name in WRITING and call.paths() == [log]]
    if not commits:
        return ["the rows were not written"]
    missing = []
    if not is_synced(before, log, commits[-1].ended, answers[0]):
        missing.append("the rows were not synced")
    for file in map(str, files):
        names = [file]
        for call in reversed(calls):
            if call.name in NAMING and call.paths()[-1] == names[-1]:
                names.append(call.paths()[0])
        written = [call.ended for call in before if call.name in WRITING and call.paths()[0] in names]
        if not written or not any(is_synced(before, name, max(written), commits[-1].begun) for name in names):
            missing.append(f"the bytes of {file} were not synced")
        named = [(name, call.ended) for name in names for call in before
                 if call.name in OPENING and call.paths()[0] == name and "O_CREAT" in call.text
                 or call.name in NAMING and call.paths()[-1] == name]
        if not any(is_synced(before, os.path.dirname(name), ended, commits[-1].begun) for name, ended in named):
            missing.append(f"the name of {file} was not synced")
    return missing


def not_on_the_disk(calls, folder, deadline):
    """What a power cut in that line of the trace could have taken of a folder that was made elsewhere and then got this name: a list
    of words, empty if nothing. Its files have to be on the disk before it gets the name."""
    moves = [call for call in calls if call.name in NAMING and call.paths()[-1] == str(folder)]
    if not moves:
        return [f"{folder} got no name"]
    made_at = moves[-1].paths()[0]
    missing = []
    for made in calls:
        if made.name not in OPENING or "O_CREAT" not in made.text or os.path.dirname(made.paths()[0]) != made_at:
            continue
        [file] = made.paths()
        written = [call.ended for call in calls if call.name in WRITING and call.paths() == [file]]
        if not written or not is_synced(calls, file, max(written), moves[-1].begun):
            missing.append(f"the bytes of {file} were not synced")
        if not is_synced(calls, made_at, made.ended, moves[-1].begun):
            missing.append(f"the name of {file} was not synced")
    if not is_synced(calls, os.path.dirname(folder), moves[-1].ended, deadline):
        missing.append(f"the name of {folder} was not synced")
    return missing


def is_synced(calls, path, after, before):
    return any(call.name in SYNCING and call.paths() == [path] and after < call.begun and call.ended < before for call in calls)
