/// For each ref, by its number, the indices of its updates: one array of them all, and where each ref's end.
struct UpdatesByRef: Sendable {
  private var updates: [Int] = []
  private var ends: [Int] = []

  init() {}

  init(_ all: [Ledger.Update], refs: Int) {
    // First where each ref's begin; putting an update in its place moves that on, to where they end.
    ends = Array(repeating: 0, count: refs)
    for index in all.indices { ends[all[index].refNumber] += 1 }
    var total = 0
    for number in ends.indices {
      (ends[number], total) = (total, total + ends[number])
    }
    updates = Array(repeating: 0, count: all.count)
    for index in all.indices {
      let number = all[index].refNumber
      updates[ends[number]] = index
      ends[number] += 1
    }
  }

  subscript(ref: Int) -> ArraySlice<Int> { updates[(ref == 0 ? 0 : ends[ref - 1])..<ends[ref]] }
}
