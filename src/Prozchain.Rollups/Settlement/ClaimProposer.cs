using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Claims what the batches of a rollup led to, makes final what is due, publishes what withdrawals need and fetches the bonds. Every step is worked out from
/// the settlement layer alone, so that it can be stopped at any point and started again, here or elsewhere: the contract takes
/// one claim a batch. Not thread-safe.
/// </summary>
public sealed class ClaimProposer
{
    private readonly ChainCaller _caller;
    private readonly RollupAddresses _at;
    private readonly IClaimSource _source;
    private readonly ClaimBook _book;
    private (int Height, UInt128 Bond, L1Address Proposer)? _rules;
    private (ulong Batch, int Undone) _looked;

    /// <summary>A proposer.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that the bonds come from.</param>
    /// <param name="addresses">The rollup's contracts.</param>
    /// <param name="source">What this node executed.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on its events are read: the one with the contracts' creation.</param>
    public ClaimProposer(ISettlementChain chain, RollupAddresses addresses, IClaimSource source, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(source);
        (_caller, _at, _source, _book) = (new ChainCaller(chain), addresses, source, new ClaimBook(chain, addresses.StateChain, firstBlock));
    }

    /// <summary>Batches that one call makes final at most.</summary>
    public int MaxFinalizedAtOnce { get; init; } = 32;

    /// <summary>Makes at most one call.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<ClaimMove> StepAsync(CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        ulong final = await _caller.NumberAsync(_at.StateChain, C.FinalCount, cancellationToken).ConfigureAwait(false);
        if (await FinalizeAsync(final, cancellationToken).ConfigureAwait(false)) return ClaimMove.Finalized;
        if (await PublishAsync(final, cancellationToken).ConfigureAwait(false)) return ClaimMove.Published;
        if (await RefundAsync(final, cancellationToken).ConfigureAwait(false)) return ClaimMove.Refunded;
        if (await _caller.TrySendAsync(_at.BondVault, BondVaultContract.Withdraw, 0, cancellationToken).ConfigureAwait(false)) return ClaimMove.Withdrawn;
        return await ClaimAsync(final, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AbiValue?> ClaimOfAsync(ulong batch, CancellationToken cancellationToken) =>
        _book.Find((await _caller.ReadAsync(_at.StateChain, C.Claims, cancellationToken, batch).ConfigureAwait(false))[0].ToDigest());

    // The longest run of claims that would become final at once.
    private async ValueTask<bool> FinalizeAsync(ulong final, CancellationToken cancellationToken)
    {
        ulong now = await _caller.NowAsync(cancellationToken).ConfigureAwait(false), period = await _caller.NumberAsync(_at.StateChain, C.Period, cancellationToken).ConfigureAwait(false);
        var list = new List<AbiValue>();
        for (ulong batch = final; list.Count < MaxFinalizedAtOnce && await ClaimOfAsync(batch, cancellationToken).ConfigureAwait(false) is { } claim; batch++)
        {
            ulong dispute = await _caller.NumberAsync(_at.StateChain, C.Disputes, cancellationToken, batch).ConfigureAwait(false);
            bool isDue = dispute is (0 or C.Decided) && now >= claim[5].ToUInt64() + period;
            if (!isDue && await _caller.NumberAsync(_at.StateChain, C.ProvenAt, cancellationToken, batch).ConfigureAwait(false) == 0) break;
            // The roots of a claim that only a dispute knew must be at hand when it is final.
            await TryOpenAsync(batch, claim[3].ToDigest(), cancellationToken).ConfigureAwait(false);
            list.Add(claim);
        }
        for (; list.Count > 0; list.RemoveAt(list.Count - 1))
        {
            if (await TryOpenAsync(final + (ulong)list.Count - 1, list[^1][3].ToDigest(), cancellationToken).ConfigureAwait(false) is not { } roots) continue;
            if (await _caller.TrySendAsync(_at.StateChain, C.FinalizeBatches, 0, cancellationToken, AbiValue.List([.. list]), roots.State, roots.Exit, true).ConfigureAwait(false)) return true;
        }
        return false;
    }

    private async ValueTask<(Digest32 State, Digest32 Exit)?> TryOpenAsync(ulong batch, Digest32 leaf, CancellationToken cancellationToken)
    {
        if (_book.TryOpen(leaf, out Digest32 state, out Digest32 exit)) return (state, exit);
        if (await _source.FindAsync(batch, cancellationToken).ConfigureAwait(false) is not { } own || C.LeafOf(own.StateRoot, own.ExitRoot) != leaf) return null;
        _book.Remember(own.StateRoot, own.ExitRoot);
        return (own.StateRoot, own.ExitRoot);
    }

    // A run of batches becomes final with the roots of its last one; those of the others are told where something left the rollup.
    private async ValueTask<bool> PublishAsync(ulong final, CancellationToken cancellationToken)
    {
        if (_looked.Undone != _book.Undone) _looked = (0, _book.Undone);
        for (; _looked.Batch < final; _looked.Batch++)
        {
            ulong batch = _looked.Batch;
            if (_book.IsPublished(batch) || await ClaimOfAsync(batch, cancellationToken).ConfigureAwait(false) is not { } claim) continue;
            if (await TryOpenAsync(batch, claim[3].ToDigest(), cancellationToken).ConfigureAwait(false) is not { } roots || roots.Exit == default) continue;
            if (await _caller.TrySendAsync(_at.StateChain, C.Publish, 0, cancellationToken, batch, claim, roots.State, roots.Exit).ConfigureAwait(false)) return true;
        }
        return false;
    }

    private async ValueTask<bool> RefundAsync(ulong final, CancellationToken cancellationToken)
    {
        ulong refunded = await _caller.NumberAsync(_at.StateChain, C.RefundedCount, cancellationToken).ConfigureAwait(false);
        var list = new List<AbiValue>();
        for (ulong batch = refunded; batch < final && list.Count < MaxFinalizedAtOnce && await ClaimOfAsync(batch, cancellationToken).ConfigureAwait(false) is { } claim; batch++) list.Add(claim);
        return list.Count > 0 && await _caller.TrySendAsync(_at.StateChain, C.Refund, 0, cancellationToken, AbiValue.List([.. list])).ConfigureAwait(false);
    }

    // The first batch without a claim, if everything before it is as this node has it.
    private async ValueTask<ClaimMove> ClaimAsync(ulong final, CancellationToken cancellationToken)
    {
        AbiValue parent = final == 0 ? Nothing : await ClaimOfAsync(final - 1, cancellationToken).ConfigureAwait(false) ?? Nothing;
        for (ulong batch = final; await _source.FindAsync(batch, cancellationToken).ConfigureAwait(false) is { } own; batch++)
        {
            if (batch > 0 && parent[3].ToDigest() != own.StartLeaf) return ClaimMove.None;
            Digest32 id = (await _caller.ReadAsync(_at.StateChain, C.Claims, cancellationToken, batch).ConfigureAwait(false))[0].ToDigest();
            if (id == default) return await ClaimAsync(batch, own, parent, cancellationToken).ConfigureAwait(false) ? ClaimMove.Claimed : ClaimMove.None;
            if (_book.Find(id) is not { } claim) return ClaimMove.None;
            if (batch > 0 && claim[0].ToDigest() != C.IdOf(batch - 1, parent))
                return await _caller.TrySendAsync(_at.StateChain, C.Discard, 0, cancellationToken, batch, claim).ConfigureAwait(false) ? ClaimMove.Discarded : ClaimMove.None;
            parent = claim;
        }
        return ClaimMove.None;
    }

    private static AbiValue Nothing => C.ClaimOf(default, default, default, default, default, 0);

    private async ValueTask<bool> ClaimAsync(ulong batch, ClaimableBatch own, AbiValue parent, CancellationToken cancellationToken)
    {
        (int height, UInt128 bond, L1Address proposer) = _rules ??= (
            (int)await _caller.NumberAsync(_at.StateChain, C.Height, cancellationToken).ConfigureAwait(false),
            (await _caller.ReadAsync(_at.StateChain, C.Bond, cancellationToken).ConfigureAwait(false))[0].ToUInt128(),
            (await _caller.ReadAsync(_at.StateChain, C.Proposer, cancellationToken).ConfigureAwait(false))[0].ToAddress());
        ClaimTree tree = TreeOf(own, height);
        var opening = AbiValue.List([.. tree.Open((1UL << height) - 1).Select(static sibling => (AbiValue)sibling)]);
        AbiValue[] arguments = [batch, own.Head, tree.Node(height - 1, 0), tree.Node(height - 1, 1), own.StateRoot, own.ExitRoot, opening];
        return _caller.Account == proposer
            ? await _caller.TrySendAsync(_at.StateChain, C.Propose, bond, cancellationToken, arguments).ConfigureAwait(false)
            : await _caller.TrySendAsync(_at.StateChain, C.ProposeLate, bond, cancellationToken, [.. arguments, parent]).ConfigureAwait(false);
    }

    /// <summary>The tree of a batch's leaves; that of an empty one holds what was before it.</summary>
    internal static ClaimTree TreeOf(in ClaimableBatch batch, int height) =>
        batch.Leaves.IsEmpty ? new ClaimTree(height, new ReadOnlySpan<Digest32>([batch.StartLeaf])) : new ClaimTree(height, batch.Leaves.Span);
}
