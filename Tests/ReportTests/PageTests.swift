import Correlation
import PushModel
import RefLedger
import Testing

@testable import Report

/// What people read, to the letter. Changed on purpose only: no run rewrites these.
@Suite struct PageTests {
  @Test func verifyAt80Columns() {
    let expected = #"""
      app (account 111122223333, us-east-2)
        trail: 2 files, 40 records, 5 of CodeCommit, 1 duplicate dropped
        covered: 2024-05-01T00:00:00Z to 2024-05-03T00:00:00Z, assumed from the log
                 files here

      error    force-push  main
               2024-05-02T10:00:00Z  bob  event e-2
               The push replaced 1 commit of main.
               do: ask whether it was meant; git branch NAME ID keeps what was
                   replaced

      warning  force-push  topic: 2 force pushes, up to 6 commits replaced

      warning  trail-gap  (could hide a failure)
               No log file of 2024-05-03 is here.
               ask: aws s3 sync s3://trail/AWSLogs ./trail

               Refs that are not protected have one line a rule; --all shows each
               finding.

      Protected refs
        main  audited 2024-05-01T10:00:00Z to 2024-05-02T13:00:00Z  reconciled

      Limits
        - Coverage is assumed: a log file that was never copied would not be noticed.

      FAIL  3 pushes, 3 ref updates: 2 intact, 1 overwritten; 1 error, 3 warnings

      """#
    #expect(VerifyText(Sample.report()).text(TextStyle(width: 80)) == expected)
  }

  @Test func verifyOfNothingFoundInAPipe() {
    let expected = #"""
      app (account 111122223333, us-east-2)
        trail: 2 files, 40 records, 5 of CodeCommit, 1 duplicate dropped
        covered: 2024-05-01T00:00:00Z to 2024-05-03T00:00:00Z, stated with --coverage

      Nothing found in 3 pushes (3 updates of 2 refs), logged from 2024-05-01T10:00:00Z to 2024-05-02T11:00:00Z. Coverage: 2024-05-01T00:00:00Z to 2024-05-03T00:00:00Z, stated with --coverage.

      Protected refs
        main  audited 2024-05-01T10:00:00Z to 2024-05-02T13:00:00Z  reconciled

      Limits
        - Coverage is assumed: a log file that was never copied would not be noticed.

      PASS  3 pushes, 3 ref updates: 2 intact, 1 overwritten; no findings

      """#
    #expect(VerifyText(Sample.report(basis: .stated, findings: [], result: .pass)).text() == expected)
  }

  @Test func logAt80Columns() {
    let expected = #"""
      2024-05-02T11:00:00Z  alice  topic  cccccccc..(none)       x    -<=4
      2024-05-02T10:30:00Z  bob    main   refused: AccessDenied
      2024-05-02T10:00:00Z  bob    main   aaaaaaaa..bbbbbbbb     !  <=3 -1
      2024-05-01T10:00:00Z  alice  main   (none)..aaaaaaaa       +       2  overwritten

      """#
    #expect(PushLogText(Sample.report(), filter: .init(includesAttempts: true)).text(TextStyle(width: 80)) == expected)
  }

  @Test func logInAPipe() {
    let expected = #"""
      2024-05-02T11:00:00Z  alice (role Developer)  topic  cccccccccccc..(none)        x    -<=4
      2024-05-02T10:00:00Z  bob                     main   aaaaaaaaaaaa..bbbbbbbbbbbb  !  <=3 -1
      2024-05-01T10:00:00Z  alice (role Developer)  main   (none)..aaaaaaaaaaaa        +       2  overwritten

      """#
    #expect(PushLogText(Sample.report()).text() == expected)
  }

  @Test func showACommit() {
    let expected = #"""
      object aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa

        pushed      first logged with this push
        time        2024-05-01T10:00:00Z
        who         alice (role Developer)
                    arn:aws:sts::111122223333:assumed-role/Developer/alice
        from        203.0.113.9
        client      git/2.40.1 over HTTP
        mfa         yes
        action      GitPush
        event       e-1
        update      main (none)..aaaaaaaaaaaa
        transition  created, proved by the ledger
        landed      shown by something other than its own record
        now         overwritten
        dropped by  event e-2, bob at 2024-05-02T10:00:00Z
        elsewhere   on no other ref

        removed     from main by bob at 2024-05-02T10:00:00Z (forced)
        event       e-2
        now         on no ref, but recoverable from /srv/app: refs/heads/old

      Pushed as a tip
        2024-05-01T10:00:00Z  alice  main  (none)..aaaaaaaa  +  2  overwritten

      """#
    #expect(ShowText(Sample.report(), subject: .commit(Sample.id("a"))).text(TextStyle(width: 80)) == expected)
  }

  @Test func showAnEvent() {
    let expected = #"""
      event e-2
        time        2024-05-02T10:00:00Z
        who         bob
                    arn:aws:iam::111122223333:user/bob
        from        203.0.113.9
        client      git/2.40.1 over HTTP
        action      GitPush

        ref         refs/heads/main
        update      main aaaaaaaaaaaa..bbbbbbbbbbbb
        transition  forced, proved by the graph
        landed      by its own record alone
        now         intact
        removed     1 commit
        commits     2 commits first logged with this push, 1 on the server no later
                    than it
                    8888888888888888888888888888888888888888
                    bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb

      """#
    #expect(ShowText(Sample.report(), subject: .event("e-2")).text(TextStyle(width: 80)) == expected)
  }

  @Test func showARef() {
    let expected = #"""
      ref refs/heads/main
        state       reconciled, protected
        span        audited 2024-05-01T10:00:00Z to 2024-05-02T13:00:00Z
        logged tip  bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        seen        bbbbbbbbbbbb between 2024-05-02T12:00:00Z and 2024-05-02T13:00:00Z
                    (fetch-head)

        first push  created
        time        2024-05-01T10:00:00Z
        who         alice (role Developer)
                    arn:aws:sts::111122223333:assumed-role/Developer/alice
        from        203.0.113.9
        client      git/2.40.1 over HTTP
        mfa         yes
        action      GitPush
        event       e-1

      Updates, newest first
        2024-05-02T10:00:00Z  bob    main  aaaaaaaa..bbbbbbbb  !  <=3 -1
        2024-05-01T10:00:00Z  alice  main  (none)..aaaaaaaa    +       2  overwritten

      """#
    #expect(ShowText(Sample.report(), subject: .ref(.branch("main"))).text(TextStyle(width: 80)) == expected)
  }

  @Test func askForWhatIsUnknown() {
    let expected = #"""
      # settles trail-gap
      aws s3 sync s3://trail/AWSLogs ./trail

      """#
    #expect(AskText(Sample.report()).text() == expected)
  }

  @Test func reportAt80Columns() {
    let expected = #"""
      Push provenance of app
      ======================

      FAIL  3 pushes, 3 ref updates: 2 intact, 1 overwritten; 1 error, 3 warnings

        Repository  arn:aws:codecommit:us-east-2:111122223333:app
        Id          5a1b
        Trail       2 files, 40 records, 5 of CodeCommit, 1 duplicate dropped, 1024
                    bytes
        Events      2024-05-01T10:00:00Z to 2024-05-02T12:00:00Z
        Coverage    2024-05-01T00:00:00Z to 2024-05-03T00:00:00Z, assumed from the log
                    files here
        Clone       /srv/app: complete, 4 refs, remote origin
                    https://git-codecommit.us-east-2.amazonaws.com/v1/repos/app, last
                    fetch 2024-05-02T13:00:00Z (by fetch-head)
        Pulls       1 logged, 1 with data

      Findings
      --------
      error    force-push  main
               2024-05-02T10:00:00Z  bob  event e-2
               The push replaced 1 commit of main.
               - event e-2
               do: ask whether it was meant; git branch NAME ID keeps what was
                   replaced

      warning  force-push  topic
               2024-05-02T11:00:00Z  alice (role Developer)  event e-3
               topic was forced.
               do: ask whether it was meant; git branch NAME ID keeps what was
                   replaced

      warning  force-push  topic
               event e-9
               topic was forced.
               do: ask whether it was meant; git branch NAME ID keeps what was
                   replaced

      warning  trail-gap  (could hide a failure)
               No log file of 2024-05-03 is here.
               ask: aws s3 sync s3://trail/AWSLogs ./trail

      Protected refs
      --------------
        refs/heads/main  reconciled  logged tip bbbbbbbbbbbb
            last seen bbbbbbbbbbbb between 2024-05-02T12:00:00Z and 2024-05-02T13:00:00Z (fetch-head)
            audited span 2024-05-01T10:00:00Z to 2024-05-02T13:00:00Z

      What a ref's first logged update replaced was pushed before the trail and lies
      outside its span.

      Pushes
      ------
      In the order of the ledger, newest last. "commits" counts those first logged
      with this push; <= where an earlier push may have had some, - what the update
      took away.

        2024-05-01T10:00:00Z  alice (role Developer)  refs/heads/main
            (none)..aaaaaaaaaaaa  created  overwritten, by bob at 2024-05-02T10:00:00Z
            commits 2  GitPush
        2024-05-02T10:00:00Z  bob  refs/heads/main  aaaaaaaaaaaa..bbbbbbbbbbbb
            forced (as logged)  intact  commits <=3 -1  GitPush
        2024-05-02T11:00:00Z  alice (role Developer)  refs/heads/topic
            cccccccccccc..(none)  deleted  intact  commits -<=4  GitPush

      Attempts
      --------
      Logged, and moved nothing.

        time                  who  action   error         refs
        2024-05-02T10:30:00Z  bob  GitPush  AccessDenied  refs/heads/main

      Other refs
      ----------
        refs/heads/topic  may have been deleted  logged tip cccccccccccc or none
            last seen never  audited span none  unattributed 1 commit

      What the evidence cannot tell
      -----------------------------
      - Coverage is assumed: a log file that was never copied would not be noticed.

      """#
    #expect(ReportText(Sample.report()).text(TextStyle(width: 80)) == expected)
  }

  @Test func reportInMarkdown() {
    let expected = #"""
      # Push provenance of app

      **FAIL**: 3 pushes, 3 ref updates: 2 intact, 1 overwritten; 1 error, 3 warnings.

      - **Repository**: arn&#58;aws&#58;codecommit&#58;us-east-2:111122223333:app
      - **Id**: 5a1b
      - **Trail**: 2 files, 40 records, 5 of CodeCommit, 1 duplicate dropped, 1024 bytes
      - **Events**: 2024-05-01T10:00:00Z to 2024-05-02T12:00:00Z
      - **Coverage**: 2024-05-01T00:00:00Z to 2024-05-03T00:00:00Z, assumed from the log files here
      - **Clone**: /srv/app: complete, 4 refs, remote origin https&#58;//git-codecommit.us-east-2.amazonaws.com/v1/repos/app, last fetch 2024-05-02T13:00:00Z (by fetch-head)
      - **Pulls**: 1 logged, 1 with data

      ## Findings

      ### error: force-push, `refs/heads/main`

      The push replaced 1 commit of main.

      - When and who: 2024-05-02T10:00:00Z, bob, event `e-2`
      - Commit `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`
      - Evidence: event e-2
      - Do: ask whether it was meant; git branch NAME ID keeps what was replaced

      ### warning: force-push, `refs/heads/topic`

      topic was forced.

      - When and who: 2024-05-02T11:00:00Z, alice (role Developer), event `e-3`
      - Commit `cccccccccccccccccccccccccccccccccccccccc`
      - Do: ask whether it was meant; git branch NAME ID keeps what was replaced

      ### warning: force-push, `refs/heads/topic`

      topic was forced.

      - When and who: event `e-9`
      - Commit `cccccccccccccccccccccccccccccccccccccccc`
      - Commit `dddddddddddddddddddddddddddddddddddddddd`
      - Do: ask whether it was meant; git branch NAME ID keeps what was replaced

      ### warning: trail-gap (could hide a failure)

      No log file of 2024-05-03 is here.

      - Ask: `aws s3 sync s3://trail/AWSLogs ./trail`

      ## Protected refs

      | ref | state | logged tip | last seen | audited span |
      |---|---|---|---|---|
      | `refs/heads/main` | reconciled | `bbbbbbbbbbbb` | bbbbbbbbbbbb between 2024-05-02T12:00:00Z and 2024-05-02T13:00:00Z (fetch-head) | 2024-05-01T10:00:00Z to 2024-05-02T13:00:00Z |

      What a ref's first logged update replaced was pushed before the trail and lies outside its span.

      ## Pushes

      In the order of the ledger, newest last. "commits" counts those first logged with this push; &lt;= where an earlier push may have had some, - what the update took away.

      | time | who | ref | old..new | transition | verdict | commits | action |
      |---|---|---|---|---|---|---|---|
      | 2024-05-01T10:00:00Z | alice (role Developer) | `refs/heads/main` | `(none)..aaaaaaaaaaaa` | created | overwritten, by bob at 2024-05-02T10:00:00Z | 2 | GitPush |
      | 2024-05-02T10:00:00Z | bob | `refs/heads/main` | `aaaaaaaaaaaa..bbbbbbbbbbbb` | forced (as logged) | intact | &lt;=3 -1 | GitPush |
      | 2024-05-02T11:00:00Z | alice (role Developer) | `refs/heads/topic` | `cccccccccccc..(none)` | deleted | intact | \-&lt;=4 | GitPush |

      ## Attempts

      Logged, and moved nothing.

      | time | who | action | error | refs |
      |---|---|---|---|---|
      | 2024-05-02T10:30:00Z | bob | GitPush | AccessDenied | refs/heads/main |

      ## Other refs

      | ref | state | logged tip | last seen | audited span | unattributed |
      |---|---|---|---|---|---|
      | `refs/heads/topic` | may have been deleted | cccccccccccc or none | never | none | 1 commit |

      ## What the evidence cannot tell

      - Coverage is assumed: a log file that was never copied would not be noticed.

      """#
    #expect(ReportMarkdown(Sample.report()).text() == expected)
  }
}
