"""Disks of a few MiB. They are mounted where only this process and what it starts see them, and vanish with it."""

import contextlib
import ctypes
import os
import subprocess

from machines import skip

CLONE_NEWNS = 0x00020000
MIB = 1 << 20
_libc = ctypes.CDLL(None, use_errno=True)


def require_own_mounts():
    """From now on the calling thread and what it starts have mounts of their own. Skips the test where that is not allowed."""
    if os.geteuid() != 0:
        skip("only root may mount a disk")
    if _libc.unshare(CLONE_NEWNS) != 0:
        skip(f"mounts of one's own are not allowed here: {os.strerror(ctypes.get_errno())}")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)


def mount(kind, at, mebibytes, options):
    if kind == "tmpfs":
        command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", at]
    else:
        file = at.with_name("disk.ext4")
        with open(file, "wb") as made:
            made.truncate(mebibytes * MIB)
        subprocess.run(["/sbin/mkfs.ext4", "-q", "-m", "0", *options, file], check=True)
        command = ["mount", "-o", "loop", file, at]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        skip(f"{kind} cannot be mounted here: {done.stderr.strip()}")


@contextlib.contextmanager
def small_disk(kind, at, mebibytes, options=()):
    """`kind`: tmpfs, or ext4 in a file beside it, which mkfs makes with these options."""
    at.mkdir()
    mount(kind, at, mebibytes, options)
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", at], check=True)


def fill(file):
    """Takes what is left of its disk, to the last byte."""
    with open(file, "wb", buffering=0) as out, contextlib.suppress(OSError):
        for size in (MIB, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    out.write(bytes(size))
