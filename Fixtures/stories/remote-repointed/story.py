"""A fork's remote takes the name of origin, and then CodeCommit's URL."""

import shutil

from telling import Tale
from telling.trail import URL


def story(folder):
    tale = Tale(folder)
    tale.validates()
    tale.create_repository("02 09:00")
    ada = tale.clone("ada", "ada", "02 09:02")
    ada.commit("main", "Begin", "02 09:05")
    ada.push("02 09:10", "main", name="push.first")
    bob = tale.clone("bob", "clone", "02 10:00")
    fork = tale.folder / "fork.git"
    shutil.copytree(tale.server, fork)
    shutil.rmtree(fork / "hooks")
    bob.git("remote", "add", "fork", str(fork), at="02 11:00")
    bob.git("fetch", "-q", "fork", at="02 11:01")
    bob.commit("main", "Bob's own", "02 11:05")
    bob.git("push", "-q", "fork", "main", at="02 11:10")
    bob.git("remote", "rename", "origin", "upstream", at="02 12:00")
    bob.git("remote", "rename", "fork", "origin", at="02 12:01")
    bob.git("remote", "set-url", "origin", URL, at="02 12:02")
    bob.git("remote", "remove", "upstream", at="02 12:03")
    bob.fetch("02 13:00", "origin")
    return tale.told("03 02:00")
