using Prozchain.Zk.Air;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// Where the tables of the rollup's transition meet (docs/adr/0044-rollup-circuit.md, section 2). Numbers of more than 30 bits
/// cross as limbs: amounts and balances 8 of 15 bits, nonces 2 of 30, words of Keccak 16 of 16; the lowest first.
/// </summary>
internal static class RollupBuses
{
    /// <summary>(input, output), 16 + 8: output is elements 0 to 7 of the permutation plus its input. Nodes, and all but the last block of a hash.</summary>
    public static Bus CompressN { get; } = new("compress N", 24, BusKind.Lookup);

    /// <summary>As <see cref="CompressN"/>, elements 4 to 11: the last block of a hash, and a leaf under a hashed key.</summary>
    public static Bus CompressM { get; } = new("compress M", 24, BusKind.Lookup);

    /// <summary>(exponent, ten to that power), 1 + 7 limbs of 15 bits.</summary>
    public static Bus Pow10 { get; } = new("power of ten", 8, BusKind.Lookup);

    /// <summary>
    /// (posted, exponent, amount), 9 limbs of 14 bits + 1 + 8 of 15: the amount is mantissa 10^exponent, below 2^120, and this is its one
    /// form: the exponent is at most 30, and the mantissa no multiple of ten unless the exponent is 30 or both are 0. Posted is the mantissa; with 31 in
    /// place of the exponent, it is the code of a plain row.
    /// </summary>
    public static Bus WideAmount { get; } = new("wide amount", 18, BusKind.Lookup);

    /// <summary>
    /// (hashed, a, b, time, value, nonce, next index, version), 1 + 1 + 1 + 1 + 8 + 2 + 1 + 1: what a cell holds from a time on. A cell is
    /// named by (hashed, a, b) as in <see cref="CellName"/>; time 0 is the segment's start.
    /// </summary>
    public static Bus Memory { get; } = new("memory", 16, BusKind.Permutation);

    /// <summary>
    /// (time, hashed, a, b, mode, amount, nonce, index, skipped, version), 1 + 1 + 1 + 1 + 1 + 8 + 2 + 1 + 1 + 1: what a transaction does to a cell, as
    /// <see cref="LedgerAir"/> says. Times are 4 row + slot + 1 of the transactions' table, so that no two changes have one.
    /// </summary>
    public static Bus Change { get; } = new("change", 18, BusKind.Permutation);

    /// <summary>
    /// (transaction, kind, by key, sender, sponsor + 1, recipient + 1, skipped, sponsor's skipped, token, fee token, amount, fee, key or settlement),
    /// 10 + 8 + 8 + 8: a payment as it was posted. Who sends it sees to it that numbers are below 2^30, tokens below 2^15, skips below 2^16, limbs below 2^15; that
    /// a transfer has a recipient or is by key, and nothing else has either; that only transfers and withdrawals have an amount; that the last 8 are
    /// a key's words, or the settlement recipient in words of 3 bytes, and 0 where there is neither. Forced items come from the verifier; kind 4 is a deposit, by number or key, whose sender is 2^30.
    /// </summary>
    public static Bus Payment { get; } = new("payment", 34, BusKind.Permutation);

    /// <summary>(transaction, words), 1 + 8: the key or settlement recipient of a payment that has one, as in <see cref="Payment"/>.</summary>
    public static Bus Tail { get; } = new("tail of a payment", 9, BusKind.Permutation);

    /// <summary>(transaction, state, digest), 1 + 8 + 8: what is signed of a message goes on from this state to this digest with its payload's hash.</summary>
    public static Bus MessageEnd { get; } = new("message end", 17, BusKind.Lookup);

    /// <summary>(transaction, hash), 1 + 11 words of 3 bytes, the first byte lowest: the Keccak-256 of a message's payload.</summary>
    public static Bus PayloadHash { get; } = new("payload hash", 12, BusKind.Lookup);

    /// <summary>
    /// (index, transaction, kind, sender, token, amount, settlement), 5 + 8 + 8: a withdrawal (kind 1) or message (2) leaves, or a deposit (4) goes back, of which the verifier
    /// knows all but that; a message's payload is in <see cref="PayloadHash"/>.
    /// </summary>
    public static Bus Exit { get; } = new("exit", 21, BusKind.Permutation);

    /// <summary>(2 transaction + role, R, P, i, m), 1 + 5 + 3 + 1 + 8: the key (R, P) signs digest m by its index i. Of forced payments a verifier receives it, which has checked that.</summary>
    public static Bus Signed { get; } = new("signed", 18, BusKind.Permutation);

    /// <summary>
    /// (transaction, of sponsor, key, nonce, next index), 1 + 1 + 8 + 2 + 1: the record of the sender or sponsor of a forced payment that does nothing, where key, nonce or index are why; a verifier receives it.
    /// </summary>
    public static Bus Judged { get; } = new("judged", 13, BusKind.Permutation);

    /// <summary>(signature, pair, steps of its two chains, P, i), 1 + 1 + 2 + 3 + 1: how far the values shown for two chains are from their ends. Signatures are named by 2 transaction + role.</summary>
    public static Bus KeyDigits { get; } = new("one-time key digits", 8, BusKind.Permutation);

    /// <summary>(signature, level, R), 1 + 1 + 5: the digest above a level of the tree, which a signature's values and siblings lead to.</summary>
    public static Bus KeyRoot { get; } = new("one-time key root", 7, BusKind.Permutation);

    /// <summary>(account, version, key), 1 + 1 + 8: the key of an account after so many rotations within the segment.</summary>
    public static Bus Identity { get; } = new("identity", 10, BusKind.Lookup);

    /// <summary>(account, created, key), 1 + 1 + 8: the account that the directory names for a key; created 1 where this segment made it.</summary>
    public static Bus Directory { get; } = new("directory", 10, BusKind.Lookup);

    /// <summary>(account, key), 1 + 8: a transaction makes an entry of the directory, with the next number.</summary>
    public static Bus Created { get; } = new("created", 9, BusKind.Permutation);

    /// <summary>(account, key), 1 + 8: an entry that is made makes an account.</summary>
    public static Bus NewAccount { get; } = new("new account", 9, BusKind.Permutation);

    /// <summary>(account, digest before, digest after), 1 + 8 + 8: what a segment or a batch does to a record; 0 for none.</summary>
    public static Bus AccountToken { get; } = new("account token", 17, BusKind.Permutation);

    /// <summary>(state key, digest before, digest after), 8 + 8 + 8: the same of a leaf under a hashed key.</summary>
    public static Bus CellToken { get; } = new("cell token", 24, BusKind.Permutation);

    /// <summary>(offset, low 7 bits, bit 7): a byte of the posted data.</summary>
    public static Bus Byte { get; } = new("posted byte", 3, BusKind.Permutation);

    /// <summary>
    /// (number, head, end, tail, offset, stop, state, absorbed), 6 + 4 + 4: a lane of a block of the posted data, before and after it is
    /// absorbed. Whether it is the first lane of a chunk, one of the chunk's last block, the last lane of that; where in the data
    /// its bytes start, and where the block's end.
    /// </summary>
    public static Bus Lane { get; } = new("sponge lane", 14, BusKind.Permutation);

    /// <summary>(chunk, hash), 1 + 16 limbs: the hash of a chunk of the posted data (rollups-chunks), which a verifier receives.</summary>
    public static Bus Chunk { get; } = new("chunk", 17, BusKind.Permutation);

    /// <summary>(transaction, field, part, limbs), 1 + 1 + 1 + 3 of 14 bits: a field of a row as it was posted; which, is <see cref="RowField"/>.</summary>
    public static Bus Field { get; } = new("posted field", 6, BusKind.Permutation);

    /// <summary>
    /// (limbs of the place, depth, kind, old, new), 5 + 1 + 1 + 8 + 8: a place of the state's tree (<see cref="TriePlace"/>) with its digests before and after the
    /// batch; the kind is one of <see cref="TrieChild"/>.
    /// </summary>
    public static Bus Node { get; } = new("state node", 23, BusKind.Permutation);

    /// <summary>(depth, weights), 1 + 5: what bit <c>depth</c> of a key adds to the limbs of a place, below 128.</summary>
    public static Bus TrieStep { get; } = new("trie step", 6, BusKind.Lookup);

    /// <summary>(depth, rooms), 1 + 5: what the bits from <c>depth</c> on may add to the limbs of a place stays below these.</summary>
    public static Bus TrieRoom { get; } = new("trie room", 6, BusKind.Lookup);

    /// <summary>(depth, room), 1 + 1: of <see cref="TrieRoom"/> the room of limb 1, an account's number.</summary>
    public static Bus AccountRoom { get; } = new("account room", 2, BusKind.Lookup);

    /// <summary>(transaction, start, code, no to, ordinal), 5: where the fields behind a full row's code start, its code, whether its To is 0, and how many of them the segment has before it.</summary>
    public static Bus FullRow { get; } = new("full row", 5, BusKind.Permutation);

    /// <summary>(transaction, end, broken), 3: behind the last byte of a full row; or, where it has a fault behind its code, of what was read of it.</summary>
    public static Bus FullRowEnd { get; } = new("full row end", 3, BusKind.Permutation);

    /// <summary>(transaction, field, last part), 3: an amount that was posted in so many parts is not in its one form, or too large.</summary>
    public static Bus AmountFault { get; } = new("fault of an amount", 3, BusKind.Permutation);

    /// <summary>(account, segment, record's digest), 1 + 1 + 8: an account as a segment leaves it; between proofs.</summary>
    public static Bus Account { get; } = new("account", 10, BusKind.Permutation);

    /// <summary>(state key, segment, leaf's digest), 8 + 1 + 8: any other cell as a segment leaves it, 0 for none; between proofs.</summary>
    public static Bus Cell { get; } = new("cell", 17, BusKind.Permutation);

    /// <summary>What the proofs of a batch exchange about the state, so that <see cref="TokenAir"/>'s tables are early.</summary>
    /// <param name="logMessages">log2 of the most tokens of a batch: two a row.</param>
    public static SharedBuses Between(int logMessages) => new([Account, Cell], logMessages);
}
