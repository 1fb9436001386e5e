using System.Diagnostics;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Rollups;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// The rollup: a sequencer and its proposer, and a verifier that derives the chain from the posted data alone. It settles
/// on the beacon and publishes through squares; to be let in, a call needs a round, which the stage asks for.
/// </summary>
internal sealed class RollupStage : IDisposable
{
    private const ulong Deposit = 1_000_000_000;
    private const int MaxBatchBytes = 960 * 1024;

    private readonly DevnetOptions _options;
    private readonly RunStatistics _statistics;
    private readonly RunView _view;
    private readonly BeaconSettlementLog _settlement;
    private readonly string _squares;
    private readonly CodedDataPublisher _publisher;
    private readonly AvailabilityStage _availability;
    private readonly Action _runRound;
    private readonly Rollups.Ports.P256Signer _proposerKey, _verifierKey;
    private readonly RollupNode _node, _verifierNode;
    private readonly Proposer _proposer;
    private readonly Verifier _verifier;
    private Sequencer? _sequencer;

    /// <param name="options">The run's options.</param>
    /// <param name="folder">Where the squares are.</param>
    /// <param name="accounts">Balances at genesis.</param>
    /// <param name="settlement">The settlement log.</param>
    /// <param name="statistics">Figures to fill in.</param>
    /// <param name="view">Where lines go.</param>
    /// <param name="runRound">Runs a round without workload lines.</param>
    public RollupStage(
        DevnetOptions options, RunFolder folder, IReadOnlyList<GenesisAccount> accounts, BeaconSettlementLog settlement, RunStatistics statistics, RunView view, Action runRound)
    {
        (_options, _settlement, _statistics, _view, _runRound) = (options, settlement, statistics, view, runRound);
        _squares = folder.Squares;
        _publisher = new CodedDataPublisher(_squares, options.Availability);
        _availability = new AvailabilityStage(options, view);
        _proposerKey = new Rollups.Ports.P256Signer(DevnetSeeds.Bytes(options.Seed, "proposer"));
        _verifierKey = new Rollups.Ports.P256Signer(DevnetSeeds.Bytes(options.Seed, "verifier"));
        var genesis = new RollupGenesis(
            DevnetChain.RollupChainId,
            accounts,
            [new SettlementActor(_proposerKey.PublicKey, Deposit, MayPostBatches: true), new SettlementActor(_verifierKey.PublicKey, Deposit, MayPostBatches: false)],
            // A clock lasts for every move of a dispute over the largest batch, two rounds each. A batch is proven in one
            // settlement call, and a call is one record of the beacon.
            new SettlementParameters { ChallengeWindow = 8, DisputeClock = 32, StepWindow = 4, BatchLimits = BatchLimits.Default with { MaxBytes = MaxBatchBytes } });
        _node = new RollupNode(genesis, settlement, _publisher);
        _verifierNode = new RollupNode(genesis, settlement, _publisher);
        _proposer = new Proposer(_node, _proposerKey);
        _verifier = new Verifier(_verifierNode, _verifierKey);
    }

    /// <summary>Transfers that wait for a batch.</summary>
    public int Pending => _sequencer!.PendingCount;

    public UInt128 TotalBalance => _verifierNode.CopyState().TotalBalance();

    public string StateRoot => _verifierNode.StateRoot.ToString();

    private bool IsSettled => _verifierNode.Settlement.FinalCount == _verifierNode.Settlement.BatchCount;

    /// <summary>Derives what was posted before, and starts the sequencer where it ends. Returns the transfers posted so far.</summary>
    /// <exception cref="RunUnusableException">The data of a posted batch is gone.</exception>
    public async Task<long> StartAsync(CancellationToken cancellationToken)
    {
        await _node.SyncAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        SyncReport report = await _verifierNode.SyncAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        if (report.MissingBatch >= 0) throw new RunUnusableException($"The folder '{_squares}' lacks the data of batch {report.MissingBatch}, or has it damaged.");
        // A sender may fill any number of batches before the first is built; the workload's chunk bounds the pool.
        _sequencer = Sequencer.Resume(_node, new SequencerOptions { PoolCapacity = 1 << 21, SenderCapacity = 1 << 21 });
        long posted = 0;
        for (long i = 0; i < _node.DerivedCount; i++)
        {
            DerivedBatch batch = _node.GetBatch(i);
            posted += batch.Statuses.Length;
            _statistics.Batches.Add(Summarise(i, batch.Statistics ?? throw new RunBrokenException($"batch {i} of the log cannot be decoded"), null, null, batch.PostRoot.ToString()));
        }
        return posted;
    }

    /// <summary>Hands one transfer in.</summary>
    /// <exception cref="RunBrokenException">The sequencer refused a transfer that the Devnet made itself.</exception>
    public void Submit(string from, in L2Transfer transfer)
    {
        long start = Stopwatch.GetTimestamp();
        SubmitResult result = _sequencer!.Submit(transfer);
        _statistics.RollupSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (result != SubmitResult.Accepted) throw new RunBrokenException($"the sequencer refused a transfer of {from}: {result}");
    }

    /// <summary>Asserts what is posted, then batches, posts and asserts while enough transfers wait.</summary>
    /// <param name="all">True at the end of the workload: a last batch may be short.</param>
    /// <param name="cancellationToken">Ends the work between two rounds.</param>
    public async Task SettleAsync(bool all, CancellationToken cancellationToken)
    {
        await AssertAndVerifyAsync(cancellationToken).ConfigureAwait(false);
        while (Pending >= _options.BatchSize || (all && Pending > 0))
        {
            await PostBatchAsync(cancellationToken).ConfigureAwait(false);
            await AssertAndVerifyAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs rounds until every batch is final.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (!IsSettled)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _runRound();
            await AssertAndVerifyAsync(cancellationToken).ConfigureAwait(false);
        }
        foreach (BatchSummary batch in _statistics.Batches) batch.Verdict = "final";
    }

    public void Dispose()
    {
        _proposerKey.Dispose();
        _verifierKey.Dispose();
    }

    private async Task PostBatchAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        SequencedBatch batch = _sequencer!.BuildBatch(
            new BatchLimits(_options.BatchSize, BatchLimits.Default.MaxBytes), DevnetChain.GenesisTimeMs + _statistics.Rounds * DevnetChain.BlockTimeMs)
            ?? throw new RunBrokenException($"the sequencer built no batch of {Pending} waiting transfers");
        _statistics.RollupSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
        _statistics.BatchedHere += batch.Statuses.Length;
        await WithRoundsAsync(_proposer.PostAsync(batch, cancellationToken).AsTask(), cancellationToken).ConfigureAwait(false);

        PostedData posted = _publisher.Latest ?? throw new UnreachableException();
        AvailabilityResult availability = await _availability.CheckAsync(posted, (ulong)batch.Index, cancellationToken).ConfigureAwait(false);
        BatchSummary summary = Summarise(batch.Index, batch.Statistics, availability, Convert.ToHexStringLower(posted.Commitment), batch.PostRoot.ToString());
        _statistics.Batches.Add(summary);
        _view.Note(FormattableString.Invariant(
            $"batch {summary.Index}: {summary.Transfers} transfers, {batch.Statistics.BytesPerTransferUnsigned:F1} bytes each and {(double)summary.SignatureBytes / summary.Transfers:F1} of signatures; {availability.Shape}, {availability.Sampled} {availability.Unit}s sampled for {AvailabilityStage.Floor(availability.Confidence):P4} confidence, repaired from a random half; post root {summary.PostRoot[..16]}"));
    }

    private async Task AssertAndVerifyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ValueTask<int> step = _proposer.StepAsync(cancellationToken);
            Task<int> steps = step.AsTask();
            await WithRoundsAsync(steps, cancellationToken).ConfigureAwait(false);
            if (await steps.ConfigureAwait(false) == 0) break;
        }
        Task<VerifierReport> verify = _verifier.StepAsync(cancellationToken).AsTask();
        await WithRoundsAsync(verify, cancellationToken).ConfigureAwait(false);
        VerifierReport report = await verify.ConfigureAwait(false);
        if (report.Challenged >= 0) throw new RunBrokenException($"the verifier challenged assertion {report.Challenged}, which this process made");
        if (_verifierNode.StateRoot != _node.StateRoot) throw new RunBrokenException($"the verifier derived {_verifierNode.StateRoot}, the proposer {_node.StateRoot}");
        for (int i = 0; i < _statistics.Batches.Count && i < _verifierNode.Settlement.AssertedCount; i++)
            _statistics.Batches[i].Verdict = i < _verifierNode.Settlement.FinalCount ? "final" : "agreed";
    }

    private Task WithRoundsAsync(Task work, CancellationToken cancellationToken) => _settlement.WithRoundsAsync(work, () =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        _runRound();
    });

    private static BatchSummary Summarise(long index, BatchStatistics statistics, AvailabilityResult? availability, string? commitment, string postRoot) => new()
    {
        Index = index,
        Transfers = statistics.Transfers,
        Bytes = statistics.TotalBytes,
        SignatureBytes = statistics.SignatureBytes,
        Units = availability?.Units ?? 0,
        Sampled = availability?.Sampled ?? 0,
        Confidence = availability?.Confidence ?? 0,
        Repaired = availability?.Lost ?? 0,
        CaughtAfter = availability?.CaughtAfter ?? -1,
        Commitment = commitment ?? "",
        PostRoot = postRoot,
    };
}
