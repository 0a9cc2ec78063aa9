"""What the service's API does on the server, and the records that it leaves."""

import json

from telling.git import git
from telling.people import ACCOUNT, identity
from telling.trail import ARN, NAME, REGION, REPOSITORY_ID
from telling.words import locale_date, moment, slug


class Service:
    """The API half of a tale: needs its `server`, `trail` and `first`."""

    def create_repository(self, at, by="ada"):
        request = {"repositoryName": NAME, "repositoryDescription": "A demonstration"}
        self.trail.record(by, at, "CreateRepository", request, {
            "repositoryMetadata": {
                "accountId": ACCOUNT, "arn": ARN, "repositoryId": REPOSITORY_ID, "repositoryName": NAME,
                "creationDate": locale_date(moment(at)), "lastModifiedDate": locale_date(moment(at)),
                "repositoryDescription": "A demonstration",
                "cloneUrlHttp": f"https://git-codecommit.{REGION}.amazonaws.com/v1/repos/{NAME}",
                "cloneUrlSsh": f"ssh://git-codecommit.{REGION}.amazonaws.com/v1/repos/{NAME}"}})

    def created_before_the_trail(self):
        """The repository is older than the trail: no record of its creation."""

    def create_commit(self, by, at, branch, subject, name):
        return self.commit_by_api(by, at, branch, subject, name, "CreateCommit", {
            "putFiles": [{"filePath": slug(subject), "fileContent": "HIDDEN_DUE_TO_SECURITY_REASONS"}]})

    def put_file(self, by, at, branch, subject, name):
        return self.commit_by_api(by, at, branch, subject, name, "PutFile", {"filePath": slug(subject)})

    def commit_by_api(self, by, at, branch, subject, name, action, extra):
        parent = self.tip(branch)
        tree = self.tree_with(parent, slug(subject), subject, at)
        commit = self.server_commit(by, at, tree, [parent] if parent else [], subject, branch)
        request = {"repositoryName": NAME, "branchName": branch, "commitMessage": subject, **extra}
        if parent:
            request["parentCommitId"] = parent
        self.trail.record(by, at, action, request, {"commitId": commit, "treeId": tree}, name=name)
        return commit

    def merge_branches(self, by, at, kind, source, destination, name):
        action = {"fast-forward": "MergeBranchesByFastForward", "squash": "MergeBranchesBySquash",
                  "three-way": "MergeBranchesByThreeWay"}[kind]
        commit, tree = self.merge_on_server(by, at, kind, source, destination)
        self.trail.record(by, at, action, {
            "repositoryName": NAME, "sourceCommitSpecifier": source, "destinationCommitSpecifier": destination,
            "targetBranch": destination}, {"commitId": commit, "treeId": tree}, name=name)
        return commit

    def create_pull_request(self, by, at, source, destination, name):
        target = {"repositoryName": NAME, "sourceReference": source, "destinationReference": destination}
        self.trail.record(by, at, "CreatePullRequest", {"title": f"Merge {source}", "targets": [target]},
                          {"pullRequest": self.pull_request(by, at, source, destination, "OPEN", {"isMerged": False})},
                          name=name)

    def merge_pull_request(self, by, at, kind, source, destination, name):
        action, option = {"fast-forward": ("MergePullRequestByFastForward", "FAST_FORWARD_MERGE"),
                          "squash": ("MergePullRequestBySquash", "SQUASH_MERGE"),
                          "three-way": ("MergePullRequestByThreeWay", "THREE_WAY_MERGE")}[kind]
        merge = {"isMerged": True, "mergedBy": identity(by)["arn"]}
        request = self.pull_request(by, at, source, destination, "CLOSED", merge)
        old, tip = self.tip(destination), self.tip(source)
        commit, _ = self.merge_on_server(by, at, kind, source, destination)
        self.bus.moved(by, moment(at), old, commit, f"refs/heads/{destination}", mergeOption=option,
                       sourceCommitId=tip, destinationCommitId=old)
        request["pullRequestTargets"][0]["mergeMetadata"] |= {"mergeCommitId": commit, "mergeOption": option}
        self.trail.record(by, at, action, {"pullRequestId": "1", "repositoryName": NAME}, {"pullRequest": request},
                          name=name)
        return commit

    def pull_request(self, by, at, source, destination, status, merge):
        old, new = self.tip(destination), self.tip(source)
        return {"pullRequestId": "1", "title": f"Merge {source}", "pullRequestStatus": status,
                "authorArn": identity(by)["arn"], "creationDate": locale_date(moment(at)), "revisionId": "1" * 64,
                "pullRequestTargets": [{
                    "repositoryName": NAME, "sourceReference": f"refs/heads/{source}",
                    "destinationReference": f"refs/heads/{destination}", "sourceCommit": new, "destinationCommit": old,
                    "mergeBase": git(self, self.server, moment(at), "merge-base", old, new), "mergeMetadata": merge}]}

    def create_branch(self, by, at, branch, commit, name):
        git(self, self.server, moment(at), "update-ref", f"refs/heads/{branch}", commit)
        request = {"repositoryName": NAME, "branchName": branch, "commitId": commit}
        self.trail.record(by, at, "CreateBranch", request, None, name=name)

    def delete_branch(self, by, at, branch, name):
        old = self.tip(branch)
        git(self, self.server, moment(at), "update-ref", "-d", f"refs/heads/{branch}")
        self.trail.record(by, at, "DeleteBranch", {"repositoryName": NAME, "branchName": branch},
                          {"deletedBranch": {"branchName": branch, "commitId": old}}, name=name)

    def answer(self, name, commits, errors=()):
        """What `aws codecommit batch-get-commits` answers about commits, in a file."""
        def told(commit):
            tree, parents, when = git(self, self.server, self.first, "show", "-s", "--format=%T|%P|%ct", commit).split("|")
            who = {"name": "Ada", "email": "ada@example.com", "date": f"{when} +0000"}
            return {"commitId": commit, "treeId": tree, "parents": parents.split(), "message": "m", "author": who,
                    "committer": who, "additionalData": ""}
        answer = {"commits": [told(commit) for commit in commits], "errors": [
            {"commitId": commit, "errorCode": "CommitDoesNotExistException", "errorMessage": "The commit does not exist"}
            for commit in errors]}
        (self.folder / name).write_text(json.dumps(answer, indent=4) + "\n")

    def tip(self, branch):
        found = git(self, self.server, self.first, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        return found or None

    def tree_with(self, parent, path, content, at):
        """The parent's tree and one more file."""
        blob = git(self, self.server, moment(at), "hash-object", "-w", "--stdin", given=content + "\n")
        lines = git(self, self.server, moment(at), "ls-tree", parent).splitlines() if parent else []
        lines = [line for line in lines if not line.endswith(f"\t{path}")] + [f"100644 blob {blob}\t{path}"]
        return git(self, self.server, moment(at), "mktree", given="\n".join(lines) + "\n")

    def server_commit(self, by, at, tree, parents, subject, branch):
        options = [word for parent in parents for word in ("-p", parent)]
        commit = git(self, self.server, moment(at), "commit-tree", tree, *options, "-m", subject, person=by)
        git(self, self.server, moment(at), "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def merge_on_server(self, by, at, kind, source, destination):
        old, new = self.tip(destination), self.tip(source)
        if kind == "fast-forward":
            git(self, self.server, moment(at), "update-ref", f"refs/heads/{destination}", new)
            return new, git(self, self.server, moment(at), "rev-parse", f"{new}^{{tree}}")
        lines = {line.split("\t")[1]: line for tip in (old, new)
                 for line in git(self, self.server, moment(at), "ls-tree", tip).splitlines()}
        tree = git(self, self.server, moment(at), "mktree", given="\n".join(lines.values()) + "\n")
        parents = [old] if kind == "squash" else [old, new]
        return self.server_commit(by, at, tree, parents, f"Merge {source}", destination), tree
