using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using Prozchain.Shared;

namespace Prozchain.Rollups.State;

/// <summary>
/// A whole state in flat memory, authenticated by a binary prefix trie (docs/formats/rollups-witness.md): the native host
/// of a transition. The root is worked out when it is asked for, over all that changed since. Not thread-safe.
/// </summary>
/// <typeparam name="THash">The hash of the tree.</typeparam>
/// <remarks>Allocates only to grow: nothing per transaction once as large as its use. Keys are never removed but by undoing.</remarks>
public sealed class StateStore<THash> : IStateView where THash : IStateHash
{
    private readonly UndoLog _undo = new();
    private readonly Queue<long> _checkpoints = new();
    private readonly int _depth;
    private readonly LeafHasher<THash> _hasher;
    private RootHistory<THash>? _history;
    private StateWatch<THash>? _watch;
    private long _checkpointCount;

    /// <summary>The empty state; its root is 32 zero bytes.</summary>
    /// <param name="checkpoints">How many of the last checkpoints can be gone back to: how deep a reorganisation may reach, in batches.</param>
    public StateStore(int checkpoints = 16) : this(new LeafTable(), checkpoints)
    {
    }

    internal StateStore(LeafTable leaves, int checkpoints)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(checkpoints, 1);
        _depth = checkpoints;
        Leaves = leaves;
        Tree = new StateTree<THash>(leaves);
        _hasher = new LeafHasher<THash>(leaves);
    }

    /// <summary>Number of keys.</summary>
    public int Count => Leaves.Count;

    internal LeafTable Leaves { get; }

    internal StateTree<THash> Tree { get; }

    /// <inheritdoc/>
    public StateReadStatus Read(in Digest32 key, out ReadOnlySpan<byte> value)
    {
        int leaf = Leaves.Find(key.Value);
        value = default;
        if (leaf < 0) return Tree.HasStubs && Tree.IsHidden(key.Value) ? StateReadStatus.Unknown : StateReadStatus.Absent;
        if (Leaves[leaf].Length == LeafTable.UnknownValue) return StateReadStatus.Unknown;
        value = Leaves.Value(leaf);
        return StateReadStatus.Found;
    }

    /// <inheritdoc/>
    /// <remarks>Always true where the whole state is known. The value may be one that <see cref="Read"/> gave.</remarks>
    /// <exception cref="ArgumentException">The value is longer than 1,024 bytes.</exception>
    public bool Write(in Digest32 key, ReadOnlySpan<byte> value)
    {
        if (value.Length > LeafTable.MaxValue) throw new ArgumentException($"Expected at most {LeafTable.MaxValue} bytes, got {value.Length}.", nameof(value));
        int leaf = Leaves.Find(key.Value);
        if (leaf < 0)
        {
            if (Tree.HasStubs && Tree.IsHidden(key.Value)) return false;
            leaf = Leaves.Add(key.Value, value);
            _watch?.Note(leaf);
            _undo.Push(leaf, UndoLog.Added, default);
        }
        else
        {
            if (Leaves[leaf].Length == LeafTable.UnknownValue) return false;
            _watch?.Note(leaf);
            _undo.Push(leaf, Leaves[leaf].Length, Leaves.Value(leaf));
            Leaves.Replace(leaf, value);
        }
        _hasher.Note(leaf);
        return true;
    }

    /// <inheritdoc/>
    public long Mark() => _undo.Position;

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">The mark is not one given since the last checkpoint that is kept.</exception>
    public void Revert(long mark)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mark, _undo.Oldest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mark, _undo.Position);
        while (_undo.Position > mark)
        {
            UndoLog.Entry entry = _undo.Pop(out ReadOnlySpan<byte> before);
            _watch?.Forget(entry.Leaf);
            if (entry.Length == UndoLog.Added)
            {
                Tree.DetachLast();
                Leaves.RemoveLast();
                continue;
            }
            Leaves.Replace(entry.Leaf, before);
            _hasher.Note(entry.Leaf);
        }
    }

    /// <summary>
    /// The state as it is now, to be read while the store goes on: what a batch names its accounts by is the state before
    /// it. There is one such view; asking again moves it. Valid while its moment can be gone back to.
    /// </summary>
    public IStateView Watch()
    {
        (_watch ??= new StateWatch<THash>(this, _undo)).Start();
        return _watch;
    }

    /// <summary>The state root. Hashes what changed since the last call, many nodes at once.</summary>
    public Digest32 Root()
    {
        Tree.AttachNew();
        foreach (int leaf in _hasher.Rehash()) Tree.MarkAbove(leaf);
        return new Digest32(Tree.Rehash());
    }

    /// <summary>The siblings of the nodes on the way to a key, from the root down, of the state as it is now.</summary>
    /// <exception cref="ArgumentException">The key is not in the state.</exception>
    public Digest32[] Prove(in Digest32 key)
    {
        if (Leaves.Find(key.Value) < 0) throw new ArgumentException($"Expected a key of the state, got {key}.", nameof(key));
        Root();
        return Tree.Siblings(key.Value);
    }

    /// <summary>
    /// The roots that the state had when marks were given, such as one after each transaction of a batch: those of all
    /// times are worked out together, at a cost of one way in the tree for each write.
    /// </summary>
    /// <param name="marks">In ascending order, none older than the oldest checkpoint kept.</param>
    /// <param name="roots">As many as there are marks.</param>
    /// <exception cref="ArgumentException">Marks out of order or forgotten, or no room for the roots.</exception>
    public void RootsAt(ReadOnlySpan<long> marks, Span<Digest32> roots)
    {
        if (roots.Length < marks.Length) throw new ArgumentException($"Expected room for {marks.Length} roots, got {roots.Length}.", nameof(roots));
        if (marks.IsEmpty) return;
        for (int i = 1; i < marks.Length; i++)
            if (marks[i] < marks[i - 1]) throw new ArgumentException("Expected marks in ascending order.", nameof(marks));
        if (marks[0] < _undo.Oldest || marks[^1] > _undo.Position) throw new ArgumentException($"Expected marks from {_undo.Oldest} to {_undo.Position}, got {marks[0]} to {marks[^1]}.", nameof(marks));
        Root();
        (_history ??= new RootHistory<THash>(this)).RootsAt(_undo, marks, roots);
    }

    /// <summary>
    /// Names the state as it is now, so that it can be gone back to, and ends what marks given before it can undo once it
    /// is the oldest kept. Taken by a host between batches.
    /// </summary>
    /// <returns>The number of the checkpoint, from 0.</returns>
    public long Checkpoint()
    {
        _checkpoints.Enqueue(_undo.Position);
        if (_checkpoints.Count > _depth) _checkpoints.Dequeue();
        _undo.Forget(_checkpoints.Peek());
        return _checkpointCount++;
    }

    /// <summary>Goes back to a checkpoint and forgets later ones. False, without effect, if it is not among those kept.</summary>
    public bool TryRollback(long checkpoint)
    {
        long oldest = _checkpointCount - _checkpoints.Count;
        if (checkpoint < oldest || checkpoint >= _checkpointCount) return false;
        int kept = (int)(checkpoint - oldest) + 1;
        for (int i = _checkpoints.Count; i > 0; i--)
        {
            long position = _checkpoints.Dequeue();
            if (_checkpointCount - i <= checkpoint) _checkpoints.Enqueue(position);
            if (_checkpointCount - i == checkpoint) Revert(position);
        }
        _checkpointCount = oldest + kept;
        return true;
    }

    /// <summary>Adds a leaf of a part that is being put together; it cannot be undone.</summary>
    internal int AddKnown(in Bytes32 key, ReadOnlySpan<byte> value)
    {
        int leaf = Leaves.Add(key, value);
        _hasher.Note(leaf);
        return leaf;
    }
}
