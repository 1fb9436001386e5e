using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Contests false claims and plays for the true one until it has won, whoever made it; then fetches the reward. Every step is
/// worked out from the settlement layer and from what this node executed, so that it can be stopped at any point and several
/// can run at once. Not thread-safe.
/// </summary>
public sealed class Challenger
{
    private readonly ChainCaller _caller;
    private readonly RollupAddresses _at;
    private readonly IClaimSource _source;
    private readonly ClaimBook _book;
    private readonly DisputeMoves _moves;

    // Disputes that owe this account nothing more; only saves questions.
    private readonly HashSet<ulong> _collected = [];

    /// <summary>A challenger.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that the bonds come from.</param>
    /// <param name="addresses">The rollup's contracts.</param>
    /// <param name="source">What this node executed.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on its events are read.</param>
    public Challenger(ISettlementChain chain, RollupAddresses addresses, IClaimSource source, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(source);
        (_caller, _at, _source, _book) = (new ChainCaller(chain), addresses, source, new ClaimBook(chain, addresses.StateChain, firstBlock));
        _moves = new DisputeMoves(_caller, addresses.Tournament, source);
    }

    /// <summary>Makes at most one call.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<ClaimMove> StepAsync(CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        ulong final = await _caller.NumberAsync(_at.StateChain, C.FinalCount, cancellationToken).ConfigureAwait(false);
        var height = (int)await _caller.NumberAsync(_at.StateChain, C.Height, cancellationToken).ConfigureAwait(false);
        AbiValue parent = final == 0 ? Nothing : await ClaimOfAsync(final - 1, cancellationToken).ConfigureAwait(false) ?? Nothing;
        for (ulong batch = final; await ClaimOfAsync(batch, cancellationToken).ConfigureAwait(false) is { } claim; batch++)
        {
            if (batch > 0 && claim[0].ToDigest() != C.IdOf(batch - 1, parent))
            {
                if (await _caller.TrySendAsync(_at.StateChain, C.Discard, 0, cancellationToken, batch, claim).ConfigureAwait(false)) return ClaimMove.Discarded;
                break;
            }
            if (await _source.FindAsync(batch, cancellationToken).ConfigureAwait(false) is not { } own || batch > 0 && parent[3].ToDigest() != own.StartLeaf) break;
            ClaimTree tree = ClaimProposer.TreeOf(own, height);
            bool isFalse = claim[1].ToDigest() != tree.Node(height - 1, 0) || claim[2].ToDigest() != tree.Node(height - 1, 1) || claim[3].ToDigest() != tree.Claim.FinalRoot;
            ulong dispute = await _caller.NumberAsync(_at.StateChain, C.Disputes, cancellationToken, batch).ConfigureAwait(false);
            if (dispute == 0 && isFalse && await ContestAsync(batch, claim, parent, own, tree, cancellationToken).ConfigureAwait(false)) return ClaimMove.Contested;
            if (dispute is not 0 and not C.Decided && await _moves.PlayAsync(dispute - 1, batch, tree, cancellationToken).ConfigureAwait(false) is var move and not ClaimMove.None) return move;
            // What builds upon a false claim falls with it.
            if (isFalse) break;
            parent = claim;
        }
        return await CollectAsync(cancellationToken).ConfigureAwait(false);
    }

    private static AbiValue Nothing => C.ClaimOf(default, default, default, default, default, 0);

    private async ValueTask<AbiValue?> ClaimOfAsync(ulong batch, CancellationToken cancellationToken) =>
        _book.Find((await _caller.ReadAsync(_at.StateChain, C.Claims, cancellationToken, batch).ConfigureAwait(false))[0].ToDigest());

    private async ValueTask<bool> ContestAsync(ulong batch, AbiValue claim, AbiValue parent, ClaimableBatch own, ClaimTree tree, CancellationToken cancellationToken)
    {
        UInt128 bond = (await _caller.ReadAsync(_at.StateChain, C.Bond, cancellationToken).ConfigureAwait(false))[0].ToUInt128();
        int below = tree.Height - 1;
        return await _caller.TrySendAsync(
            _at.StateChain, C.Contest, bond, cancellationToken,
            batch, claim, parent, tree.Node(below, 0), tree.Node(below, 1), own.StateRoot, own.ExitRoot, DisputeMoves.Opening(tree, (1UL << tree.Height) - 1)).ConfigureAwait(false);
    }

    private async ValueTask<ClaimMove> CollectAsync(CancellationToken cancellationToken)
    {
        ulong games = await _caller.NumberAsync(_at.Tournament, TournamentContract.GameCount, cancellationToken).ConfigureAwait(false);
        for (ulong id = 0; id < games; id++)
        {
            if (_collected.Contains(id) || !(await _caller.ReadAsync(_at.Tournament, TournamentContract.Game, cancellationToken, id).ConfigureAwait(false))[10].ToBool()) continue;
            if (await _caller.TrySendAsync(_at.Tournament, TournamentContract.Collect, 0, cancellationToken, id, _caller.Account).ConfigureAwait(false)) return ClaimMove.Collected;
            _collected.Add(id);
        }
        return await _caller.TrySendAsync(_at.BondVault, BondVaultContract.Withdraw, 0, cancellationToken).ConfigureAwait(false) ? ClaimMove.Withdrawn : ClaimMove.None;
    }
}
