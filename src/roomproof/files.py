"""Every file that is read or written: read whole within a bound, written whole or not at all.

What is read is an ordinary file, or a link to one: a pipe, a device or a socket could keep a command
waiting, or never end. Only what the shell hands over as a descriptor (`<(...)`, /dev/stdin) may be a pipe,
for a while.

What is written is written beside its place and then renamed, so that whoever looks finds the old content or
the new one, after a kill or with a full disk, too. Where no ordinary file stands (`/dev/stdout`, `>(...)`)
there is nothing to keep, and it is written to as it is.

Every function raises OSError, whose `strerror` completes a sentence like "cannot be read (...)".
"""

from __future__ import annotations

import errno
import os
import re
import select
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import IO, BinaryIO
from uuid import uuid4

LONGEST_WAIT = 60.0
"""Seconds that a pipe may take."""
_PART = 1 << 16
_CERTAIN = getattr(select, "PIPE_BUF", 512)
"""So many bytes a pipe takes at once where it takes any (POSIX, write)."""
_MOST_LINKS = 40
"""Links that lead to links, as far as Linux follows them."""
_DESCRIPTOR = re.compile(r"(?:/dev|/proc/(?:thread-)?self)/fd/(\d{1,6})")
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_BINARY = getattr(os, "O_BINARY", 0)
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
"""Open without waiting for whoever may hold the other end."""
_UNMOVABLE = (errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV)
_TO_APPEND = os.O_RDWR | os.O_APPEND | _BINARY


def is_there(path: Path) -> bool:
    """Whether anything stands at a path, a link to nowhere too; what nobody can look at does not."""
    return os.path.lexists(path)


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder; what nobody can look at does not."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_handed_over(path: Path) -> bool:
    """Whether a path leads to a descriptor that this process was started with, such as /dev/stdout, whatever
    that is.
    """
    return _descriptor(path) is not None


def is_file(path: Path) -> bool:
    """Whether a path leads to an ordinary file; what nobody can look at does not."""
    try:
        return path.is_file()
    except OSError:
        return False


def size(path: Path) -> int:
    """Return how many bytes a file has, 0 where nobody can say."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def stamp(path: Path) -> str:
    """Return what changes when a file does, its size and time; an empty text where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns}"


def below(folder: Path, wanted: Callable[[Path], bool]) -> tuple[list[Path], list[Path]]:
    """Return the files below a folder, and the folders that are not looked into, each in order.

    Only what is `wanted` is entered or returned; it gets the path from the folder on. Links to folders are
    followed, but for those to a folder that this one lies in: all that lies beside it is none of it. What
    several paths lead to is there once, by a path without links if there is one.
    """
    found: list[Path] = []
    closed: list[Path] = []
    met: set[object] = set()
    around = frozenset(real(folder).parents)
    folders, linked_folders = [folder], list[Path]()
    linked_files: list[Path] = []
    while folders or linked_folders:
        current = folders.pop() if folders else linked_folders.pop(0)
        if _is_met(current, met):
            continue
        if real(current) in around:
            closed.append(current)
            continue
        try:
            paths = sorted(path for path in current.iterdir() if wanted(path.relative_to(folder)))
        except OSError:
            closed.append(current)
            continue
        for path in paths:
            if is_folder(path):
                (linked_folders if _is_link(path) else folders).append(path)
            else:
                (linked_files if _is_link(path) else found).append(path)
    found = [path for path in sorted(found) + sorted(linked_files) if not _is_met(path, met)]
    return sorted(found), sorted(closed)


def _is_met(path: Path, met: set[object]) -> bool:
    """Whether what a path leads to was met before; it is now. Some file systems number nothing, and links may
    lead nowhere.
    """
    try:
        status = path.stat()
    except OSError:
        return False
    known = (status.st_dev, status.st_ino) if status.st_ino else real(path)
    is_known = known in met
    met.add(known)
    return is_known


def require_file(path: Path, most: int) -> None:
    """Raise OSError if a path does not lead to an ordinary file of at most `most` bytes that can be read."""
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise _too_large(most)


def nameless() -> IO[bytes]:
    """Return a new file that has no name, so that nobody else can open it, and that is gone when it is
    closed.
    """
    return tempfile.TemporaryFile(prefix="roomproof-")


def real(path: Path) -> Path:
    """Return where a path leads to, as far as it leads anywhere: absolute, without links."""
    return Path(os.path.realpath(path))


def own_text(path: Path) -> str:
    """Return a text that belongs to this program."""
    return path.read_text(encoding="utf-8")


def opened(path: Path) -> BinaryIO:
    """Return an ordinary file, open for reading from its beginning."""
    _require_file(path.stat())
    descriptor = os.open(path, os.O_RDONLY | _AT_ONCE | _BINARY)
    try:
        _require_file(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read(path: Path, most: int) -> bytes:
    """Return the content of a file, or what comes through a pipe that the shell has handed over.

    At most `most` bytes; more is an error, too.
    """
    number = _descriptor(path)
    if number is not None and stat.S_ISFIFO(os.fstat(number).st_mode):
        return _from_pipe(number, most)
    with opened(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise _too_large(most)
        content = file.read(most + 1)
    if len(content) > most:
        raise _too_large(most)
    return content


def write(path: Path, content: bytes) -> None:
    """Write a file where the user wants it, and make its folder.

    A link leads to the file that is replaced; what is no file (a device, a pipe) is written to as it is.
    """
    number = _descriptor(path)
    if number is not None:
        into(number, content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    place = real(path)
    if is_there(place) and not stat.S_ISREG(place.stat().st_mode):
        descriptor = os.open(place, os.O_WRONLY | _AT_ONCE | _BINARY)
        try:
            into(descriptor, content)
        finally:
            os.close(descriptor)
        return
    _replace(place, content)


def keep(path: Path, content: bytes) -> None:
    """Write a file whose name nobody has chosen: a link in its place is replaced, and never followed."""
    if is_there(path) and not path.is_symlink():
        _require_file(path.stat())
    _replace(path, content)


def new(path: Path, content: bytes) -> BinaryIO:
    """Return a new file, open for writing without a buffer, that never was without its content.

    Nothing is overwritten.
    """
    reject_existing(path)
    with draft(path, content) as beside:
        beside.rename(path)
    settle(path)
    return path.open("r+b", buffering=0)


def reject_existing(path: Path) -> None:
    """Raise OSError if anything stands at a path."""
    if is_there(path):
        raise FileExistsError(errno.EEXIST, "there is such a file already")


def started(path: Path) -> int:
    """Return the descriptor of a new file for reading and appending, which only the user can read.

    Raises FileExistsError where there is one.
    """
    return os.open(path, _TO_APPEND | os.O_CREAT | os.O_EXCL, 0o600)


def resumed(path: Path) -> int:
    """Return the descriptor of an ordinary file for reading and appending; a link is not followed."""
    descriptor = os.open(path, _TO_APPEND | _AT_ONCE | getattr(os, "O_NOFOLLOW", 0))
    try:
        _require_file(os.fstat(descriptor))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def append(path: Path, content: Callable[[int], bytes]) -> None:
    """Add to the end of a file, which may be new, what `content` makes of the number of bytes that it has."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _AT_ONCE | _BINARY, 0o666)
    try:
        into(descriptor, content(os.fstat(descriptor).st_size))
    finally:
        os.close(descriptor)


def own_folder(path: Path) -> None:
    """Make a folder whose name nobody has chosen.

    No part of a relative path may be a link, which would lead who knows where.
    """
    for folder in () if path.is_absolute() else (*path.parents, path):
        if folder.is_symlink():
            raise OSError(errno.ELOOP, f"{folder} is a link, no folder")
    path.mkdir(parents=True, exist_ok=True)


@contextmanager
def draft(path: Path, content: bytes | None = None) -> Iterator[Path]:
    """Yield a new file beside a path, its content on the disk, or its name only.

    It is gone afterwards unless it was renamed. Its name begins with a dot and ends in `.tmp`, so that no
    reader of a folder takes what a killed run has left there for a cassette, a journal or a contract.
    """
    beside = path.with_name(f".{path.name[:50]}.{uuid4().hex[:12]}.tmp")
    try:
        if content is not None:
            _create(beside, content)
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def settle(path: Path) -> None:
    """Have the disk know that a file has got its name, where a system can promise that."""
    if sys.platform == "win32":
        return
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError:
        return  # A folder may be writable and not readable.
    try:
        with suppress(OSError):  # Some network file systems know no such promise.
            os.fsync(folder)
    finally:
        os.close(folder)


def _replace(place: Path, content: bytes) -> None:
    """Put a file in the place of another, which lends it its owner and its mode."""
    old = place.lstat() if is_there(place) and not place.is_symlink() else None
    if old is not None and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    try:
        with draft(place, content) as beside:
            if old is not None:
                _dress(beside, old)
            beside.replace(place)
    except OSError as error:
        if old is None or error.errno not in _UNMOVABLE:
            raise
        _overwrite(place, content)
        return
    settle(place)


def _overwrite(place: Path, content: bytes) -> None:
    """Write over a file that nothing can be put in the place of, since it is mounted there or its folder is
    read-only.
    """
    descriptor = os.open(place, os.O_WRONLY | os.O_TRUNC | _AT_ONCE | _BINARY)
    try:
        into(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        into(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _dress(path: Path, old: os.stat_result) -> None:
    if hasattr(os, "chown"):
        with suppress(PermissionError):  # Only root gives files away.
            os.chown(path, old.st_uid, old.st_gid)
    path.chmod(stat.S_IMODE(old.st_mode))


def _descriptor(path: Path) -> int | None:
    """Return the descriptor of this process that a path names, itself or through links; None for others."""
    for _ in range(_MOST_LINKS):
        name = path.as_posix()
        if name in _STANDARD:
            return _STANDARD[name]
        if match := _DESCRIPTOR.fullmatch(name):
            return int(match[1])
        if not _is_link(path):
            return None
        path = path.parent / path.readlink()
    return None


def _is_link(path: Path) -> bool:
    """Whether a path is a link; before Python 3.12 to ask this of a name that is too long raises OSError."""
    try:
        return path.is_symlink()
    except OSError:
        return False


def _require_file(status: os.stat_result) -> None:
    kinds = {
        stat.S_ISFIFO: "a pipe",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
        stat.S_ISSOCK: "a socket",
    }
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder, no file")
    for is_kind, name in kinds.items():
        if is_kind(status.st_mode):
            raise OSError(errno.EINVAL, f"it is {name}, no file")


def _too_large(most: int) -> OSError:
    return OSError(errno.EFBIG, f"it has more than {most} bytes")


def _from_pipe(descriptor: int, most: int) -> bytes:
    content, until = bytearray(), monotonic() + LONGEST_WAIT
    while select.select([descriptor], [], [], max(0.0, until - monotonic()))[0]:
        part = os.read(descriptor, _PART)
        if not part:
            return bytes(content)
        content += part
        if len(content) > most:
            raise _too_large(most)
    raise TimeoutError(errno.ETIMEDOUT, f"the pipe did not come to its end within {LONGEST_WAIT:g} seconds")


def into(descriptor: int, content: bytes) -> None:
    """Write all of something, or raise OSError: the system may take a part only and say no more of it."""
    left, until = memoryview(content), monotonic() + LONGEST_WAIT
    pipe = stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    while left:
        if pipe and not select.select([], [descriptor], [], max(0.0, until - monotonic()))[1]:
            raise TimeoutError(
                errno.ETIMEDOUT, f"nobody read the pipe to its end within {LONGEST_WAIT:g} seconds"
            )
        left = left[os.write(descriptor, left[:_CERTAIN] if pipe else left) :]
