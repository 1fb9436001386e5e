using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using T = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>The moves of one claim in a dispute on the settlement layer, each worked out from what the contract answers.</summary>
internal sealed class DisputeMoves(ChainCaller caller, L1Address tournament, IClaimSource source)
{
    // Groups that one call forms at most.
    private const ulong MaxGroups = 16;

    /// <summary>A leaf's opening as calls have it.</summary>
    public static AbiValue Opening(ClaimTree tree, ulong index) => AbiValue.List([.. tree.Open(index).Select(static sibling => (AbiValue)sibling)]);

    /// <summary>Makes at most one call.</summary>
    public async ValueTask<ClaimMove> PlayAsync(ulong game, ulong batch, ClaimTree tree, CancellationToken cancellationToken)
    {
        AbiValue state = await caller.ReadAsync(tournament, T.Game, cancellationToken, game).ConfigureAwait(false);
        if (state[10].ToBool()) return ClaimMove.None;
        ulong now = await caller.NowAsync(cancellationToken).ConfigureAwait(false);
        AbiValue mine = await caller.ReadAsync(tournament, T.Entrant, cancellationToken, game, tree.Claim.Root).ConfigureAwait(false);
        if (!mine[0].ToBool())
        {
            if (now < state[3].ToUInt64() && await JoinAsync(game, tree, cancellationToken).ConfigureAwait(false)) return ClaimMove.Joined;
        }
        else if (!mine[4].ToBool())
        {
            AbiValue ids = (await caller.ReadAsync(tournament, T.MatchesOf, cancellationToken, game, false, mine[1]).ConfigureAwait(false))[0];
            for (int i = 0; i < ids.Items.Length; i++)
                if (await PlayMatchAsync(game, batch, tree, state[1].ToDigest(), mine[1].ToUInt64(), ids[i], now, cancellationToken).ConfigureAwait(false)) return ClaimMove.Played;
        }
        return await KeepAsync(game, state, now, cancellationToken).ConfigureAwait(false) ? ClaimMove.Kept : ClaimMove.None;
    }

    private async ValueTask<bool> JoinAsync(ulong game, ClaimTree tree, CancellationToken cancellationToken)
    {
        UInt128 bond = (await caller.ReadAsync(tournament, T.Bond, cancellationToken).ConfigureAwait(false))[0].ToUInt128();
        int below = tree.Height - 1;
        return await caller.TrySendAsync(
            tournament, T.Join, bond, cancellationToken, game, tree.Node(below, 0), tree.Node(below, 1), tree.Claim.FinalRoot, Opening(tree, (1UL << tree.Height) - 1)).ConfigureAwait(false);
    }

    private async ValueTask<bool> PlayMatchAsync(ulong game, ulong batch, ClaimTree tree, Digest32 startLeaf, ulong number, AbiValue id, ulong now, CancellationToken cancellationToken)
    {
        AbiValue match = await caller.ReadAsync(tournament, T.MatchAt, cancellationToken, game, id).ConfigureAwait(false);
        bool isSecond = match[1].ToUInt64() == number, isSealed = match[7].ToBool();
        if (now > match[9].ToUInt64()) return false;
        if (isSealed)
        {
            ReadOnlyMemory<byte> witness = await source.WitnessAsync(batch, match[6].ToUInt64(), cancellationToken).ConfigureAwait(false);
            return await caller.TrySendAsync(tournament, T.Step, 0, cancellationToken, game, id, isSecond, AbiValue.Of(witness)).ConfigureAwait(false);
        }
        if (match[8].ToBool() != isSecond) return false;
        return TournamentPlayer.Bisect(tree, (long)id.ToUInt64(), (int)match[5].ToUInt64(), match[6].ToUInt64(), match[3].ToDigest(), startLeaf) switch
        {
            AdvanceMove m => await caller.TrySendAsync(tournament, T.Advance, 0, cancellationToken, game, id, m.Left, m.Right, m.NewLeft, m.NewRight).ConfigureAwait(false),
            SealMove m => await caller.TrySendAsync(tournament, T.Seal, 0, cancellationToken, game, id, m.Left, m.Right, m.PreRoot, AbiValue.List([.. m.Opening.ToArray().Select(static node => (AbiValue)node)])).ConfigureAwait(false),
            _ => false,
        };
    }

    // What anybody may do so that a dispute goes on.
    private async ValueTask<bool> KeepAsync(ulong game, AbiValue state, ulong now, CancellationToken cancellationToken)
    {
        if (await caller.TrySendAsync(tournament, T.Conclude, 0, cancellationToken, game).ConfigureAwait(false)) return true;
        if (state[8].ToBool() && await caller.TrySendAsync(tournament, T.Form, 0, cancellationToken, game, MaxGroups).ConfigureAwait(false)) return true;
        AbiValue all = (await caller.ReadAsync(tournament, T.MatchesOf, cancellationToken, game, true, 0UL).ConfigureAwait(false))[0];
        for (int i = 0; i < all.Items.Length; i++)
        {
            AbiValue match = await caller.ReadAsync(tournament, T.MatchAt, cancellationToken, game, all[i]).ConfigureAwait(false);
            if (now > match[9].ToUInt64() && await caller.TrySendAsync(tournament, T.Timeout, 0, cancellationToken, game, all[i]).ConfigureAwait(false)) return true;
        }
        return false;
    }
}
