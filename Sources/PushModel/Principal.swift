/// Who authenticated: CloudTrail's `userIdentity`, reduced to what tells a person from another.
///
/// Thousands of events share one principal, hence one block of fields.
/// For an assumed role the person is the session (or its source identity), not the role; both are kept.
/// Source: CloudTrail User Guide, "CloudTrail userIdentity element".
public struct Principal: Hashable, Sendable {
  private var block: Block

  /// `userIdentity.type` as logged (`IAMUser`, `AssumedRole`, `Root` ...); `Unknown` where the record has none.
  public var type: String {
    get { block.fields.type }
    set { change { $0.type = newValue } }
  }
  /// The label that people read: user name, session name, federated name; never the role where a session is known.
  public var name: String {
    get { block.fields.name }
    set { change { $0.name = newValue } }
  }
  public var arn: String? {
    get { block.fields.arn }
    set { change { $0.arn = newValue } }
  }
  public var accountID: String? {
    get { block.fields.accountID }
    set { change { $0.accountID = newValue } }
  }
  public var principalID: String? {
    get { block.fields.principalID }
    set { change { $0.principalID = newValue } }
  }
  public var accessKeyID: String? {
    get { block.fields.accessKeyID }
    set { change { $0.accessKeyID = newValue } }
  }
  /// The role's name, for an assumed role or a role.
  public var role: String? {
    get { block.fields.role }
    set { change { $0.role = newValue } }
  }
  /// The session's name, for an assumed role.
  public var session: String? {
    get { block.fields.session }
    set { change { $0.session = newValue } }
  }
  public var sourceIdentity: String? {
    get { block.fields.sourceIdentity }
    set { change { $0.sourceIdentity = newValue } }
  }
  /// `sessionContext.attributes.mfaAuthenticated`; `nil` where the record does not say.
  public var mfa: Bool? {
    get { block.fields.mfa }
    set { change { $0.mfa = newValue } }
  }
  /// The AWS service that made the call, where one did.
  public var invokedBy: String? {
    get { block.fields.invokedBy }
    set { change { $0.invokedBy = newValue } }
  }

  public init(
    type: String, name: String, arn: String? = nil, accountID: String? = nil, principalID: String? = nil,
    accessKeyID: String? = nil, role: String? = nil, session: String? = nil, sourceIdentity: String? = nil,
    mfa: Bool? = nil, invokedBy: String? = nil
  ) {
    block = Block(
      Fields(
        type: type, name: name, arn: arn, accountID: accountID, principalID: principalID, accessKeyID: accessKeyID,
        role: role, session: session, sourceIdentity: sourceIdentity, mfa: mfa, invokedBy: invokedBy))
  }

  /// What copies of one value share: equal ones tell that the values are. It says nothing once every copy is gone.
  public var sharedBlock: ObjectIdentifier { ObjectIdentifier(block) }

  public static func == (left: Self, right: Self) -> Bool {
    left.block === right.block || left.block.fields == right.block.fields
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(block.fields) }

  private mutating func change(_ body: (inout Fields) -> Void) {
    var fields = block.fields
    body(&fields)
    block = Block(fields)
  }

  private struct Fields: Hashable, Sendable {
    var type: String
    var name: String
    var arn: String?
    var accountID: String?
    var principalID: String?
    var accessKeyID: String?
    var role: String?
    var session: String?
    var sourceIdentity: String?
    var mfa: Bool?
    var invokedBy: String?
  }

  /// Never changed once made, so that it may be shared among threads.
  private final class Block: Sendable {
    let fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }

  /// Whether the same identity made both requests, whatever key or session attributes each carried.
  public func isSamePrincipal(as other: Principal) -> Bool {
    if let arn, let otherARN = other.arn { return arn == otherARN }
    return type == other.type && name == other.name && accountID == other.accountID && principalID == other.principalID
  }
}
