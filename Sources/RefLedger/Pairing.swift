internal import PushModel

/// Numbers, from 0, for who asks from where with what: principal, address, client and protocol.
struct Clients {
  private struct Software: Hashable {
    var principal: Int
    var client: String
    var gitProtocol: String
  }

  private struct Client: Hashable {
    var software: UInt32
    var address: UInt32
  }

  private struct Actor: Hashable {
    var principal: Int
    var address: UInt32
  }

  private var ofOrigins = SharedNumbers { $0.origins.count }
  private var ofAddresses = SharedNumbers { $0.addresses.count }
  /// Which client was last seen of each origin, by the origin's place: hardly anybody changes address.
  private var recent: [(address: UInt32, client: Int)?] = []
  private var clients: [Client: Int] = [:]
  /// By client, a number for who it is and from where, whatever the software.
  private(set) var actors: [UInt32] = []
  private var numberOfActor: [Actor: UInt32] = [:]
  private var software: [Software: UInt32] = [:]
  private var addresses: [String: UInt32] = [:]
  /// Principals have long names, and there are few of them: numbers stand for them.
  private var names: [String: Int] = [:]
  private var principals: [ObjectIdentifier: Int] = [:]

  mutating func number(of event: TrailEvent) -> Int {
    let place = ofOrigins.place(of: event.originNumber, in: event.batch)
    let addressPlace = ofAddresses.place(of: event.addressNumber, in: event.batch)
    let address = ofAddresses[addressPlace] ?? Self.number(event.sourceIPAddress, &addresses)
    ofAddresses[addressPlace] = address
    if place < recent.count, let (known, client) = recent[place], known == address { return client }

    let software = ofOrigins[place] ?? number(of: event.origin)
    ofOrigins[place] = software
    let key = Client(software: software, address: address)
    let client = clients[key] ?? clients.count
    if client == clients.count {
      clients[key] = client
      let actor = Actor(principal: number(of: event.principal), address: address)
      actors.append(Self.number(actor, &numberOfActor))
    }
    while recent.count <= place { recent.append(nil) }
    recent[place] = (address, client)
    return client
  }

  private static func number<Value: Hashable>(_ value: Value, _ numbers: inout [Value: UInt32]) -> UInt32 {
    if let number = numbers[value] { return number }
    let number = UInt32(numbers.count)
    numbers[value] = number
    return number
  }

  private mutating func number(of origin: EventOrigin) -> UInt32 {
    Self.number(
      Software(
        principal: number(of: origin.principal), client: origin.userAgent, gitProtocol: origin.gitProtocol ?? ""),
      &software)
  }

  private mutating func number(of principal: Principal) -> Int {
    if let number = principals[principal.sharedBlock] { return number }
    let name = principal.arn ?? [principal.type, principal.name, principal.accountID ?? ""].joined(separator: "\n")
    let number = names[name] ?? names.count
    names[name] = number
    principals[principal.sharedBlock] = number
    return number
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
