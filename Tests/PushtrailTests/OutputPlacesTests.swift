import Foundation
import Testing

/// Where output goes that is no plain new file.
@Suite struct OutputPlacesTests {
  @Test func `a link stays and what it leads to is written`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      mkdir real
      ln -s real/first.json link.json
      ln -s "$PWD/link.json" second.json
      pushtrail report --repo clone --output second.json
      [ -L second.json ] && [ -L link.json ]
      jq -e .schemaVersion real/first.json
      echo old > real/first.json
      pushtrail report --repo clone --output link.json
      [ -L link.json ]
      jq -e .schemaVersion real/first.json
      ln -s loop.json loop.json
      status=0
      pushtrail report --repo clone --output loop.json || status=$?
      [ $status -eq 2 ]
      # What is no file is not replaced by one.
      mkfifo pipe.json
      jq -e .schemaVersion pipe.json &
      pushtrail report --repo clone --output pipe.json
      wait $!
      [ -p pipe.json ]
      find . -name '*.tmp' | grep . && exit 1
      true
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a standard output that is closed is said to be`() throws {
    let tool = try #require(StoriesTests.tool, "git-pushtrail is built beside the tests")
    let outcome = try StoryShell.run(
      "plain-history",
      """
      '\(tool.path)' import trail --ledger pushes.ledger > said
      for command in "log" "verify" "report --format json"; do
        status=0
        pushtrail $command --repo clone --ledger pushes.ledger >&- 2> said || status=$?
        [ $status -eq 2 ]
        grep -qx 'error: standard output is closed' said
      done
      # Nothing was written into what would have taken its place.
      pushtrail log --repo clone --ledger pushes.ledger | grep -q main
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test func `a file that may not grow leaves nothing behind`() throws {
    let outcome = try StoryShell.run(
      "plain-history",
      """
      status=0
      (ulimit -f 1; pushtrail report --repo clone --output out.json 2> said) || status=$?
      cat said
      [ $status -eq 2 ]
      grep -q "cannot write 'out.json': File too large" said
      ls out.json* && exit 1
      true
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
