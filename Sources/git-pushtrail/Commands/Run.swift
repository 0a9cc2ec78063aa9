internal import ArgumentParser
internal import Correlation
internal import PushModel
internal import Pushtrail
internal import Report

/// What the commands share: make the report, say what could not be read, leave with the right code.
enum Run {
  /// Runs the body; a failure is printed as `error:` and `hint:`, and exits 2.
  static func command(_ body: () throws(CommandFailure) -> ExitStatus) throws(ExitCode) {
    let status: ExitStatus
    do throws(CommandFailure) {
      status = try body()
    } catch {
      Output.diagnose(error)
      status = .couldNotRun
    }
    if status != .verified { throw ExitCode(status.rawValue) }
  }

  static func report(_ options: Options) throws(CommandFailure) -> ProvenanceReport {
    var options = options
    if PhaseTrace.isWanted { options.didFinish = PhaseTrace().note }
    let report: ProvenanceReport
    do throws(PushtrailError) {
      report = try Pushtrail.report(options) { notice in Output.hint(notice) }
    } catch {
      throw CommandFailure(error)
    }
    // They are findings too; but a pipe may hide those.
    let files = Set(report.trail.unreadable.map(\.path)).count
    if files > 0 { Output.warn("\(files) trail \(files == 1 ? "file" : "files") could not be read whole") }
    return report
  }

  /// What a word on the command line means in a report.
  static func subject(_ word: String, in report: ProvenanceReport) throws(CommandFailure) -> Subject {
    do throws(SubjectError) {
      return try Subject.find(word, in: report)
    } catch {
      throw CommandFailure(
        error.description,
        hints: error.candidates.isEmpty ? ["git pushtrail log lists what is logged"] : error.candidates)
    }
  }
}
