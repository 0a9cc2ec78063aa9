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

  /// What the process holds now, files that it maps apart; 0 where the system does not tell.
  private static var anonymousBytes: Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var text: [CChar] = Array(repeating: 0, count: 128)
    guard unsafe fgets(&text, 128, file) != nil else { return 0 }
    let pages = text.split(separator: 0x20).compactMap {
      Int(String(decoding: $0.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return pages.count > 2 ? (pages[1] - pages[2]) * Int(getpagesize()) : 0
  }

  /// The most memory that the process ever held, files that it maps too.
  private static var peakBytes: Int {
    var usage = rusage()
    guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
    return Int(usage.ru_maxrss) * 1024
  }

  /// The phase that has just ended began when the one before it ended.
  func note(_ phase: Options.Phase) {
    let now = Moment()
    let start = last.withLock { last in
      defer { last = now }
      return last
    }
    Output.trace(
      """
      {"phase":"\(phase.rawValue)","wall":\(now.wall - start.wall),"cpu":\(now.processor - start.processor),\
      "anonymous":\(Self.anonymousBytes),"peak":\(Self.peakBytes),"at":\(now.wall),"processor":\(now.processor)}

      """)
  }
}
