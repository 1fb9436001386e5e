using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// Atomic transactions in one shard, part of its replicated state: what goes in stands in the shard's finalized blocks,
/// what comes out are writes to its cells and records that its next certificate covers. Knows no network, no votes and
/// no clock but the time of block headers. One caller at a time. How it works and why it is safe:
/// docs/adr/0034-atomic-commit.md.
/// </summary>
/// <remarks>
/// A block: <see cref="BeginBlock"/>, then its body in order, then <see cref="EndBlock"/>. No other transaction may write
/// a cell that <see cref="MayWrite"/> denies, nor read one that <see cref="MayRead"/> denies.
/// </remarks>
public sealed class AtomicShard
{
    private readonly AtomicContext _context;
    private readonly ProvisionCommit _provisions;
    private readonly DecisionLog _decisions;
    private readonly LockCommit _locks;

    /// <summary>Starts with nothing open.</summary>
    /// <param name="self">The shard.</param>
    /// <param name="options">The network's bounds and programs.</param>
    /// <param name="cells">The shard's cells.</param>
    /// <param name="directory">What shards hold or held.</param>
    public AtomicShard(in ShardRange self, AtomicOptions options, ICellStore cells, IShardDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentNullException.ThrowIfNull(directory);
        options.Check();
        _context = new AtomicContext(self, options, cells, directory);
        _provisions = new ProvisionCommit(_context);
        _decisions = new DecisionLog(_context);
        _locks = new LockCommit(_context, _decisions);
        _decisions.OnDecided = decision => _locks.Accept(decision);
    }

    /// <summary>Transactions and attempts that are open here as a participant.</summary>
    public int Open => _provisions.Open + _locks.Open;

    /// <summary>Transactions that are remembered so that they cannot come again: at most twice <see cref="AtomicOptions.MaxRemembered"/>.</summary>
    public int Remembered => _provisions.Ended.Count + _locks.Ended.Count;

    /// <summary>Cells that are claimed.</summary>
    public int Claimed => _context.Claims.Claimed;

    /// <summary>Ballots that are undecided, or whose decision somebody may still need.</summary>
    internal int Ballots => _decisions.Count;

    /// <summary>How a transaction, or its last attempt, ended here; null if it did not, or nothing is known of it.</summary>
    internal Tombstone? EndOf(in Digest transaction) =>
        _provisions.Ended.TryGet(transaction, out Tombstone end) || _locks.Ended.TryGet(transaction, out end) ? end : null;

    /// <summary>What became of a transaction here.</summary>
    internal AtomicOutcome OutcomeOf(in Digest transaction) =>
        EndOf(transaction) is { } end ? end.IsCommit ? AtomicOutcome.Committed : AtomicOutcome.Aborted
        : _provisions.Knows(transaction) || _locks.IsOpen(transaction) ? AtomicOutcome.Open : AtomicOutcome.Unknown;

    /// <summary>Names the whole state: BLAKE3, derive-key, of its wire form. Between blocks.</summary>
    public Digest Digest
    {
        get
        {
            var output = new ArrayBufferWriter<byte>();
            Write(output);
            return new Digest(Domains.AtomicState.Hash(output.WrittenSpan));
        }
    }

    /// <summary>True if no open transaction has claimed the cell.</summary>
    /// <param name="key">A cell of this shard.</param>
    public bool MayWrite(in Digest key) => !_context.Claims.IsRead(key);

    /// <summary>True if no open transaction may still write the cell.</summary>
    /// <param name="key">A cell of this shard.</param>
    public bool MayRead(in Digest key) => !_context.Claims.IsWritten(key);

    /// <summary>
    /// False for a record of a transaction over declared cells that this shard has yet to order, for a value that others
    /// locked, which only a prepare takes in, and for a commit that this shard is yet to be prepared for.
    /// </summary>
    internal bool CanTake(AtomicRecord record) => record.Kind switch
    {
        AtomicRecordKind.Provision when record.Attempt.Number > 0 => false,
        AtomicRecordKind.Provision or AtomicRecordKind.ExecutionCertificate => _provisions.Knows(record.Transaction),
        AtomicRecordKind.Decision => _locks.CanFollow(record),
        _ => true,
    };

    /// <summary>How far an attempt of a transaction with locks has come here.</summary>
    internal LockStage StageOf(in Digest transaction, Attempt attempt) => _locks.StageOf(transaction, attempt);

    /// <summary>True if an ending, or a freeze, is remembered.</summary>
    internal bool KnowsEndings => _context.Endings.Count > 0;

    /// <summary>How transactions ended in ended shards that are open here and may need to know.</summary>
    internal void Wanted(List<(ShardId Shard, Digest Transaction, Attempt Attempt)> wanted)
    {
        foreach (ShardId shard in _context.Endings.Keys)
        {
            _provisions.Wanted(shard, wanted);
            _locks.Wanted(shard, wanted);
        }
    }

    /// <summary>A block begins: deadlines and heights that have come take effect.</summary>
    /// <param name="height">Its height, above the last one's.</param>
    /// <param name="timeMs">Its header's time.</param>
    /// <param name="epoch">Its header's epoch, not below the last one's.</param>
    /// <returns>False, and nothing changed, if the header follows the last too closely: no valid block does.</returns>
    public bool BeginBlock(ulong height, long timeMs, ulong epoch)
    {
        if (height <= _context.Height || epoch < _context.Epoch || timeMs < 0) return false;
        // An heir's first block follows its parents' last.
        if ((_context.Height > 0 || _context.TimeMs > 0) && timeMs - _context.TimeMs < _context.Options.MinBlockIntervalMs) return false;
        (_context.Height, _context.TimeMs, _context.Epoch, _context.Begun) = (height, timeMs, epoch, 0);
        _provisions.BeginBlock();
        _locks.BeginBlock();
        _decisions.BeginBlock();
        ForgetEndings();
        return true;
    }

    /// <summary>The block orders a transaction over declared cells, some of them this shard's. Its signatures are checked.</summary>
    /// <param name="transaction">The transaction.</param>
    public AtomicResult Admit(AtomicTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return _provisions.Admit(transaction);
    }

    /// <summary>The block orders a request for locks, the first of an attempt or more of them. Its signatures are checked.</summary>
    /// <param name="transaction">The transaction, without declared cells.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="cells">Cells of this shard.</param>
    public AtomicResult Acquire(AtomicTransaction transaction, Attempt attempt, params ReadOnlySpan<DeclaredCell> cells)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return _locks.Acquire(transaction, attempt, [], cells);
    }

    /// <summary>As above, for an attempt whose participants are known: its records say whom they are for.</summary>
    internal AtomicResult Acquire(AtomicTransaction transaction, Attempt attempt, ShardId[] participants, ReadOnlySpan<DeclaredCell> cells) =>
        _locks.Acquire(transaction, attempt, participants, cells);

    /// <summary>The block orders the end of an attempt: the shard executes it on all provisions and votes.</summary>
    /// <param name="transaction">Id of the transaction.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="participants">All shards that take part, strictly ascending.</param>
    /// <param name="provisions">The others' provisions of this attempt, proven by the host.</param>
    public AtomicResult Prepare(in Digest transaction, Attempt attempt, ReadOnlySpan<ShardId> participants, ReadOnlySpan<AtomicRecord> provisions) =>
        _locks.Prepare(transaction, attempt, participants, provisions);

    /// <summary>The block holds a record of another shard, proven under a certified header. Doubled, late and reordered ones do no harm.</summary>
    /// <param name="record">The record.</param>
    /// <param name="origin">The header.</param>
    public AtomicResult Accept(AtomicRecord record, RecordOrigin origin)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Shard != origin.Shard || record.Shard == _context.Self.Id) return AtomicResult.WrongOrigin;
        if (record.Attempt.Epoch > origin.Epoch) return AtomicResult.WrongAttempt;
        if (_context.HasEnded(origin.Shard, origin.Epoch) && (record.Kind == AtomicRecordKind.Decision || _provisions.MustBeSettled(record))) return AtomicResult.EndedShard;
        return record.Kind switch
        {
            AtomicRecordKind.Provision when record.Attempt.Number > 0 => AtomicResult.WrongKind,
            AtomicRecordKind.Provision or AtomicRecordKind.ExecutionCertificate => _provisions.Accept(record),
            AtomicRecordKind.PreparedVote => _decisions.AcceptVote(record),
            AtomicRecordKind.Decision => _locks.Accept(record),
            _ => _decisions.AcceptAcknowledgement(record),
        };
    }

    /// <summary>The block holds the beacon's word that a shard has ended, or that its committee is frozen.</summary>
    /// <param name="ending">The ending; a later one of the same shard replaces an earlier.</param>
    public void Accept(ShardEnding ending)
    {
        ArgumentNullException.ThrowIfNull(ending);
        if (ending.Shard == _context.Self.Id || (_context.Endings.TryGetValue(ending.Shard, out ShardEnding? known) && known.Epoch >= ending.Epoch)) return;
        _context.Endings[ending.Shard] = ending;
        _decisions.Accept(ending);
    }

    /// <summary>The block holds what an ended shard's settled set says about a transaction that is open here.</summary>
    /// <param name="shard">The ended shard.</param>
    /// <param name="transaction">Id of the transaction.</param>
    /// <param name="attempt">The attempt; the default for a transaction over declared cells.</param>
    /// <param name="value">What the set holds; empty to show that it holds nothing.</param>
    /// <param name="proof">The proof against the ending's root.</param>
    public AtomicResult Settle(ShardId shard, in Digest transaction, Attempt attempt, ReadOnlySpan<byte> value, StateProof proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        return attempt == default ? _provisions.Settle(shard, transaction, value, proof) : _locks.Settle(shard, transaction, attempt, value, proof);
    }

    /// <summary>The block ends: who waited for cells that are free now gets them.</summary>
    /// <param name="records">Receives what the block says, in order: leaves of its receipts tree.</param>
    public void EndBlock(List<AtomicRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        _context.Claims.Pump();
        records.AddRange(_context.Emitted);
        _context.Emitted.Clear();
    }

    /// <summary>
    /// In a block, the last one under this authority: everything that is not certified here is aborted, and what the shard
    /// ever said, as far as anyone may still ask, becomes the settled set. After a freeze the shard goes on with it.
    /// </summary>
    /// <param name="heirs">Who goes on, ascending; the shard itself after a freeze.</param>
    /// <param name="settled">Receives the set, to prove from.</param>
    public ShardEnding End(ReadOnlySpan<ShardId> heirs, out TrieStore settled)
    {
        if (heirs.Length is < 1 or > AtomicLimits.MaxHeirs) throw new ArgumentException($"Expected 1 to {AtomicLimits.MaxHeirs} heirs, got {heirs.Length}.", nameof(heirs));
        _provisions.EndAll();
        _decisions.EndAll();
        _locks.EndAll();
        var entries = new List<StateWrite>();
        _provisions.AddSettled(entries);
        _decisions.AddSettled(entries);
        settled = new TrieStore();
        settled.Stage(entries.ToArray());
        settled.Commit();
        if (heirs.IndexOf(_context.Self.Id) >= 0) _decisions.FrozenEpoch = _context.Epoch;
        return new ShardEnding(_context.Self.Id, _context.Epoch, Math.Max(0, _context.TimeMs - _context.Options.RetentionMs), settled.Root, heirs.ToArray());
    }

    /// <summary>An heir's state: what its parents certified and did not see the end of, for the cells that it holds.</summary>
    /// <param name="heir">The heir.</param>
    /// <param name="cells">Its cells, which hold the parents'.</param>
    /// <param name="directory">What shards hold or held.</param>
    /// <param name="parents">The ended states: one for a split, two for a merge.</param>
    public static AtomicShard Inherit(in ShardRange heir, ICellStore cells, IShardDirectory directory, params ReadOnlySpan<AtomicShard> parents)
    {
        var shard = new AtomicShard(heir, parents[0]._context.Options, cells, directory);
        foreach (AtomicShard parent in parents)
        {
            shard._context.TimeMs = Math.Max(shard._context.TimeMs, parent._context.TimeMs);
            shard._context.Epoch = Math.Max(shard._context.Epoch, parent._context.Epoch);
            shard._provisions.Inherit(parent._provisions);
            shard._locks.Inherit(parent._locks);
            foreach (ShardEnding ending in parent._context.Endings.Values) shard.Accept(ending);
        }
        shard._provisions.SettleInherited();
        return shard;
    }

    // An ended shard's word is about transactions that it can have ordered; their deadlines are over, and none is open.
    private void ForgetEndings()
    {
        if (_context.Endings.Count == 0) return;
        List<ShardId>? old = null;
        foreach ((ShardId shard, ShardEnding ending) in _context.Endings)
        {
            bool isGone = ending.Heirs.IndexOf(shard) < 0;
            if (isGone && _context.TimeMs - ending.CompleteFromMs > 2 * _context.Options.RetentionMs + _context.Options.MaxValidityMs
                && !_provisions.Needs(shard) && !_locks.Needs(shard)) (old ??= []).Add(shard);
        }
        foreach (ShardId shard in old ?? []) _context.Endings.Remove(shard);
    }

    /// <summary>Writes the state; between blocks.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Wire.WireLimits.Version);
        writer.WriteUInt64(_context.Height);
        writer.WriteUInt64((ulong)_context.TimeMs);
        writer.WriteUInt64(_context.Epoch);
        writer.WriteVarint((ulong)_context.Endings.Count);
        if (_context.Endings.Count > 0)
            foreach (ShardEnding ending in _context.Endings.Values) ending.Write(output);
        _provisions.Write(writer);
        _decisions.Write(writer);
        _locks.Write(writer);
    }

    /// <summary>Puts a state back that <see cref="Write"/> wrote, into a shard that has begun no block. Never throws, whatever the bytes.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <returns>False if the bytes are not such a state; this shard is then of no use.</returns>
    public bool TryRestore(ReadOnlySpan<byte> source)
    {
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version) || version != Wire.WireLimits.Version || !reader.TryReadUInt64(out ulong height)
            || !reader.TryReadUInt64(out ulong time) || time > long.MaxValue || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadCount(1 << 16, out int endings)) return false;
        (_context.Height, _context.TimeMs, _context.Epoch) = (height, (long)time, epoch);
        for (int i = 0; i < endings; i++)
        {
            if (ShardEnding.Read(ref reader, out ShardEnding? ending) != Wire.ReadResult.Ok || !_context.Endings.TryAdd(ending!.Shard, ending)) return false;
        }
        return _provisions.TryRead(ref reader) && _decisions.TryRead(ref reader) && _locks.TryRead(ref reader) && reader.IsAtEnd;
    }
}
