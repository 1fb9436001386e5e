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
    private readonly List<(long Line, string Sender, Transfer Transfer)> _waiting = [];
    private RunMark _mark;
    private bool _isRepeating;

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
        RunMark resumed = default;
        if (shards.Height > 0)
        {
            if (!RunMark.TryRead(shards.LastMark.Span, out resumed)) throw new RunUnusableException($"The log in '{folder.Path}' was not written by this program.");
            view.Note(FormattableString.Invariant($"resumed after round {shards.Height}, lines to {resumed.ChunkEnd}"));
        }
        bool chunkIsDone = shards.Height > 0 && shards.Included >= resumed.IncludedAfter;
        _mark = resumed;
        while (true)
        {
            // The chunk that was under way when the last process ended is read again up to its very end.
            long end = statistics.Lines < resumed.ChunkEnd
                ? statistics.Lines < resumed.ChunkStart ? resumed.ChunkStart : resumed.ChunkEnd
                : statistics.Lines + options.LinesPerRound;
            long first = statistics.Lines;
            while (statistics.Lines < end && await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                statistics.Lines++;
                bool isPast = statistics.Lines <= (chunkIsDone ? resumed.ChunkEnd : resumed.ChunkStart);
                if (router.GoesToRollup(line)) TakeRollupLine(line, rollup, posted);
                else TakeShardLine(line, isPast);
            }
            if (statistics.Lines == first) return;
            if (statistics.Lines < resumed.ChunkEnd || (statistics.Lines == resumed.ChunkEnd && chunkIsDone))
            {
                if (statistics.Lines == resumed.ChunkEnd) await rollup.SettleAsync(all: false, cancellationToken).ConfigureAwait(false);
                continue;
            }
            _isRepeating = first < resumed.ChunkEnd;
            RunChunk(first, shards, cancellationToken);
            await rollup.SettleAsync(all: false, cancellationToken).ConfigureAwait(false);
            view.Refresh();
        }
    }

    private void TakeRollupLine(in WorkloadLine line, RollupStage rollup, long posted)
    {
        Wallet from = wallets[line.From];
        if (statistics.L2Submitted++ < posted) from.RollupNonce++;
        else rollup.Submit(from, new Adapters.WalletSigner(wallets.Signer(line.From)), wallets[line.To].RollupAddress, line.Amount);
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
        _waiting.Add((line.Number, line.From, transfer));
    }

    // Rounds until every transfer of the chunk is in a block or refused.
    private void RunChunk(long first, ShardStage shards, CancellationToken cancellationToken)
    {
        long end = statistics.Lines;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            SubmitWaiting(shards);
            long included = _waiting.Count == 0 ? shards.Included + shards.Pooled : long.MaxValue;
            _mark = new RunMark(first, end, included);
            shards.RunRound(_mark);
        }
        while (_waiting.Count > 0 || shards.Pooled > 0);
    }

    private void SubmitWaiting(ShardStage shards)
    {
        var results = new SubmitResult[_waiting.Count];
        shards.Submit([.. _waiting.Select(entry => entry.Transfer)], results);
        var later = new List<(long, string, Transfer)>();
        var heldUp = new HashSet<string>();
        for (int i = 0; i < results.Length; i++)
        {
            (long number, string sender, _) = _waiting[i];
            bool comesAgain = results[i] is SubmitResult.PoolFull or SubmitResult.DestinationCongested
                || (results[i] == SubmitResult.NonceGap && heldUp.Contains(sender));
            if (comesAgain)
            {
                heldUp.Add(sender);
                later.Add(_waiting[i]);
            }
            else if (results[i] != SubmitResult.Accepted && !(_isRepeating && results[i] == SubmitResult.NonceTooLow))
            {
                // In a chunk that is repeated, a used nonce is that of the transfer itself, from before the interruption.
                statistics.Reject(number, Sentence(results[i]));
                view.Reject(number, Sentence(results[i]));
            }
        }
        _isRepeating = false;
        _waiting.Clear();
        _waiting.AddRange(later);
    }

    private static string Sentence(SubmitResult result) => result switch
    {
        SubmitResult.NonceTooLow => "nonce: an earlier transfer has used it",
        SubmitResult.NonceGap => "nonce: earlier transfers of the sender are missing",
        SubmitResult.BadSignature => "signature: not the sender's over this transfer",
        _ => $"refused: {result}",
    };
}
