using System.Buffers;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Attesting;

/// <summary>Final blocks between two sealed roots, and what it takes to show the state before them once the store has gone on.</summary>
internal sealed class Segment(MachineState before, in Digest cells)
{
    public MachineState Before { get; } = before;

    public Digest Cells { get; } = cells;

    public List<MicroBlock> Blocks { get; } = [];

    /// <summary>The header that states the root after the last block; null while blocks are added.</summary>
    public MicroHeader? Seal { get; set; }

    public HashSet<Digest> Touched { get; } = [];

    /// <summary>What the written cells held before.</summary>
    public Dictionary<Digest, StateWrite> Undo { get; } = [];

    /// <summary>What the segment removes, all of it taken together.</summary>
    public HashSet<Digest> Removed { get; } = [];

    /// <summary>Shards that it sent bundles to.</summary>
    public SortedSet<ShardId> Destinations { get; } = [];

    public long Bytes { get; set; }

    public Attestation Statement => new(
        Seal!.ChainId, Seal.Shard, Seal.Epoch, Blocks[0].Header.Height, Seal.Height - 1, Before.StateRoot(Cells), Seal.StateRoot, Seal.Hash);
}

/// <summary>The segments of a shard that are not attested, as one of its members knows them; made again from its log.</summary>
/// <remarks>
/// The store keeps no old states. A witness against an older root comes from one of the present state that also covers
/// whatever was written since: in it the writes are undone, which leads back to the older root.
/// </remarks>
internal sealed class SegmentBook(MachineState state, IAuthenticatedStore cells, in Digest prefix, long maxBytes)
{
    private readonly Digest _prefix = prefix;
    private readonly List<Segment> _closed = [];
    private Segment _open = new(state, cells.Root);
    private long _bytes;

    /// <summary>True once so much waits for attestation that no more should be added.</summary>
    public bool IsFull => _bytes >= maxBytes;

    public IReadOnlyList<Segment> Closed => _closed;

    public Segment? Find(ulong sealHeight) => _closed.Find(segment => segment.Seal!.Height == sealHeight);

    /// <summary>A block becomes final: called while the store is at the state before it.</summary>
    /// <param name="undo">What undoes each of the step's writes.</param>
    public void Add(MicroBlock block, MachineState before, ShardStep step, ReadOnlySpan<StateWrite> undo)
    {
        if (!block.Header.StateRoot.IsZero)
        {
            if (_open.Blocks.Count > 0)
            {
                _open.Seal = block.Header;
                _closed.Add(_open);
            }
            _open = new Segment(before, cells.Root);
        }
        _open.Blocks.Add(block);
        _open.Touched.UnionWith(step.Touched);
        foreach (SentReceipt sent in step.Sent)
            if (sent.Kind == ReceiptKind.Bundle) _open.Destinations.UnionWith(sent.Destinations);
        long bytes = MicroHeader.Size + block.Body.Length + step.Touched.Length * Digest.Size;
        for (int i = 0; i < undo.Length; i++)
        {
            StateWrite write = step.Writes.Span[i];
            if (write.IsDelete) _open.Removed.Add(write.Key);
            else _open.Removed.Remove(write.Key);
            if (_open.Undo.TryAdd(write.Key, undo[i])) bytes += Digest.Size + undo[i].Value.Length;
        }
        _open.Bytes += bytes;
        _bytes += bytes;
    }

    /// <summary>Blocks up to a height are attested.</summary>
    public void Forget(ulong lastHeight)
    {
        foreach (Segment segment in _closed)
            if (segment.Seal!.Height <= lastHeight + 1) _bytes -= segment.Bytes;
        _closed.RemoveAll(segment => segment.Seal!.Height <= lastHeight + 1);
    }

    /// <summary>The witness of a closed segment: the same whoever makes it, and whenever.</summary>
    public ReadOnlyMemory<byte> WitnessOf(Segment segment)
    {
        var undo = new Dictionary<Digest, StateWrite>();
        for (int i = _closed.IndexOf(segment); i <= _closed.Count; i++)
            foreach ((Digest key, StateWrite write) in (i < _closed.Count ? _closed[i] : _open).Undo) undo.TryAdd(key, write);
        var output = new ArrayBufferWriter<byte>();
        Digest[] undone = [.. undo.Keys];
        cells.WriteWitness([.. segment.Touched], undone, output);
        if (WitnessStore.Open(output.WrittenSpan, cells.Root, _prefix, cells.RootDepth, out WitnessStore? store) != ProofResult.Valid || store is null
            || store.TryStage(undo.Values.ToArray(), out Digest root) != StageResult.Ok || root != segment.Cells)
            throw new InvalidOperationException("Expected writes that lead back to the root before the segment, got others.");
        store.Commit();
        output.ResetWrittenCount();
        store.WriteWitness([.. segment.Touched], [.. segment.Removed], output);
        return output.WrittenSpan.ToArray();
    }
}
