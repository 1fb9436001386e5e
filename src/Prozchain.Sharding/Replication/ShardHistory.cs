using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// The last final blocks of a shard, run after run, with what undoes each: so the state that a sealing header states can
/// be given to whoever takes the shard over, though the shard has moved on. Bounded in number.
/// </summary>
internal sealed class ShardHistory(int keep)
{
    private readonly List<Entry> _entries = [];

    /// <summary>Height of the oldest block kept; 0 for none.</summary>
    public ulong Oldest => _entries.Count == 0 ? 0 : _entries[0].Block.Header.Height;

    public MicroBlock? Find(in Digest hash)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
            if (_entries[i].Block.Hash == hash) return _entries[i].Block;
        return null;
    }

    /// <summary>A final block was taken over.</summary>
    /// <param name="block">The block.</param>
    /// <param name="before">Channels and atomic transactions before it.</param>
    /// <param name="undo">Writes that undo what it wrote.</param>
    public void Add(MicroBlock block, MachineState before, StateWrite[] undo)
    {
        _entries.Add(new Entry(block, before, undo));
        if (_entries.Count > keep) _entries.RemoveAt(0);
    }

    /// <summary>The writes that undo others.</summary>
    public static StateWrite[] UndoOf(ReadOnlySpan<StateWrite> writes, IAuthenticatedStore cells)
    {
        var undo = new StateWrite[writes.Length];
        for (int i = 0; i < undo.Length; i++)
            undo[i] = cells.TryGet(writes[i].Key, out ReadOnlySpan<byte> value) ? new StateWrite(writes[i].Key, value.ToArray()) : StateWrite.Delete(writes[i].Key);
        return undo;
    }

    /// <summary>The highest sealing header at most at a height, and a copy of the state that it states.</summary>
    /// <returns>Null if none is kept.</returns>
    public StateSnapshot? SnapshotAt(ulong maxHeight, HeapTrieStore cells)
    {
        int at = _entries.FindLastIndex(entry => entry.Block.Header.Height <= maxHeight && !entry.Block.Header.StateRoot.IsZero);
        if (at < 0) return null;
        var undo = new Dictionary<Digest, StateWrite>();
        for (int i = _entries.Count - 1; i >= at; i--)
            foreach (StateWrite write in _entries[i].Undo) undo[write.Key] = write;
        HeapTrieStore copy = cells.Copy();
        copy.Stage([.. undo.Values]);
        copy.Commit();
        return new StateSnapshot(_entries[at].Block.Header.Height, _entries[at].Before, copy);
    }

    private sealed record Entry(MicroBlock Block, MachineState Before, StateWrite[] Undo);
}

/// <summary>The state that a sealing header states: that after the block below it.</summary>
internal sealed record StateSnapshot(ulong Height, MachineState State, HeapTrieStore Cells) : IDisposable
{
    public void Dispose() => Cells.Dispose();
}
