using System.Diagnostics;
using Prozchain.Devnet.Adapters;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Stages;
using Prozchain.Devnet.Workloads;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.State;
using Prozchain.Sharding;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using ProvenTree = Prozchain.Rollups.Zk.State.PoseidonTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Devnet;

/// <summary>
/// One run: chunk after chunk of the workload goes to the shards and to the rollup; when all of it is settled, the file
/// goes through the vault, the table is committed to, and the totals are balanced. What decides each step is in the log,
/// so a resumed run takes the same steps.
/// </summary>
internal sealed class DevnetRun(DevnetOptions options, RunFolder folder, WorkloadScan scan, WalletBook wallets, RunStatistics statistics, RunView view)
{
    // Rounds that what waits for a cell, or for the other half of a swap, may take before something must be wrong.
    private const int MostRoundsPerChunk = 1000;

    private readonly List<(long Line, ReadOnlyMemory<byte> Transfer)> _transfers = [];
    private readonly List<(long Line, ReadOnlyMemory<byte> Swap)> _swaps = [];
    private RunMark _mark;

    public async Task<RunSummary> RunAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        Genesis genesis = Genesis.Make(options, scan);
        using ProvenRollup? proven = options.Rollup == FinalityMode.Optimistic ? null : new ProvenRollup(options, folder.Proofs);
        using SettlementLayer layer = await RollupSetup.StartLayerAsync(options, folder, proven is null ? null : proven.PlanOn, cancellationToken).ConfigureAwait(false);
        using var shards = new ShardStage(options, folder, genesis.ShardAccounts, scan.Lines, layer as BeaconSettlement, statistics, view, cancellationToken);
        void RunRound() => shards.RunRound(_mark);
        using IRollupStage rollup = proven is null
            ? new RollupStage<KeccakTree>(new ExecutedRollup(options), options, folder, genesis, layer, wallets, scan.FirstOnRollup, statistics, view, RunRound)
            : new RollupStage<ProvenTree>(proven, options, folder, genesis, layer, wallets, scan.FirstOnRollup, statistics, view, RunRound);
        var reader = new WorkloadReader(options.Workload, malformed =>
        {
            statistics.Malformed++;
            statistics.Reject(malformed.Number, malformed.Reason);
            view.Reject(malformed.Number, malformed.Reason);
        });
        await using (reader.ConfigureAwait(false))
        {
            ReadMark(shards);
            long posted = await rollup.StartAsync(cancellationToken).ConfigureAwait(false);
            await TakeInAsync(reader, shards, rollup, posted, cancellationToken).ConfigureAwait(false);
        }
        await rollup.SettleAsync(all: true, cancellationToken).ConfigureAwait(false);
        await rollup.FinishAsync(cancellationToken).ConfigureAwait(false);
        while (shards.InFlight > 0 || shards.Unfinished > 0 || !shards.IsReshaped)
        {
            cancellationToken.ThrowIfCancellationRequested();
            shards.RunRound(_mark);
        }
        shards.CheckSupply();
        statistics.Refused = statistics.L1Submitted - shards.Included;

        VaultSummary? vault = options.File is null ? null : await new VaultStage(folder.Vault).RunAsync(options.File, cancellationToken).ConfigureAwait(false);
        ModelSummary? model = options.Model is null ? null
            : await new ModelStage(options, folder.Model, statistics, view).RunAsync(Convert.FromHexString(shards.CombinedRoot()), cancellationToken).ConfigureAwait(false);
        TableSummary table = TableStage.Commit(statistics);
        ulong escrow = shards.BalanceOf(DevnetChain.Escrow);
        var supply = new SupplySummary
        {
            Genesis = shards.GenesisSupply,
            Shards = (ulong)shards.TotalSupply - escrow,
            InFlight = (ulong)shards.InFlight,
            Escrow = escrow,
            Rollup = (ulong)rollup.TotalBalance,
            Bridge = (ulong)rollup.Escrow,
            Left = (ulong)rollup.Left,
        };
        if (!supply.IsBalanced)
            throw new RunBrokenException($"value does not balance: genesis {supply.Genesis}, shards {supply.Shards}, in flight {supply.InFlight}, escrow {supply.Escrow}, bridge {supply.Bridge}, left {supply.Left}, rollup {supply.Rollup}");
        using var process = Process.GetCurrentProcess();
        return new RunSummary
        {
            Supply = supply,
            Vault = vault,
            Model = model,
            Table = table,
            RollupRoot = rollup.StateRoot,
            ShardsRoot = shards.CombinedRoot(),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private void ReadMark(ShardStage shards)
    {
        if (shards.Height == 0) return;
        if (!RunMark.TryRead(shards.LastMark.Span, out _mark)) throw new RunUnusableException($"The log in '{folder.Path}' was not written by this program.");
        view.Note(FormattableString.Invariant($"resumed after round {shards.Height}, lines to {_mark.Lines}"));
    }

    private async Task TakeInAsync(WorkloadReader reader, ShardStage shards, IRollupStage rollup, long posted, CancellationToken cancellationToken)
    {
        var router = new LineRouter(options.L2Share);
        RunMark resumed = _mark;
        (statistics.Swapped, statistics.SwapsAborted) = (resumed.Swapped, resumed.SwapsAborted);
        while (true)
        {
            long first = statistics.Lines;
            bool isPast = first < resumed.ChunkStart, isAgain = !isPast && first < resumed.Lines;
            long end = isPast ? resumed.ChunkStart : isAgain ? resumed.Lines : first + options.LinesPerRound;
            long timeMs = isAgain ? resumed.ChunkTimeMs : shards.TimeMs;
            while (statistics.Lines < end && await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                statistics.Lines++;
                if (router.GoesToRollup(line)) TakeRollupLine(line, rollup, posted);
                else if (line.Back is { } back) TakeSwap(line, back, isPast, timeMs, (int)(statistics.Lines - first));
                else TakeShardLine(line, isPast, timeMs);
            }
            if (statistics.Lines == first) return;
            if (!isPast) RunChunk(shards, new RunMark(statistics.Lines, first, timeMs, statistics.Swapped, statistics.SwapsAborted), isAgain, cancellationToken);
            await rollup.SettleAsync(all: false, cancellationToken).ConfigureAwait(false);
            view.Refresh();
        }
    }

    private void TakeRollupLine(in WorkloadLine line, IRollupStage rollup, long posted)
    {
        if (statistics.L2Submitted++ < posted)
        {
            wallets[line.From].RollupNonce++;
            return;
        }
        rollup.Submit(wallets.SignRollupTransfer(line.From, wallets[line.To].RollupAddress, line.Amount));
    }

    private void TakeShardLine(in WorkloadLine line, bool isPast, long timeMs)
    {
        statistics.L1Submitted++;
        if (line.Signed is null && isPast)
        {
            wallets[line.From].ShardNonce++;
            return;
        }
        if (isPast) return;
        Sharding.Layout.Address to = WorkloadParser.IsAddress(line.To) ? WorkloadParser.ParseAddress(line.To) : wallets[line.To].ShardAddress;
        byte[] transfer = line.Signed is { } signed
            ? TransferView.Assemble(signed.PublicKey, signed.Signature, DevnetChain.ShardChainId, to, line.Amount, signed.Nonce, signed.ValidUntilMs)
            : wallets.SignShardTransfer(line.From, to, line.Amount, timeMs + DevnetChain.ValidityMs);
        _transfers.Add((line.Number, transfer));
    }

    // Two swaps of a chunk may be alike in all else: the deadline tells them apart.
    private void TakeSwap(in WorkloadLine line, ulong back, bool isPast, long timeMs, int place)
    {
        statistics.Swaps++;
        if (!isPast) _swaps.Add((line.Number, wallets.SignSwap(line.From, line.To, line.Amount, back, timeMs, timeMs + DevnetChain.SwapValidityMs + place)));
    }

    // A chunk ends when all of it is done. Handed in again after a crash, what is done already is refused or known.
    private void RunChunk(ShardStage shards, RunMark mark, bool isAgain, CancellationToken cancellationToken)
    {
        _mark = mark;
        var results = new AdmissionResult[_transfers.Count];
        shards.Submit([.. _transfers.Select(entry => entry.Transfer)], results);
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] == AdmissionResult.Accepted || (isAgain && results[i] is AdmissionResult.SequenceTooLow or AdmissionResult.OutsideWindow)) continue;
            if (results[i] == AdmissionResult.QueueFull) throw new UnreachableException("Expected room for a chunk of lines, got a full queue.");
            Reject(_transfers[i].Line, results[i]);
        }
        foreach ((long line, ReadOnlyMemory<byte> swap) in _swaps)
        {
            if (isAgain && shards.OutcomeOf(swap.Span) != AtomicOutcome.Unknown) continue;
            AdmissionResult result = shards.SubmitSwap(swap.Span);
            if (result != AdmissionResult.Accepted && !isAgain) Reject(line, result);
        }
        for (int rounds = 0; rounds == 0 ? !isAgain || shards.Unfinished > 0 : shards.Unfinished > 0; rounds++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (rounds == MostRoundsPerChunk) throw new UnreachableException($"Expected rounds that finish a chunk, got {shards.Unfinished} transactions left over.");
            shards.RunRound(_mark);
        }
        foreach ((_, ReadOnlyMemory<byte> swap) in _swaps)
        {
            if (shards.OutcomeOf(swap.Span) == AtomicOutcome.Committed) statistics.Swapped++; else statistics.SwapsAborted++;
        }
        _transfers.Clear();
        _swaps.Clear();
    }

    private void Reject(long line, AdmissionResult result)
    {
        statistics.Reject(line, Sentence(result));
        view.Reject(line, Sentence(result));
    }

    private static string Sentence(AdmissionResult result) => result switch
    {
        AdmissionResult.SequenceTooLow => "nonce: an earlier transfer has used it",
        AdmissionResult.SequenceGap => "nonce: earlier transfers of the sender are missing",
        AdmissionResult.OutsideWindow => "validUntil: before the chain's time, or more than an hour after it",
        AdmissionResult.BadSignature => "signature: not the sender's over this transfer",
        _ => $"refused: {result}",
    };
}
