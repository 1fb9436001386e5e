using System.Diagnostics;
using System.Security.Cryptography;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Sharding;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Devnet.Stages;

/// <summary>The shards and their beacon: takes transactions in, runs rounds, keeps the figures.</summary>
internal sealed class ShardStage : IDisposable
{
    private const ulong CheckedRounds = 64;

    private readonly RunStatistics _statistics;
    private readonly RunView _view;
    private readonly FileLogStorage _file;
    private readonly List<Ed25519Signer> _validators = [];
    private readonly Dictionary<ulong, long> _roundStarts = [];
    private readonly InProcessEngine<TransferTransition> _engine;
    private readonly BeaconSettlement? _settlement;
    private readonly long? _reshardLines;
    private int _openSwaps;

    /// <summary>Starts the chains, or resumes them from the folder's log; a settlement layer on the beacon is told of every block.</summary>
    /// <exception cref="RunUnusableException">The log is another network's, damaged beyond its torn end, or cannot be opened.</exception>
    public ShardStage(DevnetOptions options, RunFolder folder, IReadOnlyList<GenesisAccount> accounts, long lines, BeaconSettlement? settlement, RunStatistics statistics, RunView view, CancellationToken cancellationToken)
    {
        _statistics = statistics;
        _settlement = settlement;
        _view = view;
        if (options.Reshard) _reshardLines = lines;
        settlement?.ConnectTo(SubmitSettlementRecord);
        for (int i = 0; i < options.Validators; i++) _validators.Add(new Ed25519Signer(DevnetSeeds.Bytes(options.Seed, "validators", (ulong)i)));
        foreach (GenesisAccount account in accounts) GenesisSupply += account.Balance;
        try
        {
            _file = new FileLogStorage(folder.Log);
            _engine = InProcessEngine<TransferTransition>.Open(
                default,
                new InProcessOptions
                {
                    Rules = TransferEngine.Rules(DevnetChain.ShardChainId, options.Shards),
                    Cells = TransferEngine.Cells(accounts),
                    GenesisTimeMs = DevnetChain.GenesisTimeMs,
                    Validators = [.. _validators.Select(signer => new EngineValidator(signer, StakeOf(options)))],
                    ShardCount = options.Shards,
                    // A handful of seats on one machine keeps no budget.
                    UnsafeDevelopment = new CommitteeParameters(options.Seats),
                    MaxQueued = Math.Max(256, 2 * options.LinesPerRound),
                    RoundsPerEpoch = options.Reshard ? ReshardPlan.RoundsPerEpoch : 64,
                    Randomness = new SeededRandomness(DevnetSeeds.Bytes(options.Seed, "committees")),
                    Log = folder.Crashes is { } crashes ? crashes.Wrap(_file) : _file,
                    MaxDegreeOfParallelism = options.Parallelism,
                    Replayed = Replay,
                },
                cancellationToken);
        }
        catch (Exception e)
        {
            _file?.Dispose();
            if (e is InvalidDataException or UnauthorizedAccessException || (e is IOException && e is not InjectedCrashException))
                throw new RunUnusableException($"Cannot use the log '{folder.Log}': {e.Message}");
            throw;
        }
        RefreshRoots();
    }

    public ulong Height => _engine.Height;

    public ReadOnlyMemory<byte> LastMark => _engine.HostMark;

    public ulong GenesisSupply { get; }

    /// <summary>Chain time of the last round.</summary>
    public long TimeMs => _engine.TimeMs;

    public UInt128 InFlight => _engine.ValueInFlight();

    public UInt128 TotalSupply => _engine.TotalSupply();

    /// <summary>Transactions that were accepted and are in no block yet, and swaps that are not done.</summary>
    public int Unfinished => _engine.QueuedTransactions() + _engine.QueuedAtomic() + _openSwaps;

    /// <summary>False while a split or a merge that was asked for on the command line is still to come.</summary>
    public bool IsReshaped => _reshardLines is null || ReshardPlan.IsDone(_engine.Layout);

    public long Included => _statistics.L1Applied + _statistics.L1Failed;

    public ulong BalanceOf(Address address) => _engine.GetAccount(address).Balance;

    /// <summary>Hands transfers in; one result each. Signatures are checked in batches over all cores.</summary>
    public void Submit(IReadOnlyList<ReadOnlyMemory<byte>> transfers, Span<AdmissionResult> results)
    {
        long start = Stopwatch.GetTimestamp();
        _engine.SubmitMany(transfers, results);
        _statistics.ShardSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Hands a swap in.</summary>
    public AdmissionResult SubmitSwap(ReadOnlySpan<byte> swap) => _engine.SubmitAtomic(swap);

    /// <summary>What became of a swap.</summary>
    public AtomicOutcome OutcomeOf(ReadOnlySpan<byte> swap) => _engine.OutcomeOf(swap);

    /// <summary>Runs one round and acknowledges it: from here on no crash takes it back.</summary>
    /// <exception cref="RunBrokenException">Value was made or lost.</exception>
    public void RunRound(RunMark mark)
    {
        long start = Stopwatch.GetTimestamp();
        ulong height = _engine.Height + 1;
        _roundStarts[height] = start;
        if (_reshardLines is { } lines && ReshardPlan.Next(_engine.Layout, _engine.Height, mark.Lines, lines, shard => Of(shard).Gas) is { } change) _engine.Reshard(change);
        EngineRound round = _engine.RunRound(DevnetChain.GenesisTimeMs + (long)height * DevnetChain.BlockTimeMs, mark.Encode());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int applied = round.Shards.Sum(shard => shard.Applied), failed = round.Shards.Sum(shard => shard.Failed);
        if (applied + failed + round.Shards.Sum(shard => shard.ReceiptsIn) > 0) _statistics.ShardSeconds += seconds;
        else (_statistics.OtherRounds, _statistics.OtherSeconds) = (_statistics.OtherRounds + 1, _statistics.OtherSeconds + seconds);
        _statistics.ProcessedHere += applied + failed;
        Count(round, isReplay: false);
        if (round.RefusedChanges.Count > 0) throw new RunBrokenException($"round {height}: the shards refused {round.RefusedChanges[0]}");
        // Counting every account again is dear in a large state.
        if (height <= CheckedRounds || height % CheckedRounds == 0) CheckSupply();
        RefreshRoots();
        _view.Note(FormattableString.Invariant(
            $"round {height}: lines to {mark.Lines}, applied {applied}, failed {failed}, in flight {InFlight}, state {CombinedRoot()[..16]} acknowledged"));
        DeliverRecords(round);
    }

    /// <summary>What is in accounts and in flight is what was there at genesis.</summary>
    /// <exception cref="RunBrokenException">Value was made or lost.</exception>
    public void CheckSupply()
    {
        // A swap that is under way may have moved value on one shard and not yet on the other.
        if (_openSwaps > 0) return;
        if (TotalSupply + InFlight != GenesisSupply)
            throw new RunBrokenException($"round {Height}: expected {GenesisSupply} base units in all, got {TotalSupply} in accounts and {InFlight} in flight");
    }

    /// <summary>SHA-256 over the shards' state roots in the layout's order, hexadecimal.</summary>
    public string CombinedRoot()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ShardInfo shard in _engine.Layout.Shards) hash.AppendData(_engine.Header(shard.Id).StateRoot.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _file.Dispose();
        foreach (Ed25519Signer signer in _validators) signer.Dispose();
    }

    private static ulong StakeOf(DevnetOptions options) => Math.Max(32, (ulong)options.MostShards * (ulong)options.Seats);

    private void SubmitSettlementRecord(ReadOnlyMemory<byte> record)
    {
        RecordResult result = _engine.SubmitRecord(DevnetChain.SettlementApplication, record.Span);
        if (result != RecordResult.Accepted) throw new RunBrokenException($"the beacon refused a settlement record of {record.Length} bytes: {result}");
    }

    private void Replay(EngineRound round)
    {
        Count(round, isReplay: true);
        DeliverRecords(round);
    }

    private void DeliverRecords(EngineRound round) =>
        _settlement?.OnBlock(round.Height, round.Records.Where(record => record.ApplicationId == DevnetChain.SettlementApplication).Select(record => record.Data));

    private void Count(EngineRound round, bool isReplay)
    {
        long now = Stopwatch.GetTimestamp();
        _statistics.Rounds++;
        if (isReplay) _statistics.ResumedRounds++;
        _openSwaps = 0;
        for (int i = 0; i < round.Shards.Count; i++)
        {
            ShardRound block = round.Shards[i];
            ShardStatistics shard = Of(block.Shard);
            shard.Blocks = (long)block.Height;
            shard.Gas += block.GasUsed;
            shard.Applied += block.Applied;
            shard.Failed += block.Failed;
            shard.ReceiptsOut += block.ReceiptsOut;
            shard.ReceiptsIn += block.ReceiptsIn;
            _openSwaps += block.AtomicOpen;
            if (isReplay) continue;
            foreach (BundleDelivery delivery in block.Deliveries)
            {
                if (_roundStarts.TryGetValue(round.Height - (ulong)delivery.Rounds, out long sent))
                    _statistics.CrossShardLatency.Record(Stopwatch.GetElapsedTime(sent, now).TotalMicroseconds, delivery.Receipts);
            }
        }
        if (round.Change is { } change)
        {
            foreach (ShardRound block in round.Shards)
            {
                if (block.Shard != change.Action.Shard && block.Shard != change.Action.Sibling) continue;
                (Of(block.Shard).HasEnded, Of(block.Shard).StateRoot) = (true, block.StateRoot.ToString());
            }
            _statistics.Changes.Add(new ReshardNote(round.Height, change.Action.ToString()));
            if (!isReplay) _view.Note(FormattableString.Invariant($"round {round.Height} ended with: {change.Action}"));
        }
        // A receipt is applied in the next round or soon after; older starts are of no more use.
        if (round.Height > 64) _roundStarts.Remove(round.Height - 64);
    }

    private void RefreshRoots()
    {
        foreach (ShardInfo shard in _engine.Layout.Shards) Of(shard.Id).StateRoot = _engine.Header(shard.Id).StateRoot.ToString();
    }

    private ShardStatistics Of(ShardId shard)
    {
        if (!_statistics.Shards.TryGetValue(shard, out ShardStatistics? found)) _statistics.Shards.Add(shard, found = new ShardStatistics { Name = shard.ToString() });
        return found;
    }
}
