using System.Diagnostics;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Stages;
using Prozchain.Devnet.Workloads;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;

namespace Prozchain.Devnet;

/// <summary>
/// One run: chunk after chunk of the workload goes to the shards and to the rollup; when all of it is settled, the file
/// goes through the vault, the table is committed to, and the totals are balanced. What decides each step is in the log,
/// so a resumed run takes the same steps.
/// </summary>
internal sealed class DevnetRun(DevnetOptions options, RunFolder folder, WorkloadScan scan, WalletBook wallets, RunStatistics statistics, RunView view)
{
    private readonly List<(long Line, Transfer Transfer)> _waiting = [];
    private RunMark _mark;

    public async Task<RunSummary> RunAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        Genesis genesis = Genesis.Make(options, scan);
        using var shards = new ShardStage(options, folder, genesis.ShardAccounts, statistics, view, cancellationToken);
        using var rollup = new RollupStage(options, folder, genesis.RollupAccounts, shards.Settlement, statistics, view, () => shards.RunRound(_mark));
        var reader = new WorkloadReader(options.Workload, malformed =>
        {
            statistics.Malformed++;
            statistics.Reject(malformed.Number, malformed.Reason);
            view.Reject(malformed.Number, malformed.Reason);
        });
        await using (reader.ConfigureAwait(false))
        {
            long posted = await rollup.StartAsync(cancellationToken).ConfigureAwait(false);
            await TakeInAsync(reader, shards, rollup, posted, cancellationToken).ConfigureAwait(false);
        }
        await rollup.SettleAsync(all: true, cancellationToken).ConfigureAwait(false);
        await rollup.FinishAsync(cancellationToken).ConfigureAwait(false);
        while (shards.InFlight > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            shards.RunRound(_mark);
        }
        shards.CheckSupply();
        statistics.Refused = statistics.L1Submitted - shards.Included;

        VaultSummary? vault = options.File is null ? null : await new VaultStage(folder.Vault).RunAsync(options.File, cancellationToken).ConfigureAwait(false);
        TableSummary table = TableStage.Commit(statistics);
        ulong escrow = shards.BalanceOf(DevnetChain.Escrow);
        var supply = new SupplySummary
        {
            Genesis = shards.GenesisSupply,
            Shards = (ulong)shards.TotalSupply - escrow,
            InFlight = (ulong)shards.InFlight,
            Escrow = escrow,
            Rollup = (ulong)rollup.TotalBalance,
        };
        if (!supply.IsBalanced)
            throw new RunBrokenException($"value does not balance: genesis {supply.Genesis}, shards {supply.Shards}, in flight {supply.InFlight}, escrow {supply.Escrow}, rollup {supply.Rollup}");
        using var process = Process.GetCurrentProcess();
        return new RunSummary
        {
            Supply = supply,
            Vault = vault,
            Table = table,
            RollupRoot = rollup.StateRoot,
            ShardsRoot = shards.CombinedRoot(),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            PeakMemoryBytes = process.PeakWorkingSet64,
        };
    }

    private async Task TakeInAsync(WorkloadReader reader, ShardStage shards, RollupStage rollup, long posted, CancellationToken cancellationToken)
    {
        var router = new LineRouter(options.L2Share);
        if (shards.Height > 0)
        {
            if (!RunMark.TryRead(shards.LastMark.Span, out _mark)) throw new RunUnusableException($"The log in '{folder.Path}' was not written by this program.");
            view.Note(FormattableString.Invariant($"resumed after round {shards.Height}, lines to {_mark.Lines}"));
        }
        long resumed = _mark.Lines;
        while (true)
        {
            long first = statistics.Lines;
            bool isPast = first < resumed;
            long end = isPast ? resumed : first + options.LinesPerRound;
            while (statistics.Lines < end && await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                statistics.Lines++;
                if (router.GoesToRollup(line)) TakeRollupLine(line, rollup, posted);
                else TakeShardLine(line, isPast);
            }
            if (statistics.Lines == first) return;
            if (!isPast) RunChunk(shards, cancellationToken);
            await rollup.SettleAsync(all: false, cancellationToken).ConfigureAwait(false);
            view.Refresh();
        }
    }

    private void TakeRollupLine(in WorkloadLine line, RollupStage rollup, long posted)
    {
        if (statistics.L2Submitted++ < posted)
        {
            wallets[line.From].RollupNonce++;
            return;
        }
        Rollups.AccountAddress to = wallets[line.To].RollupAddress;
        rollup.Submit(line.From, wallets.SignRollupTransfer(line.From, to, line.Amount));
    }

    private void TakeShardLine(in WorkloadLine line, bool isPast)
    {
        statistics.L1Submitted++;
        if (line.Signed is null && isPast)
        {
            wallets[line.From].ShardNonce++;
            return;
        }
        if (isPast) return;
        Sharding.Layout.Address to = WorkloadParser.IsAddress(line.To) ? WorkloadParser.ParseAddress(line.To) : wallets[line.To].ShardAddress;
        Transfer transfer = line.Signed is { } signed
            ? Transfer.Assemble(DevnetChain.ShardChainId, signed.PublicKey, to, line.Amount, signed.Nonce, signed.Signature)
            : wallets.SignShardTransfer(line.From, to, line.Amount);
        _waiting.Add((line.Number, transfer));
    }

    // One round takes all of the chunk, or a resumed run could not tell which of its lines were refused.
    private void RunChunk(ShardStage shards, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var results = new SubmitResult[_waiting.Count];
        shards.Submit([.. _waiting.Select(entry => entry.Transfer)], results);
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] == SubmitResult.Accepted) continue;
            if (results[i] is SubmitResult.PoolFull or SubmitResult.DestinationCongested) throw new UnreachableException($"Expected room for a chunk of lines, got {results[i]}.");
            statistics.Reject(_waiting[i].Line, Sentence(results[i]));
            view.Reject(_waiting[i].Line, Sentence(results[i]));
        }
        _waiting.Clear();
        _mark = new RunMark(statistics.Lines);
        shards.RunRound(_mark);
        if (shards.Pooled > 0) throw new UnreachableException($"Expected a round that takes its whole chunk, got {shards.Pooled} transfers left over.");
    }

    private static string Sentence(SubmitResult result) => result switch
    {
        SubmitResult.NonceTooLow => "nonce: an earlier transfer has used it",
        SubmitResult.NonceGap => "nonce: earlier transfers of the sender are missing",
        SubmitResult.BadSignature => "signature: not the sender's over this transfer",
        _ => $"refused: {result}",
    };
}
