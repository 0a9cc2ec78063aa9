internal import Glibc
internal import Pushtrail
internal import Synchronization

/// Says on standard error what each phase of a run took, where the environment asks for it (`PUSHTRAIL_TRACE=1`): one
/// line of JSON a phase, for `scripts/benchmark`.
final class PhaseTrace: Sendable {
  static var isWanted: Bool { unsafe getenv("PUSHTRAIL_TRACE") != nil }

  private struct Moment {
    var wall = Moment.seconds(CLOCK_MONOTONIC)
    /// Of all threads.
    var processor = Moment.seconds(CLOCK_PROCESS_CPUTIME_ID)

    private static func seconds(_ clock: clockid_t) -> Double {
      var time = timespec()
      _ = unsafe clock_gettime(clock, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }

  private let last = Mutex(Moment())

  /// The phase that has just ended began when the one before it ended.
  func note(_ phase: Options.Phase) {
    let now = Moment()
    let start = last.withLock { last in
      defer { last = now }
      return last
    }
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    Output.trace(
      """
      {"phase":"\(phase.rawValue)","wall":\(now.wall - start.wall),"cpu":\(now.processor - start.processor),\
      "peak":\(usage.ru_maxrss * 1024)}

      """)
  }
}
