internal import Crypto
internal import FoundationEssentials
public import PushModel

/// What a clone or a file said of the server's refs, all of one moment.
public struct Observation: Hashable, Sendable {
  public struct Tip: Hashable, Sendable {
    public var ref: RefName
    public var tip: ObjectID
    public var peeled: ObjectID?

    public init(ref: RefName, tip: ObjectID, peeled: ObjectID?) {
      self.ref = ref
      self.tip = tip
      self.peeled = peeled
    }
  }

  /// Set where it showed every ref of a kind: what it does not name was absent.
  public struct View: Hashable, Sendable {
    public var showsBranches: Bool
    public var showsTags: Bool
    public var isProven: Bool
    public var named: Set<RefName>

    public init(showsBranches: Bool, showsTags: Bool, isProven: Bool, named: Set<RefName>) {
      self.showsBranches = showsBranches
      self.showsTags = showsTags
      self.isProven = isProven
      self.named = named
    }
  }

  /// The clone's path; empty for a file.
  public var clone: String
  public var source: Sighting.Source
  public var dating: Sighting.Dating
  public var earliest: Timestamp?
  public var latest: Timestamp
  public var evidence: String
  public var tips: [Tip]
  public var view: View?

  public init(
    clone: String, source: Sighting.Source, dating: Sighting.Dating, earliest: Timestamp?, latest: Timestamp,
    evidence: String, tips: [Tip] = [], view: View? = nil
  ) {
    self.clone = clone
    self.source = source
    self.dating = dating
    self.earliest = earliest
    self.latest = latest
    self.evidence = evidence
    self.tips = tips
    self.view = view
  }

  /// Whether nothing dates it but that a run saw it: then the first run that did says most.
  public var isUndated: Bool { earliest == nil && [.content, .doubtful].contains(dating) }

  /// The same where the clone's clock is in doubt: what it dated is not later than the run, and what it leaves out may have
  /// been there.
  public func doubted(at now: Timestamp) -> Observation {
    guard [.reflog, .fetchHead].contains(dating) else { return self }
    var result = self
    result.earliest = nil
    result.latest = now
    result.dating = .doubtful
    result.view?.isProven = false
    return result
  }

  /// The same, not older than its content and not later than its time, where it is the word of a FETCH_HEAD of one of some
  /// file times, which prove no more: what it leaves out is in doubt.
  public func withoutFileTime(among times: Set<Timestamp>) -> Observation {
    guard source == .fetchHead, dating == .fetchHead, times.contains(latest) else { return self }
    var result = self
    result.earliest = nil
    result.dating = .content
    result.view?.isProven = false
    return result
  }

  /// Equal for what is the same word again.
  func digest(of repository: RepositoryIdentity) -> [UInt8] {
    var hash = SHA256()
    func add(_ text: String) {
      hash.update(data: Array("\(text.utf8.count):".utf8))
      hash.update(data: Array(text.utf8))
    }
    for text in [repository.accountID, repository.region, repository.name, repository.id ?? ""] { add(text) }
    for text in [clone, source.rawValue, dating.rawValue, earliest?.description ?? "-"] { add(text) }
    add(isUndated ? "-" : latest.description)
    add(evidence)
    for tip in tips.map({ "\($0.ref.rawValue) \($0.tip.hex) \($0.peeled?.hex ?? "-")" }).sorted() { add(tip) }
    if let view {
      add("\(view.showsBranches) \(view.showsTags) \(view.isProven)")
      for ref in view.named.map(\.rawValue).sorted() { add(ref) }
    }
    return Array(hash.finalize())
  }
}
