internal import PushModel

/// Numbers, from 0, for who asks from where with what: principal, address, client and protocol.
struct Clients {
  private struct Software: Hashable {
    var client: String
    var gitProtocol: String
  }

  private var ofOrigins = SharedNumbers { $0.origins.count }
  private var ofPrincipals = SharedNumbers { $0.principals.count }
  private var ofAddresses = SharedNumbers { $0.addresses.count }
  /// Which client was last seen of each principal, by the principal's place: hardly anybody changes address or software.
  private var recent: [(address: UInt32, software: UInt32, client: Int)?] = []
  /// Of an actor and their software.
  private var clients = PairNumbers()
  /// By client, a number for who it is and from where, whatever the software.
  private(set) var actors: [UInt32] = []
  /// Of a principal and an address.
  private var numberOfActor = PairNumbers()
  private var principals = PairNumbers()
  private var software: [Software: UInt32] = [:]
  private var addresses = TextNumbers()

  mutating func number(of event: TrailEvent) -> Int {
    let originPlace = ofOrigins.place(of: event.originNumber, in: event.batch)
    let software = ofOrigins[originPlace] ?? number(of: event.origin)
    ofOrigins[originPlace] = software
    let addressPlace = ofAddresses.place(of: event.addressNumber, in: event.batch)
    let address = ofAddresses[addressPlace] ?? addresses.number(of: event.sourceIPAddress)
    ofAddresses[addressPlace] = address
    let place = ofPrincipals.place(of: event.principalNumber, in: event.batch)
    if place < recent.count, let last = recent[place], last.address == address, last.software == software {
      return last.client
    }
    let principal = ofPrincipals[place] ?? number(of: event.batch.principals.identity(of: event.principalNumber))
    ofPrincipals[place] = principal
    let actor = numberOfActor.number(of: UInt64(principal), UInt64(address))
    let client = Int(clients.number(of: UInt64(actor), UInt64(software)))
    if client == actors.count { actors.append(actor) }
    while recent.count <= place { recent.append(nil) }
    recent[place] = (address, software, client)
    return client
  }

  private mutating func number(of origin: EventOrigin) -> UInt32 {
    let key = Software(client: origin.userAgent, gitProtocol: origin.gitProtocol ?? "")
    let number = software[key] ?? UInt32(software.count)
    software[key] = number
    return number
  }

  private mutating func number(of identity: PrincipalIdentity) -> UInt32 {
    principals.number(of: identity.head, identity.tail)
  }
}

/// Joins advertisements to the data records that they announce: same principal, repository, address, client and
/// protocol, within five minutes, the latest not yet joined (DESIGN 2.3).
struct Pairing {
  /// In order of time.
  private struct Queue {
    var events: [TrailEvent] = []
    /// Those before it are too old for whatever may still come.
    var start = 0
  }

  /// Of each client, by its number.
  private var queues: [Queue] = []

  mutating func open(_ advertisement: TrailEvent, by client: Int) {
    while queues.count <= client { queues.append(Queue()) }
    queues[client].events.append(advertisement)
  }

  /// The latest advertisement that belongs to the data record, and the time of the earliest that may.
  mutating func close(_ data: TrailEvent, by client: Int) -> (earliest: Timestamp?, latest: TrailEvent?) {
    guard client < queues.count, !queues[client].events.isEmpty else { return (nil, nil) }
    var start = queues[client].start
    while start < queues[client].events.count, data.time - queues[client].events[start].time > Ledger.pairingWindow {
      start += 1
    }
    queues[client].start = start
    guard start < queues[client].events.count else { return (nil, nil) }
    return (queues[client].events[start].time, queues[client].events.removeLast())
  }

  var leftOver: [TrailEvent] { queues.flatMap(\.events) }
}
