using System.Buffers;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Attesting;

/// <summary>
/// Executes segments of a shard's blocks without its state, from what a witness proves of it: what sampled validators
/// attest, what an auditor repeats, and what decides over evidence of an invalid transition. One segment at a time.
/// </summary>
/// <remarks>
/// Any witness is answered, never with an exception. Signatures of transactions, and certificates in bodies, are checked
/// too. Not checked: that the sealing header is final, that the root before is right, and what bodies say of other shards.
/// </remarks>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
/// <param name="machine">The shard's machine. The checker's from now on.</param>
/// <param name="committees">Who attests.</param>
/// <param name="verifier">Checks signatures.</param>
public sealed class SegmentChecker<TTransition>(ShardMachine<TTransition> machine, ICommitteeDirectory committees, ISignatureVerifier verifier) : IDisposable
    where TTransition : IShardTransition
{
    private readonly ArrayBufferWriter<byte> _needed = new();

    /// <summary>The shard's machine.</summary>
    public ShardMachine<TTransition> Machine { get; } = machine;

    /// <summary>Executes a segment and holds it against what its headers state; the first difference is the fault.</summary>
    /// <param name="segment">The segment, as read.</param>
    public SegmentResult Check(SegmentWitness segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        MicroHeader seal = segment.Seal.Header;
        if (seal.Shard != Machine.Shard.Id || seal.ChainId != Machine.Options.Atomic.ChainId) return Faulty(SegmentFault.OtherShard);
        if (!Machine.CanRestore(segment.Before)) return Faulty(SegmentFault.BadState);
        if (WitnessStore.TryOpen(segment.Witness.Span, segment.Cells, Machine.Shard.Prefix, Machine.Shard.Depth, out WitnessStore? store) != ProofResult.Valid || store is null)
            return Faulty(SegmentFault.BadWitness);
        var cells = new SegmentCells(store);
        Machine.KeepsTouched = true;
        MachineState state = segment.Before;
        SegmentResult result = default;
        for (int i = 0; i < segment.Blocks.Count; i++)
        {
            result = Execute(segment, i, cells, ref state, result.Transactions);
            if (result.Fault != SegmentFault.None) return result;
        }
        if (store.TryStage(cells.Writes.Values.ToArray(), out Digest root) != StageResult.Ok) return Faulty(SegmentFault.MissingCell);
        _needed.ResetWrittenCount();
        store.WriteWitness([.. cells.Touched], [.. cells.Removed], _needed);
        if (!_needed.WrittenSpan.SequenceEqual(segment.Witness.Span)) return Faulty(SegmentFault.UnusedCell);
        result = result with { Own = result.Own with { StateRoot = state.StateRoot(root) } };
        return result.Own.StateRoot == seal.StateRoot ? result : result with { Fault = SegmentFault.WrongStateRoot };
    }

    /// <summary>Releases the machine.</summary>
    public void Dispose() => Machine.Dispose();

    private SegmentResult Execute(SegmentWitness segment, int index, SegmentCells cells, ref MachineState state, int transactions)
    {
        MicroBlock block = segment.Blocks[index];
        MicroHeader header = block.Header, stated = segment.StatementOf(index);
        var context = new BlockContext(header.ChainId, Machine.Layout, header.Shard, header.Epoch, header.Height, header.TimeMs);
        if (ShardBody.TryRead(block.Body) is not { } body) return Faulty(SegmentFault.InvalidBody, index);
        foreach (AttestationCertificate attested in body.Attested)
        {
            if (!AttestationRules.IsPossible(attested.Statement, header)) return Faulty(SegmentFault.InvalidBody, index);
            // A committee that was drawn again since may have been in force then.
            if (!committees.AttestersOf(attested.Statement.Shard, attested.Statement.Epoch).Any(drawn => attested.Verify(drawn.Committee, verifier) == AttestationResult.Valid))
                return Faulty(SegmentFault.BadAttestation, index);
        }
        bool isSigned = Machine.Verify(context, body, verifier) == MachineFault.None;
        ShardStep? step = null;
        MachineFault fault = isSigned ? Machine.Execute(context, body, state, cells, out step) : MachineFault.BadTransaction;
        if (cells.Store.HasGap) return Faulty(SegmentFault.MissingCell, index);
        if (fault != MachineFault.None) return Faulty(SegmentFault.InvalidBody, index);
        state = step!.After;
        cells.Apply(step);
        var own = new ExecutedBlock(step.ReceiptsRoot, step.WriteDigest, default);
        SegmentFault found = own.ReceiptsRoot != stated.ReceiptsRoot ? SegmentFault.WrongReceiptsRoot : own.WriteDigest != stated.WriteDigest ? SegmentFault.WrongWriteDigest : SegmentFault.None;
        return new SegmentResult(found, index, own, transactions + step.Counters.Transactions);
    }

    private static SegmentResult Faulty(SegmentFault fault, int block = 0) => new(fault, block, default, 0);
}

/// <summary>The cells that a witness shows, with what the segment's blocks have written since.</summary>
internal sealed class SegmentCells(WitnessStore store) : ICellSource
{
    public WitnessStore Store => store;

    public Dictionary<Digest, StateWrite> Writes { get; } = [];

    public HashSet<Digest> Touched { get; } = [];

    /// <summary>What the segment removes, all of it taken together.</summary>
    public IEnumerable<Digest> Removed => Writes.Values.Where(write => write.IsDelete).Select(write => write.Key);

    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value)
    {
        if (!Writes.TryGetValue(key, out StateWrite write)) return store.TryGet(key, out value);
        value = write.Value.Span;
        return !write.IsDelete;
    }

    public void Apply(ShardStep step)
    {
        Touched.UnionWith(step.Touched);
        foreach (StateWrite write in step.Writes.Span) Writes[write.Key] = write;
    }
}
