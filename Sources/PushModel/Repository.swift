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
  public var name: String?
  public var id: String?
  /// From the record's `resources[].ARN`.
  public var partition: String?
  /// The ARN's account, else `recipientAccountId`, else the account in the file's path.
  public var accountID: String?
  /// The ARN's region, else `awsRegion`, else the region in the file's path.
  public var region: String?

  public init(
    name: String? = nil, id: String? = nil, partition: String? = nil, accountID: String? = nil, region: String? = nil
  ) {
    self.name = name
    self.id = id
    self.partition = partition
    self.accountID = accountID
    self.region = region
  }
}
