/// Who authenticated: CloudTrail's `userIdentity`, reduced to what tells a person from another.
///
/// For an assumed role the person is the session (or its source identity), not the role; both are kept.
/// Source: CloudTrail User Guide, "CloudTrail userIdentity element".
public struct Principal: Hashable, Sendable {
  /// `userIdentity.type` as logged (`IAMUser`, `AssumedRole`, `Root` ...); `Unknown` where the record has none.
  public var type: String
  /// The label that people read: user name, session name, federated name; never the role where a session is known.
  public var name: String
  public var arn: String?
  public var accountID: String?
  public var principalID: String?
  public var accessKeyID: String?
  /// The role's name, for an assumed role or a role.
  public var role: String?
  /// The session's name, for an assumed role.
  public var session: String?
  public var sourceIdentity: String?
  /// `sessionContext.attributes.mfaAuthenticated`; `nil` where the record does not say.
  public var mfa: Bool?
  /// The AWS service that made the call, where one did.
  public var invokedBy: String?

  public init(
    type: String, name: String, arn: String? = nil, accountID: String? = nil, principalID: String? = nil,
    accessKeyID: String? = nil, role: String? = nil, session: String? = nil, sourceIdentity: String? = nil,
    mfa: Bool? = nil, invokedBy: String? = nil
  ) {
    self.type = type
    self.name = name
    self.arn = arn
    self.accountID = accountID
    self.principalID = principalID
    self.accessKeyID = accessKeyID
    self.role = role
    self.session = session
    self.sourceIdentity = sourceIdentity
    self.mfa = mfa
    self.invokedBy = invokedBy
  }

  /// Whether the same identity made both requests, whatever key or session attributes each carried.
  public func isSamePrincipal(as other: Principal) -> Bool {
    if let arn, let otherARN = other.arn { return arn == otherARN }
    return type == other.type && name == other.name && accountID == other.accountID && principalID == other.principalID
  }
}
