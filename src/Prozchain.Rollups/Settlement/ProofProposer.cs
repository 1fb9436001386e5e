using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using C = Prozchain.Rollups.Evm.ProvenChainContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>
/// Proves batch after batch of a rollup in validity mode, makes final what is due, and drops what a halt of the proofs
/// overtook. Every step is worked out from the settlement layer, so that it can be stopped at any point and started again,
/// here or elsewhere; a proof that was made is kept until its batch is final, whatever becomes of the calls. Not thread-safe.
/// </summary>
public sealed class ProofProposer
{
    private readonly ChainCaller _caller;
    private readonly RollupAddresses _at;
    private readonly IClaimSource _source;
    private readonly IReadOnlyList<(uint Number, IProofSystem System)> _systems;
    private readonly ProofBook _book;
    private readonly Dictionary<(ProofStatement Statement, uint System), (ulong Batch, ReadOnlyMemory<byte> Proof)> _kept = [];

    /// <summary>A proposer.</summary>
    /// <param name="chain">The settlement layer, as the account sees it that calls are paid from.</param>
    /// <param name="addresses">The contracts of a rollup in validity mode.</param>
    /// <param name="source">What this node executed.</param>
    /// <param name="systems">What proves, with the numbers that the registry of proofs gave: as many as must agree, ascending.</param>
    /// <param name="firstBlock">Block of the settlement layer from which on its events are read: the one with the contracts' creation.</param>
    /// <exception cref="ArgumentException">No systems, or not ascending.</exception>
    public ProofProposer(ISettlementChain chain, RollupAddresses addresses, IClaimSource source, IReadOnlyList<(uint Number, IProofSystem System)> systems, ulong firstBlock = 0)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(systems);
        if (systems.Count == 0 || systems.Zip(systems.Skip(1)).Any(static pair => pair.First.Number >= pair.Second.Number))
            throw new ArgumentException($"Expected proof systems by ascending number, got {(systems.Count == 0 ? "none" : string.Join(", ", systems.Select(static system => system.Number)))}.", nameof(systems));
        (_caller, _at, _source, _systems, _book) = (new ChainCaller(chain), addresses, source, systems, new ProofBook(chain, addresses.StateChain, firstBlock));
    }

    /// <summary>Makes at most one call; to prove a batch may take long before it.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<ClaimMove> StepAsync(CancellationToken cancellationToken)
    {
        if (await UpdateAsync(cancellationToken).ConfigureAwait(false) is not { } standing) return ClaimMove.None;
        if (standing.IsStale)
        {
            (AbiValue links, AbiValue below) = _book.PathTo((int)standing.Final);
            return await _caller.TrySendAsync(_at.StateChain, C.Restart, 0, cancellationToken, links, below).ConfigureAwait(false) ? ClaimMove.Restarted : ClaimMove.None;
        }
        if (await ArgumentsAsync(standing, cancellationToken).ConfigureAwait(false) is { } arguments && await _caller.TrySendAsync(_at.StateChain, C.Prove, 0, cancellationToken, arguments).ConfigureAwait(false))
            return ClaimMove.Proven;
        // A proof would have made it final in passing.
        if (standing.Due is not { } due) return ClaimMove.None;
        (AbiValue recent, AbiValue under) = _book.PathTo(due);
        return await _caller.TrySendAsync(_at.StateChain, C.FinalizeBatches, 0, cancellationToken, recent, under).ConfigureAwait(false) ? ClaimMove.Finalized : ClaimMove.None;
    }

    // Null while the proofs are halted.
    private async ValueTask<Standing?> UpdateAsync(CancellationToken cancellationToken)
    {
        await _book.UpdateAsync(cancellationToken).ConfigureAwait(false);
        ulong final = await _caller.NumberAsync(_at.StateChain, C.FinalCount, cancellationToken).ConfigureAwait(false);
        foreach ((ProofStatement, uint) key in _kept.Where(entry => entry.Value.Batch < final).Select(static entry => entry.Key).ToArray()) _kept.Remove(key);
        if ((await _caller.ReadAsync(_at.ProofRegistry, ProofRegistryContract.Halted, cancellationToken).ConfigureAwait(false))[0].ToBool()) return null;
        ulong trusted = await _caller.NumberAsync(_at.ProofRegistry, ProofRegistryContract.TrustedFrom, cancellationToken).ConfigureAwait(false);
        ulong delay = await _caller.NumberAsync(_at.StateChain, C.ProofDelay, cancellationToken).ConfigureAwait(false), now = await _caller.NowAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ProvenBatch> records = _book.Records;
        int due = records.Count - 1;
        while (due >= (int)final && now < records[due].ProvenAt + delay) due--;
        return new Standing(final, due >= (int)final ? due : null, (ulong)records.Count > final && records[^1].ProvenAt <= trusted);
    }

    // What proves the next batch; null if this node does not have it, or not upon what is proven.
    private async ValueTask<AbiValue[]?> ArgumentsAsync(Standing standing, CancellationToken cancellationToken)
    {
        int batch = _book.Records.Count;
        if (await _source.FindAsync((ulong)batch, cancellationToken).ConfigureAwait(false) is not { } own) return null;
        Digest32 start = batch == 0 ? (await _caller.ReadAsync(_at.StateChain, C.GenesisLeaf, cancellationToken).ConfigureAwait(false))[0].ToDigest() : _book.Records[^1].FinalLeaf;
        if (own.StartLeaf != start) return null;
        var statement = new ProofStatement(start, StateChainContract.LeafOf(own.StateRoot, own.ExitRoot), own.Head);
        var proofs = new List<AbiValue>();
        foreach ((uint number, IProofSystem system) in _systems)
        {
            if (!_kept.TryGetValue((statement, number), out (ulong Batch, ReadOnlyMemory<byte> Proof) kept))
                _kept[(statement, number)] = kept = ((ulong)batch, await system.ProveAsync(statement, null, cancellationToken).ConfigureAwait(false));
            proofs.Add(AbiValue.Of(kept.Proof));
        }
        (AbiValue recent, AbiValue below) = _book.PathTo(Math.Max(0, standing.Due ?? batch - 1));
        return [recent, below, own.StateRoot, own.ExitRoot, AbiValue.List([.. _systems.Select(static system => (AbiValue)(ulong)system.Number)]), AbiValue.List([.. proofs])];
    }

    // Batches that are final; the newest that could be; whether what is proven above them counts no more.
    private readonly record struct Standing(ulong Final, int? Due, bool IsStale);
}
