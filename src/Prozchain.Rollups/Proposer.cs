using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups;

/// <summary>
/// Posts batches, asserts what they do, and defends its assertions. It asserts only what its node derived from the
/// posted data, so that after a restart it goes on from the log alone. Not thread-safe.
/// </summary>
public sealed class Proposer
{
    private readonly RollupNode _node;
    private readonly SettlementClient _client;
    private readonly DisputePlayer _player;
    private readonly Func<long, BatchTrace?> _traceOf;

    /// <summary>A proposer.</summary>
    /// <param name="node">Its view of the rollup; may be shared with others that run one at a time.</param>
    /// <param name="signer">A party of the genesis that may post batches. No other process signs with this key.</param>
    /// <exception cref="ArgumentException">The genesis does not register the signer.</exception>
    public Proposer(RollupNode node, ISigner signer)
        : this(node, signer, index => node.FindBatch(index)?.Trace)
    {
    }

    /// <summary>For tests: asserts whatever traces it is given.</summary>
    internal Proposer(RollupNode node, ISigner signer, Func<long, BatchTrace?> traceOf)
    {
        _node = node;
        _client = new SettlementClient(node, signer);
        _traceOf = traceOf;
        _player = new DisputePlayer(node, _client.Address, assertion => traceOf(assertion.BatchIndex));
    }

    /// <summary>The proposer's account in the settlement.</summary>
    public AccountAddress Address => _client.Address;

    /// <summary>Publishes a batch's bytes, then posts it.</summary>
    /// <exception cref="ArgumentException">Not the next batch of the log.</exception>
    public async ValueTask PostAsync(SequencedBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        await _client.SyncAsync(cancellationToken).ConfigureAwait(false);
        if (batch.Index != _node.Settlement.BatchCount) throw new ArgumentException($"Expected batch {_node.Settlement.BatchCount}, got {batch.Index}.", nameof(batch));
        var commitment = new byte[Digest32.Size];
        await _node.Data.PublishAsync(batch.Data, commitment, cancellationToken).ConfigureAwait(false);
        var post = new PostBatchCall(batch.Index, new Digest32(commitment), batch.DataHash, batch.Data.Length, batch.Trace.Count);
        await _client.SendAsync(post, bond: 0, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads the log, asserts every derived batch not yet asserted, as far as the deposit reaches, and makes every move
    /// due in disputes about its assertions.
    /// </summary>
    /// <returns>Number of calls sent. Their effect shows at the next step.</returns>
    public async ValueTask<int> StepAsync(CancellationToken cancellationToken = default)
    {
        await _client.SyncAsync(cancellationToken).ConfigureAwait(false);
        if (_node.HasDiverged) return 0;
        int sent = await AssertAsync(cancellationToken).ConfigureAwait(false);
        foreach (Dispute dispute in _node.Settlement.OpenDisputes)
        {
            if (_player.NextMove(dispute) is not { } move) continue;
            await _client.SendAsync(move, bond: 0, cancellationToken).ConfigureAwait(false);
            sent++;
        }
        return sent;
    }

    private async ValueTask<int> AssertAsync(CancellationToken cancellationToken)
    {
        SettlementContract settlement = _node.Settlement;
        ulong bond = _node.Genesis.Parameters.AssertionBond;
        long next = settlement.AssertedCount;
        // Nobody builds on a wrong assertion: it will fall, and what stands on it with it.
        for (long below = settlement.FinalCount; below < next; below++)
            if (settlement.AssertionOn(below) is { } assertion && assertion.Asserter != Address && _node.Judge(assertion) != AssertionVerdict.Right) return 0;
        int sent = 0;
        for (; next < _node.DerivedCount && _client.Free >= bond && _traceOf(next) is { } trace; next++, sent++)
        {
            Digest32[] opening = trace.Count == 0 ? [] : trace.Open(trace.Count);
            var call = new AssertCall(next, trace.PreRoot, trace.PostRoot, trace.Commitment, trace.Count, opening);
            await _client.SendAsync(call, bond, cancellationToken).ConfigureAwait(false);
        }
        return sent;
    }
}
