using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Reads the logs of contracts from a block on and follows the settlement layer through reorganisations. Up to the finalized
/// block it reads by ranges; above, block by block: headers must link, and the newest one must still stand after the logs
/// were read. Holds hashes of unfinalized blocks only. Not thread-safe.
/// </summary>
internal sealed class SettlementFollower(ISettlementChain chain, IReadOnlyList<L1Address> contracts, ulong firstBlock, ulong range = 2_000)
{
    private const int MaxBlocks = 100;
    private readonly List<ChainBlock> _read = [];
    private ulong _next = firstBlock;

    /// <summary>Reads on; null when there is nothing new, with no effect. A large distance takes many calls.</summary>
    public async ValueTask<SettlementUpdate?> ReadAsync(CancellationToken cancellation)
    {
        if (await chain.FindBlockAsync(null, ChainFinality.Latest, cancellation).ConfigureAwait(false) is not { } newest) return null;
        ulong finalized = (await chain.FindBlockAsync(null, ChainFinality.Finalized, cancellation).ConfigureAwait(false))?.Number ?? 0;
        if (_read.Count > 0 && !await StandsAsync(_read[^1], cancellation).ConfigureAwait(false)) return await RollBackAsync(finalized, cancellation).ConfigureAwait(false);
        SettlementUpdate? update = _next <= finalized
            ? await ReadFinalAsync(Math.Min(finalized, _next + range - 1), finalized, cancellation).ConfigureAwait(false)
            : _next <= newest.Number ? await ReadNewAsync(Math.Min(newest.Number, _next + MaxBlocks - 1), finalized, cancellation).ConfigureAwait(false) : null;
        // The newest finalized one stays, for the next to link to.
        int settled = _read.FindLastIndex(block => block.Number <= finalized);
        if (settled > 0) _read.RemoveRange(0, settled);
        return update;
    }

    private async ValueTask<bool> StandsAsync(ChainBlock block, CancellationToken cancellation) =>
        (await chain.FindBlockAsync(block.Number, ChainFinality.Latest, cancellation).ConfigureAwait(false))?.Hash == block.Hash;

    private async ValueTask<SettlementUpdate?> RollBackAsync(ulong finalized, CancellationToken cancellation)
    {
        int standing = _read.Count - 1;
        while (standing > 0 && !await StandsAsync(_read[standing - 1], cancellation).ConfigureAwait(false)) standing--;
        _next = _read[standing].Number;
        _read.RemoveRange(standing, _read.Count - standing);
        ulong last = _next == 0 ? 0 : _next - 1;
        return new SettlementUpdate(last, [], [], last, finalized);
    }

    private async ValueTask<SettlementUpdate?> ReadFinalAsync(ulong to, ulong finalized, CancellationToken cancellation)
    {
        var logs = new List<ChainLog>();
        await chain.ReadLogsAsync(_next, to, contracts, logs, cancellation).ConfigureAwait(false);
        var blocks = new List<ChainBlock>();
        foreach (ulong number in logs.Select(log => log.Block).Distinct())
        {
            if (await chain.FindBlockAsync(number, ChainFinality.Latest, cancellation).ConfigureAwait(false) is not { } block) return null;
            blocks.Add(block);
        }
        _next = to + 1;
        _read.Clear();
        return new SettlementUpdate(null, blocks, logs, to, finalized);
    }

    private async ValueTask<SettlementUpdate?> ReadNewAsync(ulong to, ulong finalized, CancellationToken cancellation)
    {
        var blocks = new List<ChainBlock>();
        Digest32? parent = _read.Count > 0 ? _read[^1].Hash : null;
        for (ulong number = _next; number <= to; number++)
        {
            // Whoever reorganises between our questions is met again at the next reading.
            if (await chain.FindBlockAsync(number, ChainFinality.Latest, cancellation).ConfigureAwait(false) is not { } block || (parent is { } expected && block.ParentHash != expected)) break;
            blocks.Add(block);
            parent = block.Hash;
        }
        if (blocks.Count == 0) return null;
        var logs = new List<ChainLog>();
        await chain.ReadLogsAsync(_next, blocks[^1].Number, contracts, logs, cancellation).ConfigureAwait(false);
        if (!await StandsAsync(blocks[^1], cancellation).ConfigureAwait(false)) return null;
        _read.AddRange(blocks);
        _next = blocks[^1].Number + 1;
        return new SettlementUpdate(null, blocks, logs, blocks[^1].Number, finalized);
    }
}

/// <summary>What a follower of contracts has learned.</summary>
/// <param name="RolledBackTo">The newest block that still stands: what was told of later ones is void. Null if all stands.</param>
/// <param name="Blocks">Blocks read, in order, those with logs at least.</param>
/// <param name="Logs">What the contracts logged, in order, after what stands.</param>
/// <param name="ReadTo">The newest block that was looked at.</param>
/// <param name="Finalized">The newest block that never changes; 0 before there is one.</param>
internal sealed record SettlementUpdate(ulong? RolledBackTo, IReadOnlyList<ChainBlock> Blocks, IReadOnlyList<ChainLog> Logs, ulong ReadTo, ulong Finalized);
