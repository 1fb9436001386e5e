using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
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
    private readonly Dictionary<(ProofStatement Statement, uint System), (ulong Batch, ulong Time, ReadOnlyMemory<byte> Proof)> _kept = [];
    private byte[]? _ready;

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

    /// <summary>So many seconds of the settlement layer's time a proof waits for a batch that takes it along (<see cref="Along"/>) until it goes alone.</summary>
    public ulong Patience { get; init; }

    /// <summary>
    /// The settlement layer for who appends batches as well: a proof that is ready goes along with the next batch, in one transaction, which
    /// saves what a transaction costs by itself. Batches in calldata go alone: followers read them out of the transaction.
    /// </summary>
    /// <param name="chain">The settlement layer, as the sequencer's account sees it.</param>
    /// <returns>The same layer; as safe for many callers as the one given, while this proposer steps.</returns>
    public ISettlementChain Along(ISettlementChain chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        return new ProvingChain(chain, _at.Inbox, () => Volatile.Read(ref _ready));
    }

    /// <summary>Makes at most one call; to prove a batch may take long before it.</summary>
    /// <param name="cancellationToken">Ends the step; a call that was sent may still get into a block.</param>
    public async ValueTask<ClaimMove> StepAsync(CancellationToken cancellationToken)
    {
        byte[]? ready = null;
        try
        {
            if (await UpdateAsync(cancellationToken).ConfigureAwait(false) is not { } standing) return ClaimMove.None;
            if (standing.IsStale) return await TrySendAsync(C.Restart, _book.PathTo((int)standing.Final), ClaimMove.Restarted, cancellationToken).ConfigureAwait(false);
            if (await ArgumentsAsync(standing, cancellationToken).ConfigureAwait(false) is { } next)
            {
                ready = C.Prove.Encode(next.Arguments);
                if (standing.Now < next.Time + Patience) return ClaimMove.None;
                if (await _caller.TrySendAsync(_at.StateChain, C.Prove, 0, cancellationToken, next.Arguments).ConfigureAwait(false))
                {
                    ready = null;
                    return ClaimMove.Proven;
                }
            }
            // A proof would have made it final in passing.
            return standing.Due is { } due ? await TrySendAsync(C.FinalizeBatches, _book.PathTo(due), ClaimMove.Finalized, cancellationToken).ConfigureAwait(false) : ClaimMove.None;
        }
        finally
        {
            Volatile.Write(ref _ready, ready);
        }
    }

    private async ValueTask<ClaimMove> TrySendAsync(AbiFunction function, (AbiValue Links, AbiValue Below) path, ClaimMove move, CancellationToken cancellationToken) =>
        await _caller.TrySendAsync(_at.StateChain, function, 0, cancellationToken, path.Links, path.Below).ConfigureAwait(false) ? move : ClaimMove.None;

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
        return new Standing(final, _book.Due(final, now - Math.Min(now, delay)), (ulong)records.Count > final && records[^1].ProvenAt <= trusted, now);
    }

    // What proves the next batch; null if this node does not have it, or not upon what is proven.
    private async ValueTask<(AbiValue[] Arguments, ulong Time)?> ArgumentsAsync(Standing standing, CancellationToken cancellationToken)
    {
        int batch = _book.Records.Count;
        if (await _source.FindAsync((ulong)batch, cancellationToken).ConfigureAwait(false) is not { } own) return null;
        Digest32 start = batch == 0 ? (await _caller.ReadAsync(_at.StateChain, C.GenesisLeaf, cancellationToken).ConfigureAwait(false))[0].ToDigest() : _book.Records[^1].FinalLeaf;
        if (own.StartLeaf != start) return null;
        var statement = new ProofStatement(start, StateChainContract.LeafOf(own.StateRoot, own.ExitRoot), own.Head);
        var proofs = new List<AbiValue>();
        ulong time = 0;
        foreach ((uint number, IProofSystem system) in _systems)
        {
            if (!_kept.TryGetValue((statement, number), out (ulong Batch, ulong Time, ReadOnlyMemory<byte> Proof) kept))
                _kept[(statement, number)] = kept = ((ulong)batch, standing.Now, await system.ProveTimedAsync(statement, cancellationToken).ConfigureAwait(false));
            time = Math.Max(time, kept.Time);
            proofs.Add(AbiValue.Of(kept.Proof));
        }
        (AbiValue recent, AbiValue below) = _book.PathTo(Math.Max(0, standing.Due ?? batch - 1));
        return ([recent, below, own.StateRoot, own.ExitRoot, AbiValue.List([.. _systems.Select(static system => (AbiValue)(ulong)system.Number)]), AbiValue.List([.. proofs])], time);
    }

    // Batches that are final; the newest that could be; whether what is proven above them counts no more; the time.
    private readonly record struct Standing(ulong Final, int? Due, bool IsStale, ulong Now);
}

/// <summary>A settlement layer on which what appends a batch takes a proof along that is ready, if both succeed together.</summary>
internal sealed class ProvingChain(ISettlementChain chain, L1Address inbox, Func<byte[]?> ready) : ISettlementChain
{
    private static readonly AbiFunction[] s_appends = [InboxContract.AppendBlobs, InboxContract.AppendCertified];

    public L1Address Account => chain.Account;

    public ValueTask<ChainBlock?> FindBlockAsync(ulong? number, ChainFinality finality, CancellationToken cancellationToken) => chain.FindBlockAsync(number, finality, cancellationToken);

    public ValueTask ReadLogsAsync(ulong first, ulong last, IReadOnlyList<L1Address> contracts, ICollection<ChainLog> logs, CancellationToken cancellationToken) =>
        chain.ReadLogsAsync(first, last, contracts, logs, cancellationToken);

    public ValueTask<ChainAnswer> CallAsync(ChainCall call, CancellationToken cancellationToken) => chain.CallAsync(call, cancellationToken);

    public async ValueTask<ChainReceipt> SendAsync(ChainCall call, CancellationToken cancellationToken)
    {
        if (call.To == inbox && s_appends.Any(append => call.Input.Span.StartsWith(append.Selector)) && ready() is { } proof)
        {
            ChainCall both = call with { Input = C.Multicall.Encode(AbiValue.List(AbiValue.Of(proof), AbiValue.Of(call.Input))) };
            if ((await chain.CallAsync(both, cancellationToken).ConfigureAwait(false)).IsOk) return await chain.SendAsync(both, cancellationToken).ConfigureAwait(false);
        }
        return await chain.SendAsync(call, cancellationToken).ConfigureAwait(false);
    }
}
