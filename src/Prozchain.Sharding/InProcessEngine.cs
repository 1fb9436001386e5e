using System.Buffers;
using System.Diagnostics;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Sync;

namespace Prozchain.Sharding;

/// <summary>
/// Runs a whole sharded network in one process: the beacon, all shards, their committees' votes, and one log. A host
/// hands transfers in and calls <see cref="RunRound"/>; what a round returned for survives any crash. One caller at a
/// time.
/// </summary>
/// <remarks>
/// The same transfers, records, times and options give the same roots and hashes on every run and at every degree of
/// parallelism. Pools and queues live in memory only: what no round has taken is gone after a crash, and handed in
/// again by the host. Memory holds the states, pools and receipts in flight; blocks are in the log alone.
/// </remarks>
public sealed class InProcessEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly P256Verifier? _ownVerifier;
    private readonly ISignatureVerifier _verifier;
    private readonly ShardSet _shards;
    private readonly BeaconChain _beacon;
    private readonly VoteDesk _votes;
    private readonly RecordQueue _records = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly int _blockBytes;
    private AppendLog? _log;
    private bool _failed;

    private InProcessEngine(EngineOptions options)
    {
        _options = options;
        if (options.Verifier is null) _ownVerifier = new P256Verifier();
        _verifier = options.Verifier ?? _ownVerifier!;
        Layout = ShardLayout.Create(options.ShardCount);
        ShardChain[] chains = EngineGenesis.MakeShards(options, Layout, _verifier, out ulong supply);
        GenesisSupply = supply;
        _beacon = EngineGenesis.MakeBeacon(options, Layout, chains, _verifier);
        _shards = new ShardSet(chains, Layout, options.MaxDegreeOfParallelism);
        _votes = new VoteDesk(options.Validators);
        _blockBytes = EngineGenesis.BlockBytes(options);
        GenesisDigest = EngineGenesis.DigestOf(options, chains, _beacon);
    }

    /// <summary>The shards.</summary>
    public ShardLayout Layout { get; }

    /// <summary>Names the network: a digest of all options that decide what it computes.</summary>
    public Digest GenesisDigest { get; }

    /// <summary>Sum of the balances at genesis: what <see cref="TotalSupply"/> + <see cref="ValueInFlight"/> always is.</summary>
    public ulong GenesisSupply { get; }

    /// <summary>Number of rounds acknowledged, those of earlier runs on the same log included.</summary>
    public ulong Height => _beacon.Height;

    /// <summary>Time of the last round, Unix milliseconds; 0 before the first.</summary>
    public long TimeMs => _beacon.TimeMs;

    /// <summary>The host's bytes of the last acknowledged round; empty before the first.</summary>
    public ReadOnlyMemory<byte> HostMark { get; private set; }

    /// <summary>Length of the log in bytes.</summary>
    public long LogLength => _log?.Length ?? 0;

    /// <summary>
    /// Starts a network on an empty log, or resumes the one in the log by executing all its rounds again and holding
    /// every root against the logged one. (Signatures of the log's own blocks are not checked again.)
    /// </summary>
    /// <param name="options">The network.</param>
    /// <param name="cancellationToken">Stops a resume between rounds.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    /// <exception cref="InvalidDataException">The log is of another network, or damaged, or its roots are not what its blocks give.</exception>
    /// <exception cref="IOException">The storage failed.</exception>
    public static InProcessEngine Open(EngineOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDegreeOfParallelism, 1);
        var engine = new InProcessEngine(options);
        try
        {
            engine.OpenLog(cancellationToken);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Hands a transfer in. Accepted, it will be in a block, in the sender's order; it counts once a round has taken it.</summary>
    /// <param name="transfer">The transfer; everything about it is checked here.</param>
    public SubmitResult Submit(Transfer transfer)
    {
        ArgumentNullException.ThrowIfNull(transfer);
        SubmitResult result = Check(transfer, out ShardChain chain);
        return result == SubmitResult.Accepted ? chain.Submit(transfer) : result;
    }

    /// <summary>Hands many transfers in, as one after the other, with their signatures checked in parallel.</summary>
    /// <param name="transfers">The transfers.</param>
    /// <param name="results">Receives one result for each; at least as long.</param>
    public void SubmitMany(IReadOnlyList<Transfer> transfers, Span<SubmitResult> results)
    {
        ArgumentNullException.ThrowIfNull(transfers);
        if (results.Length < transfers.Count) throw new ArgumentException($"Expected room for {transfers.Count} results, got {results.Length}.", nameof(results));
        var batch = new SignedMessage[transfers.Count];
        var valid = new bool[transfers.Count];
        for (int i = 0; i < batch.Length; i++)
            batch[i] = (transfers[i] ?? throw new ArgumentException($"Expected transfers, got null at {i}.", nameof(transfers))).ToSignedMessage();
        _verifier.VerifyMany(batch, valid, _options.MaxDegreeOfParallelism);
        for (int i = 0; i < batch.Length; i++)
        {
            results[i] = Check(transfers[i], out ShardChain chain);
            if (results[i] == SubmitResult.Accepted) results[i] = chain.Check(transfers[i]);
            if (results[i] != SubmitResult.Accepted) continue;
            if (valid[i]) chain.AddChecked(transfers[i]); else results[i] = SubmitResult.BadSignature;
        }
    }

    /// <summary>Hands in bytes for the beacon to put in order.</summary>
    /// <param name="applicationId">The application that they are for.</param>
    /// <param name="data">At most 1 MiB; copied.</param>
    public RecordResult SubmitRecord(uint applicationId, ReadOnlySpan<byte> data) => _records.Add(applicationId, data);

    /// <summary>
    /// One round: each shard makes a block, its committee certifies it, the beacon anchors all headers and orders the
    /// records, and the whole round goes into the log and is flushed. Bundles sent in a round are there for their
    /// destination's next one.
    /// </summary>
    /// <param name="nowMs">The time, Unix milliseconds, not before the last round's.</param>
    /// <param name="hostMark">Bytes of the host's own, at most 1 MiB, kept with the round: what it needs to know to go on after a crash.</param>
    /// <param name="cancellationToken">Cancels the round as long as nothing is written; then nothing has happened.</param>
    /// <exception cref="IOException">The log failed. Whether the round survives is open; the engine takes no more rounds.</exception>
    /// <exception cref="InvalidOperationException">An earlier round failed; open the engine anew.</exception>
    public RoundResult RunRound(long nowMs, ReadOnlyMemory<byte> hostMark = default, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nowMs, TimeMs);
        if (hostMark.Length > RoundRecord.MaxHostMark) throw new ArgumentException($"Expected a mark of at most {RoundRecord.MaxHostMark} bytes, got {hostMark.Length}.", nameof(hostMark));
        if (_failed) throw new InvalidOperationException("Expected an engine whose rounds succeeded, got one with a failed round; open it anew.");

        ShardBlock[] blocks = _shards.Propose(nowMs, _beacon.Epoch, _blockBytes, cancellationToken);
        var anchors = new Anchor[blocks.Length];
        _shards.ForEach(i => anchors[i] = new Anchor(blocks[i].Header, _votes.Certify(_beacon.Committees.Of(blocks[i].Header.Shard), blocks[i].Header)), cancellationToken);
        List<ApplicationRecord> records = _records.Next();
        BeaconBlock beacon = _beacon.Propose(nowMs, new BeaconBody { Anchors = anchors, Records = records });
        BeaconVerdict verdict = _beacon.Verify(beacon);
        if (!verdict.IsValid) throw new UnreachableException($"Expected a valid beacon block, got {verdict}.");
        cancellationToken.ThrowIfCancellationRequested();

        var record = new RoundRecord { Blocks = blocks, HostMark = hostMark.ToArray(), Beacon = beacon };
        _buffer.ResetWrittenCount();
        record.Write(_buffer);
        _failed = true;
        _log!.Append(_buffer.WrittenSpan);
        _log.Flush();
        RoundResult result = Take(record, _buffer.WrittenCount, CancellationToken.None);
        _records.Remove(records.Count);
        _failed = false;
        return result;
    }

    /// <summary>What the state holds under an address; the default account for one that never sent or received.</summary>
    /// <param name="address">Any address.</param>
    public Account GetAccount(Address address) => ChainOf(address).GetAccount(address);

    /// <summary>What <see cref="GetAccount"/> says, with its proof against the last header of the address's shard.</summary>
    /// <param name="address">Any address.</param>
    public AccountProof ProveAccount(Address address)
    {
        int index = Layout.IndexOf(address.Digest);
        ShardChain chain = _shards.Chains[index];
        return new AccountProof(chain.Tip, Layout.Shards[index].Depth, address, chain.GetAccount(address), chain.ProveAccount(address));
    }

    /// <summary>The last header of a shard.</summary>
    /// <param name="shard">A shard of the layout.</param>
    public ShardHeader Header(ShardId shard) => _beacon.Anchored(shard);

    /// <summary>Transfers that wait in the pools of all shards.</summary>
    public int PooledTransfers() => _shards.Chains.Sum(chain => chain.PooledTransfers);

    /// <summary>Sum of all balances, counted anew from the states.</summary>
    public UInt128 TotalSupply()
    {
        UInt128 total = 0;
        foreach (ShardChain chain in _shards.Chains) chain.Accounts.Visit((_, value) => total += Account.Read(value.Span).Balance);
        return total;
    }

    /// <summary>Sum of all receipts that were sent and not applied yet.</summary>
    public UInt128 ValueInFlight()
    {
        UInt128 total = 0;
        foreach (ShardChain chain in _shards.Chains) total += chain.ValueInFlight;
        return total;
    }

    /// <summary>Releases the verifier of the engine's own. The log's storage is the caller's.</summary>
    public void Dispose() => _ownVerifier?.Dispose();

    private ShardChain ChainOf(in Address address) => _shards.Chains[Layout.IndexOf(address.Digest)];

    // Admission is where the queues between shards are bounded: a crowded shard is not sent more.
    private SubmitResult Check(Transfer transfer, out ShardChain chain)
    {
        int source = Layout.IndexOf(transfer.Sender.Digest), destination = Layout.IndexOf(transfer.Recipient.Digest);
        chain = _shards.Chains[source];
        bool congested = source != destination && _shards.ReceiptsInFlightTo(destination) >= _options.Limits.MaxWaitingReceipts;
        return congested ? SubmitResult.DestinationCongested : SubmitResult.Accepted;
    }

    private RoundResult Take(RoundRecord record, int logBytes, CancellationToken cancellationToken)
    {
        ulong epoch = _beacon.Epoch;
        var summaries = new ShardBlockSummary[record.Blocks.Count];
        for (int i = 0; i < summaries.Length; i++) summaries[i] = _shards.Summarise(i, record.Blocks[i]);
        if (_shards.Apply(record.Blocks, checkSignatures: false, cancellationToken) is { } bad)
            throw new InvalidDataException($"Expected a valid block of shard {Layout.Shards[bad.Index].Id} in round {Height + 1}, got {bad.Verdict}.");
        BeaconVerdict verdict = _beacon.Apply(record.Beacon, checkSignatures: false);
        if (!verdict.IsValid) throw new InvalidDataException($"Expected a valid beacon block in round {Height + 1}, got {verdict}.");
        HostMark = record.HostMark;
        return new RoundResult
        {
            Height = _beacon.Height,
            TimeMs = _beacon.TimeMs,
            Epoch = epoch,
            BeaconHash = _beacon.Tip,
            Shards = summaries,
            Records = record.Beacon.Body.Records,
            HostMark = record.HostMark,
            LogBytes = logBytes,
        };
    }

    private void OpenLog(CancellationToken cancellationToken)
    {
        long records = 0;
        _log = AppendLog.Open(_options.Log, payload =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (records++ == 0) CheckGenesis(payload.Span); else Replay(payload.Span, cancellationToken);
        });
        if (_log.Count > 0) return;
        RoundRecord.WriteGenesis(_buffer, GenesisDigest);
        _log.Append(_buffer.WrittenSpan);
        _log.Flush();
    }

    private void CheckGenesis(ReadOnlySpan<byte> payload)
    {
        Wire.ReadResult result = RoundRecord.TryReadGenesis(payload, out Digest genesis);
        if (result != Wire.ReadResult.Ok) throw new InvalidDataException($"Expected a genesis record at the start of the log, got {result}.");
        if (genesis != GenesisDigest) throw new InvalidDataException($"Expected the log of network {GenesisDigest}, got that of {genesis}: it was started with other options.");
    }

    private void Replay(ReadOnlySpan<byte> payload, CancellationToken cancellationToken)
    {
        Wire.ReadResult result = RoundRecord.TryRead(payload, out RoundRecord? record);
        if (result != Wire.ReadResult.Ok) throw new InvalidDataException($"Expected round {Height + 1} in the log, got {result}.");
        if (record!.Blocks.Count != Layout.Shards.Count) throw new InvalidDataException($"Expected {Layout.Shards.Count} blocks in round {Height + 1}, got {record.Blocks.Count}.");
        _shards.ForEach(i => _shards.Chains[i].BeginEpoch(_beacon.Epoch), cancellationToken);
        _shards.AnchorInbound(record.Blocks);
        RoundResult round = Take(record, payload.Length, cancellationToken);
        foreach (ShardChain chain in _shards.Chains)
            if (_beacon.Anchored(chain.Shard).Hash != chain.Tip.Hash) throw new InvalidDataException($"Expected round {Height} to anchor its own block of shard {chain.Shard}, got another header.");
        _options.Replayed?.Invoke(round);
    }
}
