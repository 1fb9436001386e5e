using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding;

/// <summary>
/// Runs a whole sharded network in one process: all shards, one thread on each at a time, what they say to one another,
/// and one log. A host hands transactions in and calls <see cref="RunRound"/>; what a round returned for survives any
/// crash. One caller at a time.
/// </summary>
/// <remarks>
/// <para>
/// The same transactions, times and options give the same roots and headers on every run and at every degree of
/// parallelism. Queues live in memory only: what no round has taken is gone after a crash, and handed in again by the host.
/// </para>
/// <para>
/// Shards execute as replicas do (<see cref="Replication.ShardMachine{TTransition}"/>): what one says reaches another in its
/// next micro-block, with a proof that is verified there. With validators the engine has a beacon: each shard's committee
/// certifies its sealing headers, all before them included, and the beacon anchors these and orders application records.
/// </para>
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
public sealed partial class InProcessEngine<TTransition> : IDisposable where TTransition : IShardTransition
{
    private readonly InProcessOptions _options;
    private readonly TTransition _transition;
    private readonly ISignatureVerifier _verifier;
    private readonly AdmissionDesk<TTransition> _desk;
    private readonly WorkerTeam _team;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly AdmissionResult[] _oneResult = new AdmissionResult[1];
    private readonly ReadOnlyMemory<byte>[] _one = new ReadOnlyMemory<byte>[1];
    private HostedShard<TTransition>[] _shards = [];
    private Dictionary<ShardId, int> _indexes = [];
    private EngineJournal? _journal;
    private BeaconDesk? _beacon;
    private bool _failed;

    private InProcessEngine(TTransition transition, InProcessOptions options)
    {
        (_transition, _options) = (transition, options);
        _verifier = options.Verifier ?? new Ed25519Verifier();
        Layout = ShardLayout.Create(options.ShardCount);
        TimeMs = options.GenesisTimeMs;
        _desk = new AdmissionDesk<TTransition>(transition, _verifier, options.MaxDegreeOfParallelism);
        _team = new WorkerTeam(options.MaxDegreeOfParallelism, Work);
    }

    /// <summary>The shards.</summary>
    public ShardLayout Layout { get; private set; }

    /// <summary>Names the network: a digest of all options that decide what it computes.</summary>
    public Digest GenesisDigest { get; private set; }

    /// <summary>Number of rounds acknowledged, those of earlier runs on the same log included.</summary>
    public ulong Height { get; private set; }

    /// <summary>Time of the last round, Unix milliseconds; that of genesis before the first.</summary>
    public long TimeMs { get; private set; }

    /// <summary>The epoch of the last round.</summary>
    public ulong Epoch => _shards[0].Tip.Epoch;

    /// <summary>The host's bytes of the last acknowledged round; empty before the first.</summary>
    public ReadOnlyMemory<byte> HostMark { get; private set; }

    /// <summary>All that the beacon knows; null without one.</summary>
    public BeaconState? Beacon => _beacon?.State;

    /// <summary>Bytes of the log that a resume would read now.</summary>
    public long LogLength => _journal?.Length ?? 0;

    /// <summary>
    /// Starts a network on an empty log, or resumes the one in the log: from its last checkpoint, or from genesis, by
    /// executing the rounds since again and holding every sealing header against the logged one. (Signatures of the log's
    /// own transactions are not checked again.)
    /// </summary>
    /// <param name="transition">What transactions mean.</param>
    /// <param name="options">The network.</param>
    /// <param name="cancellationToken">Stops a resume between rounds.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidDataException">The log is of another network, or damaged, or its roots are not what its blocks give.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    public static InProcessEngine<TTransition> Open(TTransition transition, InProcessOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var engine = new InProcessEngine<TTransition>(transition, options);
        try
        {
            engine.Start();
            engine.OpenLog(cancellationToken);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Hands a transaction in. Accepted, it will be in a block, in its sender's order; it counts once a round has taken it.</summary>
    /// <param name="transaction">Its bytes; everything about them is checked here, and they are copied.</param>
    public AdmissionResult Submit(ReadOnlyMemory<byte> transaction)
    {
        _one[0] = transaction;
        SubmitMany(_one, _oneResult);
        _one[0] = default;
        return _oneResult[0];
    }

    /// <summary>Hands many transactions in, as one after the other, with their signatures checked in batches over all threads.</summary>
    /// <param name="transactions">Their bytes; copied.</param>
    /// <param name="results">Receives one result for each; at least as long.</param>
    public void SubmitMany(IReadOnlyList<ReadOnlyMemory<byte>> transactions, Span<AdmissionResult> results)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        if (results.Length < transactions.Count) throw new ArgumentException($"Expected room for {transactions.Count} results, got {results.Length}.", nameof(results));
        if (transactions.Count == 0) return;
        _desk.Admit(_shards, Layout, TimeMs, transactions, results);
        TellSubmitted(transactions, results);
    }

    /// <summary>Hands in bytes for the beacon to put in order.</summary>
    /// <param name="applicationId">The application that they are for.</param>
    /// <param name="data">At most 1 MiB; copied.</param>
    /// <exception cref="InvalidOperationException">The engine has no beacon.</exception>
    public RecordResult SubmitRecord(uint applicationId, ReadOnlySpan<byte> data) =>
        _beacon is { } beacon ? beacon.Records.Add(applicationId, data) : throw new InvalidOperationException("Expected an engine with validators, got one without a beacon.");

    /// <summary>
    /// One round: each shard makes its micro-blocks, what it says reaches the others in their next ones, each seals its
    /// state, and the whole round goes into the log and is flushed.
    /// </summary>
    /// <param name="nowMs">The time, Unix milliseconds, not before the last round's: that of the last micro-block.</param>
    /// <param name="hostMark">Bytes of the host's own, at most 1 MiB, kept with the round: what it needs to know to go on after a crash.</param>
    /// <exception cref="IOException">The log failed. Whether the round survives is open; the engine takes no more rounds.</exception>
    /// <exception cref="InsufficientMemoryException">A shard's state is full and receipts wait for it; the engine takes no more rounds.</exception>
    /// <exception cref="InvalidOperationException">An earlier round failed; open the engine anew.</exception>
    public EngineRound RunRound(long nowMs, ReadOnlyMemory<byte> hostMark = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nowMs, TimeMs);
        if (hostMark.Length > RoundFrame.MaxHostMark) throw new ArgumentException($"Expected a mark of at most {RoundFrame.MaxHostMark} bytes, got {hostMark.Length}.", nameof(hostMark));
        if (_failed) throw new InvalidOperationException("Expected an engine whose rounds succeeded, got one with a failed round; open it anew.");
        _failed = true;
        Execute(nowMs, null);
        byte[] mark = hostMark.ToArray();
        BeaconBlock? beacon = _beacon?.Propose(nowMs, _proofs);
        WriteRound(nowMs, mark, beacon);
        _journal!.AppendRound(_buffer.WrittenSpan);
        EngineRound round = Finish(nowMs, mark, beacon, isOwn: true, _buffer.WrittenCount);
        TellWaiting();
        StepCheckpoint();
        _failed = false;
        return round;
    }

    /// <summary>The last sealing header of a shard; that of genesis before the first round.</summary>
    /// <param name="shard">A shard of the layout.</param>
    /// <exception cref="ArgumentException">No such shard.</exception>
    public MicroHeader Header(ShardId shard) => ShardAt(shard).Tip;

    /// <summary>Looks a cell up, as it is after the last round.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value, valid until the next round; empty if it is absent.</param>
    public bool TryGetCell(in Digest key, out ReadOnlySpan<byte> value) => ShardOf(key).Cells.TryGet(key, out value);

    /// <summary>What <see cref="TryGetCell"/> says, with its proof against the last sealing header of the cell's shard.</summary>
    /// <param name="key">Its key.</param>
    public CellProof ProveCell(in Digest key)
    {
        HostedShard<TTransition> shard = ShardOf(key);
        ReadOnlyMemory<byte>? found = shard.Cells.TryGet(key, out ReadOnlySpan<byte> value) ? (ReadOnlyMemory<byte>?)value.ToArray() : null;
        return new CellProof(key, found, shard.Cells.Root, shard.SealedState.ChannelsDigest, shard.SealedState.AtomicDigest, shard.Cells.Prove(key));
    }

    /// <summary>What a light client holds against the last sealing header of the address's shard, or against its anchor.</summary>
    /// <param name="address">Any address; its cell is an account or absent.</param>
    public AccountProof ProveAccount(Address address)
    {
        HostedShard<TTransition> shard = ShardOf(address.Digest);
        return AccountProof.Of(shard.Cells, shard.SealedState, address);
    }

    /// <summary>Transactions that wait in the queues of all shards, atomic ones not counted.</summary>
    public int QueuedTransactions() => _shards.Sum(shard => shard.Queue.Count);

    /// <summary>Value that has left a shard in receipts which no block holds yet (<see cref="ReceiptSink.TrySend(in Digest, ReadOnlySpan{byte}, ulong)"/>); those that wait for a claimed cell are not in it.</summary>
    public UInt128 ValueOnTheWay()
    {
        UInt128 total = 0;
        foreach (HostedShard<TTransition> shard in _shards)
            foreach (ReceiptLine.Waiting item in shard.Line.Items)
                if (item.Receipt.Bundle is { } bundle) total += bundle.Channel.Destination == shard.Info.Id ? bundle.Value : ValueFor(shard.Info, bundle);
        return total;
    }

    /// <summary>Visits all cells, shard by shard in the order of keys.</summary>
    /// <param name="visitor">Gets key and value; must not call the engine.</param>
    public void VisitCells(CellVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        foreach (HostedShard<TTransition> shard in _shards) CellPages.Visit(shard.Cells, visitor);
    }

    /// <summary>Visits the receipts that are credited as soon as an atomic transaction lets go of their cell.</summary>
    /// <param name="visitor">Gets the cell and the receipt's payload; must not call the engine.</param>
    public void VisitDeferredReceipts(CellVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        foreach (HostedShard<TTransition> shard in _shards) shard.Machine.VisitDeferred(shard.State, visitor);
    }

    /// <summary>Ends the engine's threads and frees the states. The log's storage is the caller's.</summary>
    public void Dispose()
    {
        _desk.Dispose();
        _team.Dispose();
        foreach (HostedShard<TTransition> shard in _shards) shard.Dispose();
        _shards = [];
    }

    // An heir credits its own part of what was for its parent.
    private UInt128 ValueFor(ShardInfo heir, ChannelBundle bundle)
    {
        UInt128 value = 0;
        for (var receipts = new ReceiptList(bundle.Messages.Span); receipts.MoveNext();)
            if (heir.Contains(receipts.Cell)) value += _transition.ValueOf(receipts.Payload);
        return value;
    }

    private HostedShard<TTransition> ShardOf(in Digest key) => _shards[Layout.IndexOf(key)];

    private HostedShard<TTransition> ShardAt(ShardId shard) =>
        _indexes.TryGetValue(shard, out int index) ? _shards[index] : throw new ArgumentException($"Expected a live shard, got {shard}.", nameof(shard));
}
