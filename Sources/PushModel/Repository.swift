/// One CodeCommit repository of one epoch: the name may be used again, the id never is.
public struct RepositoryIdentity: Hashable, Sendable {
  /// `aws`, `aws-cn`, `aws-us-gov`.
  public var partition: String
  public var accountID: String
  public var region: String
  public var name: String
  /// The UUID that CodeCommit gave it; `nil` where no record tells.
  public var id: String?

  public init(partition: String, accountID: String, region: String, name: String, id: String? = nil) {
    self.partition = partition
    self.accountID = accountID
    self.region = region
    self.name = name
    self.id = id
  }

  /// `arn:PARTITION:codecommit:REGION:ACCOUNT:NAME`.
  public var arn: String { "arn:\(partition):codecommit:\(region):\(accountID):\(name)" }
}

/// What one record says of the repository it is about; every part may be missing.
public struct RepositoryReference: Hashable, Sendable {
  private var block: Block

  public var name: String? {
    get { block.fields.name }
    set { change { $0.name = newValue } }
  }
  public var id: String? {
    get { block.fields.id }
    set { change { $0.id = newValue } }
  }
  /// From the record's `resources[].ARN`.
  public var partition: String? {
    get { block.fields.partition }
    set { change { $0.partition = newValue } }
  }
  /// The ARN's account, else `recipientAccountId`, else the account in the file's path.
  public var accountID: String? {
    get { block.fields.accountID }
    set { change { $0.accountID = newValue } }
  }
  /// The ARN's region, else `awsRegion`, else the region in the file's path.
  public var region: String? {
    get { block.fields.region }
    set { change { $0.region = newValue } }
  }

  public init(
    name: String? = nil, id: String? = nil, partition: String? = nil, accountID: String? = nil, region: String? = nil
  ) {
    block = Block(
      Fields(name: name, id: id, partition: partition, accountID: accountID, region: region))
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
    var name: String?
    var id: String?
    var partition: String?
    var accountID: String?
    var region: String?
  }

  /// Never changed once made, so that it may be shared among threads.
  private final class Block: Sendable {
    let fields: Fields

    init(_ fields: Fields) { self.fields = fields }
  }
}
