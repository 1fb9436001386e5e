using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Sequencing;

/// <summary>
/// Order before content: a sender hands in a commitment, the sequencer fixes the order of commitments and gives its word on it,
/// and only then are they opened. With each comes a forfeit, a transaction of the same sender and nonce that pays: it goes in
/// where the commitment is not opened in time, or what it holds cannot be run. What a word is given on is in a journal
/// before, so that a restart goes on with the same order. Rounds are the caller's clock. Not thread-safe.
/// </summary>
/// <typeparam name="TTransaction">The transactions.</typeparam>
public sealed class CommitReveal<TTransaction>
{
    private const byte Fixed = 0, Ended = 1, Opened = 2, Over = 3, Failed = 4;
    private const int LeastTidied = 1_024;

    private readonly ulong _chainId;
    private readonly ITransactionAccess<TTransaction> _access;
    private readonly IStateTransition<TTransaction> _transition;
    private readonly ISigner _signer;
    private readonly ITransactionJournal _journal;
    private readonly CommitRevealOptions _options;
    private readonly List<Slot> _slots = [];
    // What had its turn and could not be run, until no word is held against it: it may not have another.
    private readonly Dictionary<Digest32, ulong> _failed = [];
    private readonly ArrayBufferWriter<byte> _record = new();
    private ulong _round;
    private int _taken, _noted;

    /// <summary>Takes up where the journal ends.</summary>
    /// <param name="chainId">The rollup's number.</param>
    /// <param name="access">What must be known of transactions.</param>
    /// <param name="transition">Checks their signatures; this one's alone.</param>
    /// <param name="signer">Signs the words on orders: the sequencer's.</param>
    /// <param name="journal">Its own, on a disk that a crash does not touch.</param>
    /// <param name="options">Bounds.</param>
    public CommitReveal(ulong chainId, ITransactionAccess<TTransaction> access, IStateTransition<TTransaction> transition, ISigner signer, ITransactionJournal journal, CommitRevealOptions options)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(options);
        (_chainId, _access, _transition, _signer, _journal, _options) = (chainId, access, transition, signer, journal, options);
        foreach (ReadOnlyMemory<byte> record in journal.ReadAll())
        {
            Restore(record);
            _noted++;
        }
        // Of an order that was not noted to its end no word was given.
        if (_slots.RemoveAll(slot => slot.Round > _round) > 0) Rewrite();
    }

    /// <summary>Commitments that wait.</summary>
    public int Count => _slots.Count;

    /// <summary>What is committed to: Keccak-256 of the transaction's hash and 32 bytes that nobody can guess.</summary>
    public static Digest32 CommitmentOf(in Digest32 transactionHash, in Digest32 blinding) => SoftConfirmation.Next(transactionHash, blinding);

    /// <summary>Takes in a commitment.</summary>
    /// <param name="commitment">The commitment. Untrusted, as the forfeit is.</param>
    /// <param name="forfeit">Signed by who commits: goes in instead if it must.</param>
    /// <returns>False if it is there, the forfeit pays too little, was tried before or is not signed, or there is no room.</returns>
    /// <remarks>Whether the key is the sender's, and the sender can pay, only the state says when the forfeit is run: of a crowd of strangers the host keeps the number low.</remarks>
    public bool TryCommit(in Digest32 commitment, in TTransaction forfeit)
    {
        Digest32 named = commitment;
        if (_slots.Count >= _options.Capacity || _access.FeeOf(forfeit) < _options.Deposit || _access.MaxSizeOf(forfeit) > CommitRevealOptions.MaxItem) return false;
        if (_slots.Exists(slot => slot.Commitment == named)) return false;
        Digest32 hash = HashOf(forfeit);
        if (_failed.ContainsKey(hash) || !IsSigned(forfeit)) return false;
        _slots.Add(new Slot(commitment, forfeit, hash));
        return true;
    }

    /// <summary>Ends a round: the order of what was committed in it is fixed from now on, after that of rounds before.</summary>
    /// <param name="batch">The batch that is made now: <see cref="RollupSequencer{TTransaction, THash}.Tip"/>.</param>
    /// <returns>The word on it, for those who committed before they open. Null if nobody committed.</returns>
    public OrderWord? FixOrder(ulong batch)
    {
        foreach ((Digest32 hash, ulong until) in _failed.ToArray())
            if (until < batch) _failed.Remove(hash);
        Tidy();
        ulong round = _round + 1, last = batch + _options.Span;
        var word = new OrderWord(_chainId, round, last, 0, OrderWord.Start(_chainId, round), default);
        foreach (Slot slot in _slots)
        {
            if (slot.Round != 0) continue;
            (slot.Round, slot.Until) = (round, last);
            Note(Fixed, slot, slot.Forfeit);
            word = word.After(OrderWord.SlotOf(slot.Commitment, slot.ForfeitHash));
        }
        // Empty rounds count for those who are late.
        _round = round;
        Note(Ended, null, default);
        return word.Count == 0 ? null : word.Sign(_signer);
    }

    /// <summary>Opens a commitment.</summary>
    /// <param name="transaction">The transaction, of the forfeit's sender and nonce. Untrusted.</param>
    /// <param name="blinding">What it was blinded with.</param>
    /// <returns>False if there is none of this, its order is not fixed, it was opened or is too late, or the transaction is not signed or was tried before.</returns>
    public bool TryReveal(in TTransaction transaction, in Digest32 blinding)
    {
        if (_access.MaxSizeOf(transaction) > CommitRevealOptions.MaxItem) return false;
        Digest32 hash = HashOf(transaction), commitment = CommitmentOf(hash, blinding);
        Slot? slot = _slots.Find(slot => slot.Commitment == commitment);
        if (slot is null or { Round: 0 } or { IsOpen: true } || IsLate(slot) || _failed.ContainsKey(hash)) return false;
        if (_access.SenderOf(transaction) != _access.SenderOf(slot.Forfeit) || _access.NonceOf(transaction) != _access.NonceOf(slot.Forfeit) || !IsSigned(transaction)) return false;
        Note(Opened, slot, transaction);
        slot.Open(transaction, hash);
        return true;
    }

    /// <summary>Whether something can go in: what comes next is open, or its forfeit is due.</summary>
    internal bool HasNext => _taken < _slots.Count && _slots[_taken] is { Round: > 0 } slot && (slot.IsOpen || IsLate(slot));

    /// <summary>
    /// Puts what is due into a batch, as far as there is room. A commitment that may still be opened holds up those behind it:
    /// else its owner could choose its place.
    /// </summary>
    internal void Fill<THash>(BatchProducer<TTransaction, THash> producer) where THash : IStateHash
    {
        while (HasNext)
        {
            Slot slot = _slots[_taken];
            bool isForfeit = !slot.IsOpen || slot.IsForfeit;
            Digest32 hash = isForfeit ? slot.ForfeitHash : slot.Hash;
            InclusionResult result = _failed.ContainsKey(hash) ? InclusionResult.Invalid : producer.TryAdd(isForfeit ? slot.Forfeit : slot.Transaction!, out _);
            // For which an empty batch has no room, none has.
            if (result == InclusionResult.NoRoom && producer.Count + producer.ForcedCount > 0) return;
            if (result != InclusionResult.Included)
            {
                slot.FailedHashes.Add(hash);
                (_failed[hash], slot.IsForfeit) = (Math.Max(slot.Until, _failed.GetValueOrDefault(hash)), true);
            }
            if (result == InclusionResult.Included || isForfeit) _taken++;
        }
    }

    /// <summary>What was taken is noted by the sequencer.</summary>
    internal void Forget()
    {
        for (int i = 0; i < Math.Min(_taken + 1, _slots.Count); i++)
        {
            foreach (Digest32 hash in _slots[i].FailedHashes) Note(Failed, _slots[i], default, hash);
            _slots[i].FailedHashes.Clear();
            if (i < _taken) Note(Over, _slots[i], default);
        }
        _slots.RemoveRange(0, _taken);
        _taken = 0;
    }

    private bool IsLate(Slot slot) => _round - slot.Round >= (ulong)_options.RevealRounds;

    private Digest32 HashOf(in TTransaction transaction)
    {
        var hash = new Digest32[1];
        _access.Hash([transaction], hash);
        return hash[0];
    }

    private bool IsSigned(in TTransaction transaction)
    {
        var authentic = new bool[1];
        _transition.Authenticate([transaction], authentic);
        return authentic[0];
    }

    private void Tidy()
    {
        if (_noted >= LeastTidied && _noted >= 4 * (_slots.Count + _failed.Count)) Rewrite();
    }

    // The journal as it would be if all that is over had never been.
    private void Rewrite()
    {
        var kept = new List<ReadOnlyMemory<byte>> { Write(Ended, null, default, default).ToArray() };
        foreach (Slot slot in _slots.Where(static slot => slot.Round != 0))
        {
            kept.Add(Write(Fixed, slot, slot.Forfeit, default).ToArray());
            if (slot.IsOpen) kept.Add(Write(Opened, slot, slot.Transaction, default).ToArray());
        }
        foreach ((Digest32 hash, ulong until) in _failed) kept.Add(Write(Failed, new Slot(default, default!, default) { Until = until }, default, hash).ToArray());
        _journal.Rewrite(kept);
        _noted = kept.Count;
    }

    private void Note(byte kind, Slot? slot, in TTransaction? transaction, in Digest32 hash = default)
    {
        _journal.Append(Write(kind, slot, transaction, hash).Span);
        _noted++;
    }

    // Kind, round, until, the slot's commitment or a hash, and a transaction as an item.
    private ReadOnlyMemory<byte> Write(byte kind, Slot? slot, in TTransaction? transaction, in Digest32 hash)
    {
        _record.ResetWrittenCount();
        Span<byte> head = _record.GetSpan(CommitRevealOptions.RecordHead);
        head[0] = kind;
        BinaryPrimitives.WriteUInt64LittleEndian(head[1..], slot?.Round ?? _round);
        BinaryPrimitives.WriteUInt64LittleEndian(head[9..], slot?.Until ?? 0);
        (kind == Failed ? hash : slot?.Commitment ?? default).Span.CopyTo(head[17..]);
        _record.Advance(CommitRevealOptions.RecordHead);
        if (kind is Fixed or Opened) _access.WriteItem(transaction!, _record);
        return _record.WrittenMemory;
    }

    private void Restore(ReadOnlyMemory<byte> record)
    {
        ReadOnlySpan<byte> head = record.Span;
        if (head.Length < CommitRevealOptions.RecordHead) throw new InvalidDataException("The journal holds what no order wrote.");
        (ulong round, ulong until) = (BinaryPrimitives.ReadUInt64LittleEndian(head[1..]), BinaryPrimitives.ReadUInt64LittleEndian(head[9..]));
        var named = new Digest32(head.Slice(17, Digest32.Size));
        TTransaction transaction = default!;
        if (head[0] is Fixed or Opened && !_access.TryReadItem(record[CommitRevealOptions.RecordHead..], out transaction)) throw new InvalidDataException("The journal holds what no order wrote.");
        switch (head[0])
        {
            case Fixed:
                _slots.Add(new Slot(named, transaction, HashOf(transaction)) { Round = round, Until = until });
                break;
            case Ended: _round = round; break;
            case Opened: _slots.Find(slot => slot.Commitment == named)?.Open(transaction, HashOf(transaction)); break;
            case Over: _slots.RemoveAll(slot => slot.Commitment == named); break;
            default: _failed[named] = Math.Max(until, _failed.GetValueOrDefault(named)); break;
        }
    }

    private sealed class Slot(Digest32 commitment, TTransaction forfeit, Digest32 forfeitHash)
    {
        public Digest32 Commitment => commitment;

        public TTransaction Forfeit => forfeit;

        public Digest32 ForfeitHash => forfeitHash;

        /// <summary>The round that fixed it; 0 before.</summary>
        public ulong Round { get; set; }

        public ulong Until { get; set; }

        public bool IsOpen { get; private set; }

        public bool IsForfeit { get; set; }

        public TTransaction? Transaction { get; private set; }

        public Digest32 Hash { get; private set; }

        public List<Digest32> FailedHashes { get; } = [];

        public void Open(TTransaction transaction, Digest32 hash) => (Transaction, Hash, IsOpen) = (transaction, hash, true);
    }
}
