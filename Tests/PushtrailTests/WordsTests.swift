import Testing

/// What the screens say is true where it is easily not.
@Suite struct WordsTests {
  @Test func `an empty log says what nothing matches`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      for filter in "--ref nope" "--principal nobody" "--forced" "--since 2026-03-03T17:00:00Z"; do
        pushtrail log --repo clone $filter > out 2> said
        [ ! -s out ]
        grep -qx "hint: nothing that is logged matches $filter" said
      done
      pushtrail log --repo clone --ref main > out 2> said
      [ -s out ] && [ ! -s said ]
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `where nothing was found, the span is that of what was judged`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      for window in "" "--since 2026-03-03" "--until 2026-03-03" "--since 2026-03-03T13:00:00Z"; do
        pushtrail verify --repo clone $window > out
        pushtrail report --repo clone $window --format json |
          jq -r '[.pushes[].time] | if length == 1 then "logged at \\(.[0])" else "logged from \\(min) to \\(max)" end' > wanted
        grep -F "$(cat wanted)" out
      done
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a file's unreadable places are one finding`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      find trail -name '*.json.gz' -exec gunzip -c {} + |
        jq -cs '{Records: [.[].Records[] | select(.eventSource == "codecommit.amazonaws.com") | .eventTime = "Nov 13"
          | .eventID = "f" + .eventID[1:]]}' > trail/bad.json
      jq '.Records | length' trail/bad.json > count
      pushtrail report --repo clone --format json > report || true
      jq -r '.trail.unreadable | length' report | cmp - count
      jq -e '[.findings[] | select(.rule == "trail-gap" and (.message | contains("bad.json")))] | length == 1' report
      jq -r '.findings[].message' report | grep "^trail/bad.json: $(cat count) places cannot be read: record 1: .*; record 2: .*; record 3: .*; and $(($(cat count) - 3)) more; what they would tell is unknown$"
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a fetch that proves nothing is not called none`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      pushtrail verify --repo ada > out || true
      cat out
      grep -q 'no clone is known to have been fetched since' out
      # Now there is a fetch in the reflogs, which says nothing of main: it stands where ada saw it long ago.
      git -C server.git update-ref refs/heads/main "$(jq -r .names.c3 story.json)"
      git -C server.git update-ref refs/heads/other "$(jq -r .names.c1 story.json)"
      GIT_COMMITTER_DATE=2026-03-03T16:30:00Z git -C ada fetch -q
      rm ada/.git/FETCH_HEAD
      pushtrail verify --repo ada > out || true
      cat out
      grep -q 'a clone was fetched since, but nothing proves that what it shows is later' out
      if grep 'no clone is known' out; then exit 1; fi
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a repository that was made again is not spoken of as the one before`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      # main and its history are pushed again, the feature branch's tip is not.
      find trail -name '*.json.gz' -exec gunzip -c {} + | jq -cs '
        [.[].Records[] | select(.eventSource == "codecommit.amazonaws.com")] as $all
        | ($all | map(select(.eventName == "CreateRepository")) | .[0]) as $create
        | ($all | map(select(.requestParameters.references[0].ref? == "refs/heads/main")) | sort_by(.eventTime) | last) as $push
        | $push.additionalEventData.repositoryId as $old
        | "99999999-0000-4000-8000-000000000003" as $new
        | {Records: [
            ($create | .eventName = "DeleteRepository" | .eventTime = "2026-03-03T14:00:00Z" | .eventID = "00000000-0000-4000-8000-000000000001"
              | .requestParameters = {repositoryName: "MyDemoRepo"} | .responseElements = {repositoryId: $old}),
            ($create | .eventTime = "2026-03-03T14:30:00Z" | .eventID = "00000000-0000-4000-8000-000000000002"
              | .responseElements = {repositoryMetadata: {repositoryId: $new, repositoryName: "MyDemoRepo"}}),
            ($push | .eventTime = "2026-03-03T15:00:00Z" | .eventID = "00000000-0000-4000-8000-000000000003"
              | .additionalEventData.repositoryId = $new)]}' > again.json
      mv again.json trail/AWSLogs/111122223333/CloudTrail/us-east-2/2026/03/03/111122223333_CloudTrail_us-east-2_20260303T1505Z_aaaaaaaaaaaaaaaa.json
      pushtrail verify --repo clone --all > out || true
      cat out
      grep -q 'on no ref of the repository that was deleted at 2026-03-03T14:00:00Z, but kept in clone clone' out
      pushtrail recover main --repo clone > recovered
      cat recovered
      grep -q 'still on main: nothing needs bringing back' recovered
      if grep 'on no ref of the server' recovered; then exit 1; fi
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// A commit that no logged push brought accuses nobody where the trail ends before somebody saw it.
  @Test func `show says of a commit that is younger than the trail what may be`() throws {
    let outcome = try StoryShell.run(
      "trail-starts-mid-life",
      """
      pushtrail show --repo clone $(git -C clone rev-parse origin/main) | tr -s ' \\n' ' '
      """)
    #expect(
      outcome.status == 0
        && outcome.output.contains("by no logged update yet: the trail does not reach to when main was last seen"),
      "\(outcome.output)")
  }
}
