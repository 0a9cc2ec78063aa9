import Foundation
import Testing

/// The commands that `recover` prints are run, by a real shell against the story's real server: they bring the commit back.
@Suite struct RecoveryTests {
  @Test(arguments: ["clone", "gate"])
  func printedCommandsBringTheCommitBack(clone: String) throws {
    let outcome = try StoryShell.run(
      "read-before-removed",
      """
      # The gate's clone is made anew, without the secret: the server must be asked for it.
      if [ \(clone) = gate ]; then
        rm -rf gate
        git clone -q 'codecommit::us-east-2://MyDemoRepo' gate
      fi
      pushtrail recover --repo \(clone) main > commands
      grep -v '^aws ' commands > local-commands
      sh -e ./local-commands
      recovered=recovered/${secret%${secret#????????????}}
      if [ \(clone) = gate ]; then git -C gate rev-parse $recovered; else git -C server.git rev-parse refs/heads/$recovered; fi
      echo $secret
      """)
    #expect(outcome.status == 0, "\(outcome.output)")
    let lines = outcome.output.split(separator: "\n").suffix(2)
    #expect(lines.count == 2 && lines.first == lines.last, "\(outcome.output)")
  }
}
