using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Proves of claimed batches what the policy asks for and no more: the segments in which something leaves that must be proven.
/// Of a false claim it proves where the batch leads, which ends it. Every step is worked out from the settlement layer and the
/// node alone, so that it can be stopped at any point and started again; what was proven and not handed in is kept meanwhile.
/// Not thread-safe.
/// </summary>
public sealed class SegmentProver
{
    private readonly ChainCaller _caller;
    private readonly RollupAddresses _at;
    private readonly IClaimSource _source;
    private readonly IProofSystem _proofs;
    private readonly ulong _system;
    private readonly FinalityPolicy _policy;
    private readonly ClaimBook _book;
    private readonly Dictionary<ProofStatement, ReadOnlyMemory<byte>> _made = [];
    private (int Height, ulong SegmentSteps)? _rules;
    private (ulong Batch, int Undone) _done;

    /// <summary>A prover.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that pays.</param>
    /// <param name="addresses">The rollup's contracts, with a registry of proofs.</param>
    /// <param name="source">What this node executed, with what leaves in it and segments of the contract's size.</param>
    /// <param name="proofs">Proves segments and whole batches.</param>
    /// <param name="system">Its number in the registry.</param>
    /// <param name="policy">What must be proven.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on its events are read: the one with the contracts' creation.</param>
    public SegmentProver(ISettlementChain chain, RollupAddresses addresses, IClaimSource source, IProofSystem proofs, uint system, FinalityPolicy policy, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(proofs);
        ArgumentNullException.ThrowIfNull(policy);
        if (addresses.ProofRegistry.IsZero) throw new ArgumentException("Expected a rollup with a registry of proofs.", nameof(addresses));
        (_caller, _at, _source, _proofs, _system, _policy) = (new ChainCaller(chain), addresses, source, proofs, system, policy);
        _book = new ClaimBook(chain, addresses.StateChain, firstBlock);
    }

    /// <summary>Makes at most one proof and one call.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    /// <exception cref="ArgumentException">The proof system cannot prove what this node executed.</exception>
    public async ValueTask<ClaimMove> StepAsync(CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        if ((await _caller.ReadAsync(_at.ProofRegistry, ProofRegistryContract.Halted, cancellationToken).ConfigureAwait(false))[0].ToBool()) return ClaimMove.None;
        ulong final = await _caller.NumberAsync(_at.StateChain, C.FinalCount, cancellationToken).ConfigureAwait(false);
        if (_done.Undone != _book.Undone) _done = (0, _book.Undone);
        AbiValue parent = _done.Batch == 0 ? Nothing : await ClaimOfAsync(_done.Batch - 1, cancellationToken).ConfigureAwait(false) ?? Nothing;
        for (ulong batch = _done.Batch; await ClaimOfAsync(batch, cancellationToken).ConfigureAwait(false) is { } claim; batch++)
        {
            if (await _source.FindAsync(batch, cancellationToken).ConfigureAwait(false) is not { } own) break;
            // What builds upon a false claim falls with it.
            if (batch > 0 && (claim[0].ToDigest() != C.IdOf(batch - 1, parent) || parent[3].ToDigest() != own.StartLeaf)) break;
            var whole = new ProofStatement(own.StartLeaf, C.LeafOf(own.StateRoot, own.ExitRoot), own.Head);
            if (claim[3].ToDigest() != whole.FinalLeaf)
                return batch < final ? ClaimMove.None : await UseAsync(whole, C.Refute, ClaimMove.Refuted, cancellationToken, batch, claim, parent, whole.FinalLeaf).ConfigureAwait(false);
            (bool isDone, ClaimMove move) = await ProveAsync(batch, claim, parent, own, whole, cancellationToken).ConfigureAwait(false);
            if (move != ClaimMove.None) return move;
            if (isDone && batch < final && batch == _done.Batch) _done.Batch++;
            parent = claim;
        }
        return ClaimMove.None;
    }

    private static AbiValue Nothing => C.ClaimOf(default, default, default, default, default, 0);

    private async ValueTask<AbiValue?> ClaimOfAsync(ulong batch, CancellationToken cancellationToken) =>
        _book.Find((await _caller.ReadAsync(_at.StateChain, C.Claims, cancellationToken, batch).ConfigureAwait(false))[0].ToDigest());

    // Whether all is proven of a batch that must be, and what was done.
    private async ValueTask<(bool IsDone, ClaimMove Move)> ProveAsync(ulong batch, AbiValue claim, AbiValue parent, ClaimableBatch own, ProofStatement whole, CancellationToken cancellationToken)
    {
        (int height, ulong steps) = _rules ??= (
            (int)await _caller.NumberAsync(_at.StateChain, C.Height, cancellationToken).ConfigureAwait(false), await _caller.NumberAsync(_at.StateChain, C.SegmentSteps, cancellationToken).ConfigureAwait(false));
        ClaimTree? tree = null;
        bool isDone = true;
        ulong seen = ulong.MaxValue;
        for (int exit = 0; exit < own.Operations.Length; exit++)
        {
            Operation operation = own.Operations.Span[exit];
            if (_policy.Requirement(operation.Kind, operation.Token, operation.Value) == FinalityRequirement.Optimistic) continue;
            ulong segment = steps == 0 ? 0 : operation.Step / steps;
            if (segment == seen || (await _caller.ReadAsync(_at.StateChain, C.ProvenExit, cancellationToken, batch, (ulong)exit).ConfigureAwait(false))[0].ToBool()) continue;
            (seen, isDone) = (segment, false);
            tree ??= ClaimProposer.TreeOf(own, height);
            // Leaves of a claim that ends well and is another inside nobody can show: the whole batch is proven instead.
            bool isOwn = steps != 0 && claim[1].ToDigest() == tree.Node(height - 1, 0) && claim[2].ToDigest() == tree.Node(height - 1, 1);
            ClaimMove move = isOwn
                ? await ProveAsync(batch, claim, parent, own, tree, segment, steps, cancellationToken).ConfigureAwait(false)
                : await UseAsync(whole, C.Prove, ClaimMove.Proven, cancellationToken, batch, claim, parent).ConfigureAwait(false);
            if (move != ClaimMove.None) return (false, move);
        }
        return (isDone, ClaimMove.None);
    }

    private async ValueTask<ClaimMove> ProveAsync(ulong batch, AbiValue claim, AbiValue parent, ClaimableBatch own, ClaimTree tree, ulong segment, ulong steps, CancellationToken cancellationToken)
    {
        // The last segment in which something happens is proven to the end, so that what left there needs no count after it.
        bool isLast = ((ulong)tree.Count - 1) / steps == segment;
        ulong from = segment * steps, to = isLast ? 1UL << tree.Height : from + steps, count = (to - from) / steps;
        Digest32 pre = from == 0 ? own.StartLeaf : tree.Leaf(from - 1), post = tree.Leaf(to - 1);
        AbiValue before = from == 0 ? AbiValue.List() : DisputeMoves.Opening(tree, from - 1), later = isLast ? AbiValue.List() : DisputeMoves.Opening(tree, to - 1);
        AbiValue segments = (await _caller.ReadAsync(_at.StateChain, C.ProvenSegments, cancellationToken, C.IdOf(batch, claim)).ConfigureAwait(false))[0];
        // Others may have proven them one by one.
        if ((~segments.ToUInteger() >> (int)segment & ((System.Numerics.BigInteger.One << (int)count) - 1)).IsZero)
        {
            AbiValue Machine(ulong edge) => C.MachineOf(edge == 0 || edge > (ulong)own.Machines.Length ? default : own.Machines.Span[(int)edge - 1]);
            bool isCovered = await _caller.TrySendAsync(
                _at.StateChain, C.CoverExits, 0, cancellationToken, batch, claim, segment, count, Machine(segment), before, isLast ? Machine(0) : Machine(segment + 1), later).ConfigureAwait(false);
            return isCovered ? ClaimMove.Covered : ClaimMove.None;
        }
        var statement = new ProofStatement(pre, post, own.Head) { From = from, To = to };
        return await UseAsync(statement, C.ProveSegments, ClaimMove.Proven, cancellationToken, batch, claim, parent, AbiValue.List(segment, count, pre, before, post, later)).ConfigureAwait(false);
    }

    // Hands in a proof, or where the registry is convinced, tells the state chain what it needs to know of that.
    private async ValueTask<ClaimMove> UseAsync(ProofStatement statement, AbiFunction use, ClaimMove used, CancellationToken cancellationToken, params AbiValue[] arguments)
    {
        if (await _caller.NumberAsync(_at.ProofRegistry, ProofRegistryContract.ProvenAt, cancellationToken, statement.StartLeaf, statement.FinalLeaf, statement.Head).ConfigureAwait(false) != 0)
        {
            _made.Remove(statement);
            return await _caller.TrySendAsync(_at.StateChain, use, 0, cancellationToken, arguments).ConfigureAwait(false) ? used : ClaimMove.None;
        }
        if (!_made.TryGetValue(statement, out ReadOnlyMemory<byte> proof))
            _made[statement] = proof = await _proofs.ProveTimedAsync(statement, cancellationToken).ConfigureAwait(false);
        bool isIn = await _caller.TrySendAsync(
            _at.ProofRegistry, ProofRegistryContract.Submit, 0, cancellationToken, _system, statement.StartLeaf, statement.FinalLeaf, statement.Head, AbiValue.Of(proof)).ConfigureAwait(false);
        return isIn ? ClaimMove.Submitted : ClaimMove.None;
    }
}
