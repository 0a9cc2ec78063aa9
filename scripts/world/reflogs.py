"""What the reflogs of a clone hold, read from their files: the only witness of what the tool was able to see."""

import re
from dataclasses import dataclass

from .views import git_folder


@dataclass(frozen=True)
class Entry:
    ref: str  # the server's name of it
    tip: str
    time: int
    kind: str  # clone, fetch or push
    line: int


ENDS = (": fast-forward", ": forced-update", ": storing head")
BARE_ID = re.compile(r" \+?[0-9a-f]{40}:")  # fetched by its id: nothing is said of the ref


def entries(witness):
    """The lines that tell of the server, in the order of the log; and the log's own name is the ref's."""
    top, result = git_folder(witness.path), []
    bare = top == witness.path
    folder = top / "logs/refs/heads" if bare else top / "logs/refs/remotes" / witness.remote
    for path in sorted(folder.rglob("*")) if folder.exists() else []:
        name = str(path.relative_to(folder))
        if path.is_dir() or name == "HEAD":
            continue
        for number, line in enumerate(path.read_text().splitlines()):
            words, _, message = line.partition("\t")
            tip, time = words.split()[1], int(words.split()[-2])
            kind = "push" if message == "update by push" else "fetch" if message.endswith(ENDS) and not BARE_ID.search(message) else None
            if kind:
                result.append(Entry(f"refs/heads/{name}", tip, time, kind, number))
    return result


def cloned(witness):
    """The moment of the clone, where HEAD's log tells it still."""
    path = git_folder(witness.path) / "logs/HEAD"
    for line in path.read_text().splitlines() if path.exists() else []:
        words, _, message = line.partition("\t")
        if message.startswith("clone: from "):
            return int(words.split()[-2])
    return None
