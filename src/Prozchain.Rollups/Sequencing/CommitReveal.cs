namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// Order before content: a sender hands in a commitment, the sequencer fixes the order of commitments, and only then are
/// they opened. Whoever does not open in time is left out, and what it deposited is noted as lost. Pure state; rounds are
/// the caller's clock. Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
/// <param name="capacity">Commitments held at most.</param>
/// <param name="revealRounds">Rounds, after the one that fixed the order, in which a commitment may be opened.</param>
public sealed class CommitReveal<TTransaction>(int capacity, int revealRounds)
{
    private readonly List<Slot> _slots = [];
    private readonly Dictionary<Digest32, Slot> _byCommitment = [];
    private long _round;

    /// <summary>Commitments that wait.</summary>
    public int Count => _slots.Count;

    /// <summary>What is committed to: Keccak-256 of the transaction's hash and 32 bytes that nobody can guess.</summary>
    public static Digest32 CommitmentOf(in Digest32 transactionHash, in Digest32 blinding)
    {
        Span<byte> input = stackalloc byte[2 * Digest32.Size];
        transactionHash.Span.CopyTo(input);
        blinding.Span.CopyTo(input[Digest32.Size..]);
        return new Digest32(Hashing.Keccak(input));
    }

    /// <summary>Takes in a commitment. False if it is there, or there is no room.</summary>
    /// <param name="commitment">The commitment.</param>
    /// <param name="payer">Who answers for it.</param>
    /// <param name="deposit">What that one loses if it is not opened.</param>
    public bool TryCommit(in Digest32 commitment, in AccountAddress payer, UInt128 deposit)
    {
        if (_slots.Count >= capacity || _byCommitment.ContainsKey(commitment)) return false;
        var slot = new Slot(commitment, payer, deposit);
        _slots.Add(slot);
        _byCommitment.Add(commitment, slot);
        return true;
    }

    /// <summary>Ends a round: the order of what was committed in it is fixed from now on.</summary>
    /// <returns>The chain of commitments in their order, to be confirmed before anyone opens.</returns>
    public Digest32 FixOrder()
    {
        _round++;
        Digest32 chain = default;
        foreach (Slot slot in _slots)
        {
            slot.FixedIn ??= _round;
            chain = CommitmentOf(chain, slot.Commitment);
        }
        return chain;
    }

    /// <summary>Opens a commitment. False if there is none of this, its order is not fixed, or it was opened.</summary>
    /// <param name="transactionHash">The transaction's hash.</param>
    /// <param name="blinding">What it was blinded with.</param>
    /// <param name="transaction">The transaction, its signatures checked.</param>
    public bool TryReveal(in Digest32 transactionHash, in Digest32 blinding, in TTransaction transaction)
    {
        if (!_byCommitment.TryGetValue(CommitmentOf(transactionHash, blinding), out Slot? slot) || slot.FixedIn is null || slot.IsOpen) return false;
        (slot.Transaction, slot.IsOpen) = (transaction, true);
        return true;
    }

    /// <summary>
    /// Takes from the front what is open, in the fixed order, and what is too late to be opened. A commitment that may still be
    /// opened holds up those behind it: else its owner could choose its place.
    /// </summary>
    /// <param name="opened">Gets the transactions.</param>
    /// <param name="lost">Gets who did not open, and what that costs.</param>
    public void Take(ICollection<TTransaction> opened, ICollection<(AccountAddress Payer, UInt128 Deposit)> lost)
    {
        ArgumentNullException.ThrowIfNull(opened);
        ArgumentNullException.ThrowIfNull(lost);
        int taken = 0;
        for (; taken < _slots.Count && _slots[taken] is { FixedIn: { } since } slot; taken++)
        {
            if (slot.IsOpen) opened.Add(slot.Transaction!);
            else if (_round - since >= revealRounds) lost.Add((slot.Payer, slot.Deposit));
            else break;
            _byCommitment.Remove(slot.Commitment);
        }
        _slots.RemoveRange(0, taken);
    }

    private sealed class Slot(Digest32 commitment, AccountAddress payer, UInt128 deposit)
    {
        public Digest32 Commitment => commitment;

        public AccountAddress Payer => payer;

        public UInt128 Deposit => deposit;

        public long? FixedIn { get; set; }

        public bool IsOpen { get; set; }

        public TTransaction? Transaction { get; set; }
    }
}
