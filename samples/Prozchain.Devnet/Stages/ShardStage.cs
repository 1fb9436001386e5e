using System.Diagnostics;
using System.Security.Cryptography;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Sharding;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Devnet.Stages;

/// <summary>The shards and their beacon: takes transfers in, runs rounds, keeps the figures.</summary>
internal sealed class ShardStage : IDisposable
{
    private const ulong CheckedRounds = 64;

    private readonly RunStatistics _statistics;
    private readonly RunView _view;
    private readonly FileLogStorage _log;
    private readonly List<P256Signer> _validators = [];
    private readonly Dictionary<ulong, long> _roundStarts = [];
    private readonly InProcessEngine _engine;

    /// <summary>Starts the chains, or resumes them from the folder's log.</summary>
    /// <exception cref="RunUnusableException">The log is another network's, damaged beyond its torn end, or cannot be opened.</exception>
    public ShardStage(DevnetOptions options, RunFolder folder, IReadOnlyList<GenesisAccount> accounts, RunStatistics statistics, RunView view, CancellationToken cancellationToken)
    {
        _statistics = statistics;
        _view = view;
        Settlement = new BeaconSettlementLog(SubmitSettlementCall);
        for (int i = 0; i < options.Validators; i++) _validators.Add(new P256Signer(DevnetSeeds.Bytes(options.Seed, "validators", (ulong)i)));
        try
        {
            _log = new FileLogStorage(folder.Log);
            _engine = InProcessEngine.Open(
                new EngineOptions
                {
                    ChainId = DevnetChain.ShardChainId,
                    Accounts = accounts,
                    Validators = [.. _validators.Select(signer => new EngineValidator(signer, StakeOf(options)))],
                    ShardCount = options.Shards,
                    SeatsPerCommittee = options.Seats,
                    Limits = new BlockLimits { MaxTransfers = BlockTransfers(options), MaxReceipts = 2 * BlockTransfers(options), MaxWaitingReceipts = 4 * BlockTransfers(options) },
                    Randomness = new SeededRandomness(DevnetSeeds.Bytes(options.Seed, "committees")),
                    Log = _log,
                    MaxDegreeOfParallelism = options.Parallelism,
                    Replayed = Replay,
                },
                cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new RunUnusableException($"Cannot use the log '{folder.Log}': {e.Message}");
        }
        for (int i = 0; i < options.Shards; i++) _statistics.Shards[i].Name = _engine.Layout.Shards[i].Id.ToString();
        RefreshRoots();
    }

    public BeaconSettlementLog Settlement { get; }

    public ulong Height => _engine.Height;

    public ReadOnlyMemory<byte> LastMark => _engine.HostMark;

    public ulong GenesisSupply => _engine.GenesisSupply;

    public UInt128 InFlight => _engine.ValueInFlight();

    public UInt128 TotalSupply => _engine.TotalSupply();

    /// <summary>Transfers that were accepted and are in no block yet.</summary>
    public int Pooled => _engine.PooledTransfers();

    public long Included => _statistics.L1Applied + _statistics.L1Failed;

    public ulong BalanceOf(Address address) => _engine.GetAccount(address).Balance;

    /// <summary>Hands transfers in; one result each. Signatures are checked in parallel.</summary>
    public void Submit(IReadOnlyList<Transfer> transfers, Span<SubmitResult> results)
    {
        long start = Stopwatch.GetTimestamp();
        _engine.SubmitMany(transfers, results);
        _statistics.ShardSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Runs one round and acknowledges it: from here on no crash takes it back.</summary>
    /// <exception cref="RunBrokenException">Value was made or lost.</exception>
    public void RunRound(RunMark mark)
    {
        long start = Stopwatch.GetTimestamp();
        ulong height = _engine.Height + 1;
        _roundStarts[height] = start;
        RoundResult round = _engine.RunRound(DevnetChain.GenesisTimeMs + (long)height * DevnetChain.BlockTimeMs, mark.Encode());
        _statistics.ShardSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        // Counting every account again is dear in a large state.
        if (height <= CheckedRounds || height % CheckedRounds == 0) CheckSupply();
        int applied = round.Shards.Sum(shard => shard.Applied), failed = round.Shards.Sum(shard => shard.Failed);
        _statistics.ProcessedHere += applied + failed;
        Count(round, isReplay: false);
        RefreshRoots();
        _view.Note(FormattableString.Invariant(
            $"round {height}: lines to {mark.Lines}, applied {applied}, failed {failed}, in flight {InFlight}, state {CombinedRoot()[..16]} acknowledged"));
        DeliverRecords(round);
    }

    /// <summary>What is in accounts and in flight is what was there at genesis.</summary>
    /// <exception cref="RunBrokenException">Value was made or lost.</exception>
    public void CheckSupply()
    {
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
        _log.Dispose();
        foreach (P256Signer signer in _validators) signer.Dispose();
    }

    // A block must have room for a whole chunk of lines, whichever shard they are for, and no queue may refuse one of them:
    // a chunk is one round.
    private static int BlockTransfers(DevnetOptions options) => Math.Clamp(options.LinesPerRound, 256, 65_536);

    private static ulong StakeOf(DevnetOptions options) => Math.Max(32, (ulong)options.Shards * (ulong)options.Seats);

    private void SubmitSettlementCall(ReadOnlyMemory<byte> call)
    {
        RecordResult result = _engine.SubmitRecord(DevnetChain.SettlementApplication, call.Span);
        if (result != RecordResult.Accepted) throw new RunBrokenException($"the beacon refused a settlement call of {call.Length} bytes: {result}");
    }

    private void Replay(RoundResult round)
    {
        Count(round, isReplay: true);
        DeliverRecords(round);
    }

    private void DeliverRecords(RoundResult round) =>
        Settlement.OnBlock((long)round.Height, round.Records.Where(record => record.ApplicationId == DevnetChain.SettlementApplication).Select(record => record.Data));

    private void Count(RoundResult round, bool isReplay)
    {
        long now = Stopwatch.GetTimestamp();
        _statistics.Rounds++;
        if (isReplay) _statistics.ResumedRounds++;
        for (int i = 0; i < round.Shards.Count; i++)
        {
            ShardBlockSummary block = round.Shards[i];
            ShardStatistics shard = _statistics.Shards[i];
            shard.Blocks++;
            shard.Applied += block.Applied;
            shard.Failed += block.Failed;
            shard.ReceiptsOut += block.ReceiptsOut;
            foreach (ReceiptDelivery delivery in block.Deliveries)
            {
                shard.ReceiptsIn += delivery.Receipts;
                if (!isReplay && _roundStarts.TryGetValue(delivery.SourceHeight, out long sent))
                    _statistics.CrossShardLatency.Record(Stopwatch.GetElapsedTime(sent, now).TotalMicroseconds, delivery.Receipts);
            }
        }
        // A receipt is applied in the next round or soon after; older starts are of no more use.
        if (round.Height > 64) _roundStarts.Remove(round.Height - 64);
    }

    private void RefreshRoots()
    {
        for (int i = 0; i < _statistics.Shards.Length; i++) _statistics.Shards[i].StateRoot = _engine.Header(_engine.Layout.Shards[i].Id).StateRoot.ToString();
    }
}
