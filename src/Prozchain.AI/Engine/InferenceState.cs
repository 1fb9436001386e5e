using System.Runtime.InteropServices;
using Prozchain.Shared;

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
    private readonly StateTree[] _trees;
    private int _rented, _position;

    internal InferenceState(StatePool pool, IntegerNode[] cached, int capacity)
    {
        _pool = pool;
        Capacity = capacity;
        _slots = cached.Select((node, slot) => (node.Index, slot)).ToDictionary();
        _keys = [.. cached.Select(node => new sbyte[PerToken(node.Inputs[1]) * capacity])];
        _values = [.. cached.Select(node => new sbyte[PerToken(node.Inputs[2]) * capacity])];
        _trees = [.. cached.Select(_ => new StateTree())];
    }

    /// <summary>Tokens in the context.</summary>
    public int Position
    {
        get => _position;
        internal set
        {
            _position = value;
            // Who goes back may write other tokens there.
            foreach (StateTree tree in _trees)
                if (tree.Count > value) tree.Clear();
        }
    }

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

    /// <summary>Bytes that digests have hashed in all.</summary>
    internal long HashedBytes => _trees.Sum(t => t.HashedBytes);

    /// <summary>Digest of what a cached attention has of the context: a tree over its tokens, of which only those are hashed that came since the last time.</summary>
    internal Bytes32 Digest(IntegerNode node)
    {
        StateTree tree = _trees[_slots[node.Index]];
        int heads = node.Inputs[1].Shape[1];
        while (tree.Count < Position)
        {
            Blake3Hasher token = StateHash.Token;
            for (int input = 1; input <= 2; input++)
            {
                (sbyte[] cache, int width) = Cache(node, input);
                for (int head = 0; head < heads; head++) token.Update(MemoryMarshal.AsBytes(cache.AsSpan((head * Capacity + tree.Count) * width, width)));
            }
            tree.Add(GraphHash.Finish(ref token, []), PerToken(node));
        }
        return tree.Digest();
    }

    /// <summary>The same digest of a snapshot; null if its length is that of no whole number of tokens that the context holds.</summary>
    internal static Bytes32? DigestOf(IntegerNode node, int capacity, ReadOnlySpan<byte> snapshot)
    {
        int tokens = TokensOf(node, capacity, snapshot.Length), heads = node.Inputs[1].Shape[1];
        if (tokens < 0) return null;
        var tree = new StateTree();
        for (int t = 0; t < tokens; t++)
        {
            Blake3Hasher token = StateHash.Token;
            int at = 0;
            foreach (int width in (ReadOnlySpan<int>)[node.Inputs[1].Shape[2], node.Inputs[2].Shape[2]])
                for (int head = 0; head < heads; head++, at += tokens * width) token.Update(snapshot.Slice(at + t * width, width));
            tree.Add(GraphHash.Finish(ref token, []), PerToken(node));
        }
        return tree.Digest();
    }

    /// <summary>Tokens of a snapshot of so many bytes; -1 if it is none of a context of that capacity.</summary>
    internal static int TokensOf(IntegerNode node, int capacity, int bytes) =>
        bytes % PerToken(node) == 0 && bytes / PerToken(node) <= capacity ? (int)(bytes / PerToken(node)) : -1;

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
        _trees[_slots[node.Index]].Clear();
        Copy(node, position, snapshot.ToArray(), save: false);
    }

    internal static long SnapshotBytes(IntegerNode node, int position) => PerToken(node) * position;

    private static long PerToken(IntegerNode node) => PerToken(node.Inputs[1]) + PerToken(node.Inputs[2]);

    // Keys are the attention's input 1, values its input 2.
    private (sbyte[] Bytes, int Width) Cache(IntegerNode node, int input) => ((input == 1 ? _keys : _values)[_slots[node.Index]], node.Inputs[input].Shape[2]);

    private void Copy(IntegerNode node, int position, Span<byte> bytes, bool save)
    {
        int heads = node.Inputs[1].Shape[1];
        for (int input = 1; input <= 2; input++)
        {
            (sbyte[] cache, int width) = Cache(node, input);
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
