using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.State;

/// <summary>
/// A store as it was when the watch started: of each leaf written since, what its first write replaced. Cannot be written.
/// Allocates only to grow.
/// </summary>
internal sealed class StateWatch<THash>(StateStore<THash> store, UndoLog undo) : IStateView where THash : IStateHash
{
    private (long Position, long Bytes)[] _first = [];
    private long _start;

    /// <summary>Starts at the state as it is now.</summary>
    public void Start() => _start = undo.Position;

    /// <summary>The next write is of this leaf.</summary>
    public void Note(int leaf)
    {
        if (leaf >= _first.Length) Array.Resize(ref _first, Math.Max(2 * _first.Length, leaf + 16));
        // Positions from 1 on, so that 0 is none.
        if (_first[leaf].Position <= _start) _first[leaf] = (undo.Position + 1, undo.BytePosition);
    }

    /// <summary>The youngest write, which was of this leaf, is undone.</summary>
    public void Forget(int leaf)
    {
        if (leaf < _first.Length && _first[leaf].Position == undo.Position + 1) _first[leaf] = default;
    }

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value)
    {
        int leaf = store.Leaves.Find(key.Value);
        if (leaf < 0 || leaf >= _first.Length || _first[leaf].Position <= _start) return store.Read(key, out value);
        int length = undo.At(_first[leaf].Position - 1).Length;
        value = length < 0 ? default : undo.BytesAt(_first[leaf].Bytes, length);
        return length < 0 ? StateReadStatus.Absent : StateReadStatus.Found;
    }

    /// <inheritdoc/>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value) => throw new NotSupportedException("Expected no write to what was.");

    /// <inheritdoc/>
    public long Mark() => _start;

    /// <inheritdoc/>
    public void Revert(long mark)
    {
    }
}
