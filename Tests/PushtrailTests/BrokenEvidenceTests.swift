import Foundation
import Testing

/// Clones and records that a hostile or unlucky hand has touched: nothing of it accuses, and nothing of it clears.
@Suite struct BrokenEvidenceTests {
  /// Commands in the world of plain-history, whose `clone` saw everything last at 16:00; `pushed TIME REF ID` logs one push more.
  private func run(_ commands: String) throws -> (status: Int32, output: String) {
    try StoryShell.run(
      "plain-history",
      """
      day=trail/AWSLogs/111122223333/CloudTrail/us-east-2/2026/03/03
      pushed() {
        zcat $day/*.json.gz | jq -sc --arg time "2026-03-03T$1Z" --arg ref "$2" --arg id "$3" '
          [.[].Records[] | select(.requestParameters.references)][0] | .eventTime = $time
          | .eventID = "00000000-0000-4000-8000-" + $id[:12] | .requestParameters.references = [{commit: $id, ref: $ref}]
          | {Records: [.]}' > pushed.json
          gzip < pushed.json > $day/111122223333_CloudTrail_us-east-2_20260303T1740Z_${3:0:16}.json.gz
      }
      update() {
        pushtrail report --format json --repo clone | jq -c --arg id "$1" '.pushes[].updates[] | select(.after == $id)
          | [.transition, .reason, .tip, .verdict, .verdictReason]'
      }
      tagged() { printf 'object %s\\ntype commit\\ntag x\\ntagger A <a@x> 1 +0000\\n\\nx\\n' $1 | git -C clone hash-object -t tag -w --stdin; }
      \(commands)
      """)
  }

  private func lines(_ commands: String) throws -> [Substring] {
    let outcome = try run(commands)
    #expect(outcome.status == 0, "\(outcome.output)")
    return outcome.output.split(separator: "\n")
  }

  /// A tag object is no proof of what it leads to.
  @Test func aTagOfACommitInNoCloneIsNotForced() throws {
    let found = try lines(
      """
      id=$(tagged 1111111111111111111111111111111111111111)
      pushed 16:30:00 refs/heads/main $id
      update $id
      git -C clone update-ref refs/tags/odd $id
      update $id
      pushtrail report --format json --repo clone | jq -c '.clones[0] | [.complete, .incompleteReason]'
      pushtrail report --format json --repo clone | jq -c '[.findings[] | select(.severity == "error")]'
      # One whose commit is here is as good as the commit.
      here=$(tagged $(git -C clone rev-parse origin/main))
      pushed 17:00:00 refs/heads/feature/search $here
      update $here
      """)
    let unknown = #"["unknown","tip-absent","absent","unverifiable","not-fetched-yet"]"#
    #expect(
      found == [
        unknown[...], unknown[...], #"[false,"objects are missing"]"#, "[]",
        #"["fast-forward",null,"on-ref","intact",null]"#,
      ])
  }

  /// A push of the same account and region that does not say of which repository it is: it may have moved anything here.
  @Test func aPushOfNobodySRepositoryIsNotPassedOver() throws {
    let found = try lines(
      """
      pushed 16:30:00 refs/heads/feature/other $(git -C clone rev-parse origin/main)
      status=0; pushtrail verify --repo clone > before || status=$?
      zcat $day/*T1740Z_*.json.gz | jq -c '.Records[].additionalEventData = {omitted: true, originalSize: 30000, reason: "too large"}
        | .Records[].resources = []' | gzip > nameless.gz
      rm $day/*T1740Z_*.json.gz
      cp nameless.gz $day/111122223333_CloudTrail_us-east-2_20260303T1740Z_nameless.json.gz
      nameless=0; pushtrail verify --repo clone > said || nameless=$?
      echo $status $nameless $(tr -s ' \n' ' ' < said | grep -c 'names no repository, and may be of this one')
      """)
    #expect(found.last == "0 3 1", "\(found)")
  }

  /// The window that is asked for has to be one that the trail describes, unless the repository was made since.
  @Test func aWindowThatTheTrailDoesNotDescribeIsNotVerified() throws {
    let found = try lines(
      """
      for window in "--since 2026-03-03" "--since 2026-02-20" "--until 2026-02-20" "--since 2026-02-01 --until 2026-02-20" "--since 2026-04-01"; do
        status=0; pushtrail verify --repo clone $window > said || status=$?
        echo $window $status $(grep -cE 'the trail (begins|ends|describes)' said)
      done
      """)
    #expect(
      found == [
        "--since 2026-03-03 0 0", "--since 2026-02-20 0 0", "--until 2026-02-20 3 1",
        "--since 2026-02-01 --until 2026-02-20 3 1", "--since 2026-04-01 3 1",
      ], "\(found)")
  }

  @Test func aTrailThatBeginsDaysAfterTheWindowIsNotTheWhole() throws {
    let outcome = try StoryShell.run(
      "trail-starts-mid-life",
      """
      start=$(pushtrail report --format json --repo clone | jq -r '.trail.coverage[0].start')
      for window in "" "--since ${start:0:10}" "--since 2025-11-01"; do
        status=0; pushtrail verify --repo clone $window > said || status=$?
        echo $status $(tr -s ' \\n' ' ' < said | grep -c 'days after --since')
      done
      """)
    #expect(outcome.output == "0 0\n0 0\n3 1\n", "\(outcome.output)")
  }

  /// A commit-graph has the commit whole; the pack has not, and git says so only where it is asked for the object.
  @Test func aTipThatRottedUnderACommitGraphIsNotCleared() throws {
    let found = try lines(
      """
      said() {
        pushtrail verify --repo clone > said && echo 0 || echo $?
        pushtrail report --format json --repo clone | jq -c '.clones[0] | [.complete, .incompleteReason]'
        pushtrail report --format json --repo clone | jq -r '.limits[] | select(contains("commit-graph"))'
      }
      git -C clone repack -q -a -d -f
      git -C clone commit-graph write --reachable
      said
      tip=$(git -C clone rev-parse origin/main)
      pack=$(echo clone/.git/objects/pack/*.pack)
      start=$(git -C clone verify-pack -v ../$pack | awk -v tip=$tip '$1 == tip { print $5 }')
      chmod u+w $pack
      printf 'xx' | dd of=$pack bs=1 seek=$((start + 20)) conv=notrunc 2> /dev/null
      git -C clone rev-list --count origin/main
      ! git -C clone cat-file -p $tip 2> /dev/null
      said
      """)
    #expect(found.count == 7)
    #expect(found[0...1] == ["0", "[true,null]"])
    #expect(found[2].hasPrefix("History is read from the commit-graph of clone, as git reads it: 4 commits that"))
    #expect(found[4...5] == ["3", #"[false,"damaged objects"]"#])
    #expect(found[6].hasPrefix("clone: its commit-graph is not used: commit ") && found[6].contains("cannot be read"))
  }

  @Test func aBranchThatWasMovedToAFileIsSaidToBe() throws {
    let found = try lines(
      """
      file=$(git -C clone ls-tree --name-only origin/main | head -1)
      id=$(git -C clone rev-parse origin/main:$file)
      pushed 16:30:00 refs/heads/main $id
      update $id
      pushtrail report --format json --repo clone | jq -r --arg id $id '.findings[] | select(.rule == "force-push")
        | .message, (.evidence[1] == "\\($id) is no commit"), (.settle // [] | length)'
      """)
    #expect(found.count == 4 && found[0] == #"["forced",null,"not-a-commit","intact",null]"#)
    #expect(found[1].contains(": the new tip is no commit, and has no history;") && !found[1].contains("in no clone"))
    #expect(found[2...] == ["true", "0"])
  }

  /// Two clones with the very same log: one was copied, and nothing tells which of them pushed.
  @Test func aPushIsLaidOnNoneOfTwoCopies() throws {
    let found = try lines(
      """
      made() { pushtrail report --format json "$@" | jq -c '[.pushes[].madeFrom]'; }
      made --repo ada --repo bob
      cp -a ada copy
      made --repo ada --repo copy --repo bob
      made --repo copy --repo bob --repo ada
      """)
    #expect(found[0] == #"["ada","bob","ada",null,"bob"]"#)
    #expect(found[1...] == [#"[null,"bob",null,null,"bob"]"#, #"[null,"bob",null,null,"bob"]"#])
  }

  /// An answer about a commit is a word; the commit's own id proves the commit.
  @Test func anAnswerAboutACommitThatACloneHasOtherwiseIsRefused() throws {
    let outcome = try run(
      """
      id=$(git -C clone rev-parse HEAD)
      answer() { jq -n --arg id $id --args '{commits: [{commitId: $id, parents: $ARGS.positional, committer: {date: "1 +0000"}}]}' "$@"; }
      answer $(git -C clone rev-list --parents -n 1 HEAD | cut -d ' ' -f 2-) > right.json
      pushtrail verify --repo clone --server-commits right.json > /dev/null
      answer > wrong.json
      echo $id
      pushtrail verify --repo clone --server-commits right.json --server-commits wrong.json || echo $?
      pushtrail verify --repo clone --server-commits wrong.json
      """)
    let id = outcome.output.prefix(40)
    #expect(outcome.status == 2)
    #expect(outcome.output.contains("commit \(id) is told in two ways"), "\(outcome.output)")
    #expect(
      outcome.output.contains("wrong.json: commit \(id) has other parents there than in the clone clone"),
      "\(outcome.output)")
  }

  /// `git ls-remote >> FILE`, day after day, is no moment.
  @Test func aListingOfTwoMomentsIsRefused() throws {
    let found = try lines(
      """
      git -C clone ls-remote . > seen.txt
      sed -n '/refs.remotes/d; p' -i seen.txt
      pushtrail verify --repo clone --refs-seen seen.txt > /dev/null || test $? != 2
      pushtrail verify --repo clone --refs-seen <(cat seen.txt) > /dev/null || test $? != 2
      { cat seen.txt; echo "1111111111111111111111111111111111111111 refs/heads/main" | tr ' ' '\\t'; } > twice.txt
      pushtrail verify --repo clone --refs-seen twice.txt 2>&1 || echo $?
      : > empty.txt
      pushtrail verify --repo clone --refs-seen empty.txt 2>&1 || echo $?
      """)
    #expect(
      found.contains { $0.contains("twice.txt, line ") && $0.contains("refs/heads/main is listed a second time") })
    #expect(found.contains { $0 == "error: empty.txt: is empty" }, "\(found)")
    #expect(found.filter { $0 == "2" }.count == 2, "\(found)")
  }
}
