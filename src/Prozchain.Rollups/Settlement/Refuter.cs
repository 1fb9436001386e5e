using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StateChainContract;
using R = Prozchain.Rollups.Evm.ProofRegistryContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Ends false claims in one round, by a proof of where their batch leads, as where no step is executed again
/// (<see cref="RollupProfile.Proof"/>); then fetches the reward. Every step is worked out from the settlement layer and from what this
/// node executed; a proof that was made is kept until it is there. Not thread-safe.
/// </summary>
public sealed class Refuter
{
    private readonly ChainCaller _caller;
    private readonly RollupAddresses _at;
    private readonly IClaimSource _source;
    private readonly IProofSystem _proofs;
    private readonly uint _system;
    private readonly ClaimBook _book;
    private (ProofStatement Statement, ReadOnlyMemory<byte> Proof)? _made;

    /// <summary>A refuter.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that the reward goes to.</param>
    /// <param name="addresses">The rollup's contracts.</param>
    /// <param name="source">What this node executed.</param>
    /// <param name="proofs">Proves it. Where several systems must agree, a refuter runs for each.</param>
    /// <param name="system">Number of the system in the registry of proofs.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on its events are read: the one with the contracts' creation.</param>
    public Refuter(ISettlementChain chain, RollupAddresses addresses, IClaimSource source, IProofSystem proofs, uint system = 0, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(proofs);
        (_caller, _at, _source, _proofs, _system, _book) = (new ChainCaller(chain), addresses, source, proofs, system, new ClaimBook(chain, addresses.StateChain, firstBlock));
    }

    /// <summary>Makes at most one call, after at most one proof.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<ClaimMove> StepAsync(CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        ulong final = await _caller.NumberAsync(_at.StateChain, C.FinalCount, cancellationToken).ConfigureAwait(false);
        AbiValue parent = final == 0 ? Nothing : await ClaimOfAsync(final - 1, cancellationToken).ConfigureAwait(false) ?? Nothing;
        for (ulong batch = final; await ClaimOfAsync(batch, cancellationToken).ConfigureAwait(false) is { } claim; batch++)
        {
            // What builds upon a claim that is gone goes with it.
            if (batch > 0 && claim[0].ToDigest() != C.IdOf(batch - 1, parent))
                return await _caller.TrySendAsync(_at.StateChain, C.Discard, 0, cancellationToken, batch, claim).ConfigureAwait(false) ? ClaimMove.Discarded : ClaimMove.None;
            if (await _source.FindAsync(batch, cancellationToken).ConfigureAwait(false) is not { } own || batch > 0 && parent[3].ToDigest() != own.StartLeaf) break;
            Digest32 truth = C.LeafOf(own.StateRoot, own.ExitRoot);
            if (claim[3].ToDigest() != truth) return await RefuteAsync(batch, claim, parent, new ProofStatement(own.StartLeaf, truth, own.Head), cancellationToken).ConfigureAwait(false);
            parent = claim;
        }
        return await _caller.TrySendAsync(_at.BondVault, BondVaultContract.Withdraw, 0, cancellationToken).ConfigureAwait(false) ? ClaimMove.Withdrawn : ClaimMove.None;
    }

    private static AbiValue Nothing => C.ClaimOf(default, default, default, default, default, 0);

    private async ValueTask<AbiValue?> ClaimOfAsync(ulong batch, CancellationToken cancellationToken) =>
        _book.Find((await _caller.ReadAsync(_at.StateChain, C.Claims, cancellationToken, batch).ConfigureAwait(false))[0].ToDigest());

    private async ValueTask<ClaimMove> RefuteAsync(ulong batch, AbiValue claim, AbiValue parent, ProofStatement truth, CancellationToken cancellationToken)
    {
        if (await _caller.TrySendAsync(_at.StateChain, C.Refute, 0, cancellationToken, batch, claim, parent, truth.FinalLeaf).ConfigureAwait(false)) return ClaimMove.Refuted;
        if (await _caller.NumberAsync(_at.ProofRegistry, R.ProvenAt, cancellationToken, truth.StartLeaf, truth.FinalLeaf, truth.BatchHead).ConfigureAwait(false) != 0) return ClaimMove.None;
        if (_made?.Statement != truth) _made = (truth, await _proofs.ProveTimedAsync(truth, cancellationToken).ConfigureAwait(false));
        return await _caller.TrySendAsync(_at.ProofRegistry, R.Submit, 0, cancellationToken, (ulong)_system, truth.StartLeaf, truth.FinalLeaf, truth.BatchHead, AbiValue.Of(_made.Value.Proof)).ConfigureAwait(false)
            ? ClaimMove.Submitted
            : ClaimMove.None;
    }
}
