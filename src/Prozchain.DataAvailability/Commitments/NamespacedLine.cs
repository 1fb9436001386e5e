using System.Buffers;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>A row or column in the namespaced tree, hashed: proves cells, ranges of cells and whole namespaces. Immutable.</summary>
public sealed class NamespacedLine : ILineTree
{
    private readonly TreeLevels _levels;

    internal NamespacedLine(AxisLine line, TreeLevels levels) => (Line, _levels) = (line, levels);

    /// <summary>Which line of which square.</summary>
    public AxisLine Line { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Root => _levels.Root;

    /// <inheritdoc/>
    public void Prove(int position, IBufferWriter<byte> path) => _levels.Prove(position, path);

    /// <summary>Proves the cells from <paramref name="start"/> to before <paramref name="end"/>, of whatever namespaces.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or does not lie within the line.</exception>
    public NamespacedProof ProveRange(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Line.Width);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        return new NamespacedProof(start, end, [], Siblings(start, end));
    }

    /// <summary>
    /// Proves all cells of a namespace in this line, or that there are none: by the first cell of a greater namespace, or,
    /// where the namespace lies outside the root's, by nothing but the root.
    /// </summary>
    /// <param name="name">The namespace, 29 bytes; not the parity namespace.</param>
    /// <exception cref="ArgumentException">The namespace is not one of data.</exception>
    public NamespacedProof ProveNamespace(ReadOnlySpan<byte> name)
    {
        NamespacedProof.CheckName(name);
        if (!NamespacedProof.IsWithin(name, Root)) return NamespacedProof.Empty;
        int start = 0;
        while (Name(start).SequenceCompareTo(name) < 0) start++;
        int end = start;
        while (end < Line.Width && Name(end).SequenceEqual(name)) end++;
        return start < end
            ? new NamespacedProof(start, end, [], Siblings(start, end))
            : new NamespacedProof(start, start + 1, _levels.Node(0, start).ToArray(), Siblings(start, start + 1));
    }

    private ReadOnlySpan<byte> Name(int position) => NamespacedHash.Min(_levels.Node(0, position));

    private byte[] Siblings(int start, int end)
    {
        var nodes = new ArrayBufferWriter<byte>();
        Collect(_levels.Top, 0, start, end, nodes);
        return nodes.WrittenSpan.ToArray();
    }

    // The greatest subtrees beside the range, from left to right.
    private void Collect(int level, int index, int start, int end, ArrayBufferWriter<byte> nodes)
    {
        int from = index << level, to = (index + 1) << level;
        if (from >= start && to <= end) return;
        if (to <= start || from >= end)
        {
            nodes.Write(_levels.Node(level, index));
            return;
        }
        Collect(level - 1, 2 * index, start, end, nodes);
        Collect(level - 1, 2 * index + 1, start, end, nodes);
    }
}
