public import Correlation

/// The library's front door: reads the trail and the clones, and judges.
public enum Pushtrail {
  public static let name = "git-pushtrail"
  public static let version = "0.1.0"

  /// Makes the whole report. Reads files and clones; writes nothing.
  public static func report(_ options: Options) throws(PushtrailError) -> ProvenanceReport {
    throw PushtrailError("not wired yet")
  }
}
