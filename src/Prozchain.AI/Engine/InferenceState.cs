using System.Runtime.InteropServices;

namespace Prozchain.AI.Engine;

/// <summary>
/// What a request's tokens left behind: the KV cache of each cached attention, and how many tokens there are. Rented from
/// a prepared graph or an engine and given back by <see cref="Dispose"/>; one run at a time uses it.
/// </summary>
public sealed class InferenceState : IDisposable
{
    private readonly StatePool _pool;
    private readonly Dictionary<int, int> _slots;
    private readonly sbyte[][] _keys, _values;
    private int _rented;

    internal InferenceState(StatePool pool, IntegerNode[] cached, int capacity)
    {
        _pool = pool;
        Capacity = capacity;
        _slots = cached.Select((node, slot) => (node.Index, slot)).ToDictionary();
        _keys = [.. cached.Select(node => new sbyte[PerToken(node.Inputs[1]) * capacity])];
        _values = [.. cached.Select(node => new sbyte[PerToken(node.Inputs[2]) * capacity])];
    }

    /// <summary>Tokens in the context.</summary>
    public int Position { get; internal set; }

    /// <summary>Most tokens that the context holds.</summary>
    public int Capacity { get; }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => _keys.Sum(k => k.LongLength) + _values.Sum(v => v.LongLength);

    /// <summary>Forgets the context, for another request.</summary>
    public void Reset() => Position = 0;

    /// <summary>Gives it back to its engine, which hands it to the next request, empty.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, 0) == 1) _pool.Return(this);
    }

    /// <summary>The last run that looked at it: how a run sees one state twice.</summary>
    internal long LastRun { get; set; }

    internal bool BelongsTo(StatePool pool) => ReferenceEquals(_pool, pool) && _rented == 1;

    internal void Rent()
    {
        Position = 0;
        _rented = 1;
    }

    /// <summary>Keys of a cached attention: for each head, one token behind another.</summary>
    internal Span<sbyte> Keys(int node) => _keys[_slots[node]];

    internal Span<sbyte> Values(int node) => _values[_slots[node]];

    /// <summary>What a cached attention has of the context: for each head the keys of its tokens, then for each head the values.</summary>
    internal byte[] Snapshot(IntegerNode node)
    {
        var bytes = new byte[SnapshotBytes(node, Position)];
        Copy(node, Position, bytes, save: true);
        return bytes;
    }

    /// <summary>Puts a snapshot back. Its length is <see cref="SnapshotBytes"/>.</summary>
    internal void Restore(IntegerNode node, int position, ReadOnlySpan<byte> snapshot)
    {
        Position = position;
        Copy(node, position, snapshot.ToArray(), save: false);
    }

    internal static long SnapshotBytes(IntegerNode node, int position) => (PerToken(node.Inputs[1]) + PerToken(node.Inputs[2])) * position;

    private void Copy(IntegerNode node, int position, Span<byte> bytes, bool save)
    {
        int heads = node.Inputs[1].Shape[1];
        foreach ((sbyte[] cache, int width) in new[] { (_keys[_slots[node.Index]], node.Inputs[1].Shape[2]), (_values[_slots[node.Index]], node.Inputs[2].Shape[2]) })
        {
            for (int head = 0; head < heads; head++)
            {
                Span<byte> own = MemoryMarshal.AsBytes(cache.AsSpan(head * Capacity * width, position * width));
                if (save) own.CopyTo(bytes);
                else bytes[..own.Length].CopyTo(own);
                bytes = bytes[own.Length..];
            }
        }
    }

    private static long PerToken(IntegerValue value) => (long)value.Shape[1] * value.Shape[2];
}
