"""Real git, at a story's time and by one of its people."""

import os
import subprocess


def git_environment(tale, at, person):
    date = f"{int(at.timestamp())} +0000"
    return {
        "PATH": f"{tale.folder / 'bin'}:{os.environ['PATH']}", "HOME": str(tale.folder), "LC_ALL": "C", "TZ": "UTC",
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(tale.folder / "gitconfig"),
        "GIT_TEMPLATE_DIR": str(tale.folder / "template"), "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": person.capitalize(), "GIT_AUTHOR_EMAIL": f"{person}@example.com", "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": person.capitalize(), "GIT_COMMITTER_EMAIL": f"{person}@example.com",
        "GIT_COMMITTER_DATE": date}


def git(tale, folder, at, *words, person="ada", given=None, extra=None, fails=False):
    result = subprocess.run(["git", *words], cwd=folder, env=git_environment(tale, at, person) | (extra or {}),
                            input=given, text=True, capture_output=True)
    if (result.returncode != 0) != fails:
        raise RuntimeError(f"git {' '.join(words)}: exit code {result.returncode}: {result.stderr}")
    return result.stdout.strip()
