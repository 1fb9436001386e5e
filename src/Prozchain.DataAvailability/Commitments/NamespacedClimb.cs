using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>The way from the nodes of a range of leaves, and the nodes beside it, to a root. All of them are untrusted.</summary>
/// <param name="start">Position of the first leaf.</param>
/// <param name="end">The one after the last.</param>
/// <param name="isAbsence">The range is one leaf of a greater namespace.</param>
/// <param name="name">The namespace that must not occur beside the range; empty: any may.</param>
/// <param name="leaves">The nodes of the range.</param>
/// <param name="nodes">The nodes beside it, from left to right.</param>
internal ref struct NamespacedClimb(int start, int end, bool isAbsence, ReadOnlySpan<byte> name, ReadOnlySpan<byte> leaves, ReadOnlySpan<byte> nodes)
{
    private const int NodeSize = NamespacedHash.NodeSize;

    private readonly ReadOnlySpan<byte> _name = name, _leaves = leaves;
    private ReadOnlySpan<byte> _nodes = nodes;

    [SkipLocalsInit]
    public NamespacedCheck Run(int width, ReadOnlySpan<byte> root)
    {
        NamespacedCheck check = CheckLeaves();
        if (check != NamespacedCheck.Valid) return check;
        Span<byte> node = stackalloc byte[NodeSize];
        check = Compute(BitOperations.Log2((uint)width), 0, node);
        if (check != NamespacedCheck.Valid) return check;
        if (!_nodes.IsEmpty) return NamespacedCheck.WrongNodes;
        return node.SequenceEqual(root) ? NamespacedCheck.Valid : NamespacedCheck.WrongRoot;
    }

    private readonly NamespacedCheck CheckLeaves()
    {
        for (ReadOnlySpan<byte> leaf = _leaves; !_name.IsEmpty && !leaf.IsEmpty; leaf = leaf[NodeSize..])
        {
            int order = NamespacedHash.Min(leaf).SequenceCompareTo(_name);
            if (isAbsence ? order <= 0 || !NamespacedHash.Min(leaf).SequenceEqual(NamespacedHash.Max(leaf)) : order != 0) return NamespacedCheck.WrongNamespace;
        }
        return NamespacedCheck.Valid;
    }

    [SkipLocalsInit]
    private NamespacedCheck Compute(int level, int index, scoped Span<byte> node)
    {
        int from = index << level, to = (index + 1) << level;
        if (to <= start || from >= end) return TakeBeside(to <= start, node);
        if (level == 0)
        {
            _leaves.Slice((from - start) * NodeSize, NodeSize).CopyTo(node);
            return NamespacedCheck.Valid;
        }
        Span<byte> right = stackalloc byte[NodeSize];
        NamespacedCheck check = Compute(level - 1, 2 * index, node);
        if (check == NamespacedCheck.Valid) check = Compute(level - 1, 2 * index + 1, right);
        if (check != NamespacedCheck.Valid) return check;
        if (NamespacedHash.Max(node).SequenceCompareTo(NamespacedHash.Min(right)) > 0) return NamespacedCheck.Disordered;
        NamespacedHash.Inner(node, right, node);
        return NamespacedCheck.Valid;
    }

    private NamespacedCheck TakeBeside(bool isLeft, scoped Span<byte> node)
    {
        if (_nodes.IsEmpty) return NamespacedCheck.WrongNodes;
        _nodes[..NodeSize].CopyTo(node);
        _nodes = _nodes[NodeSize..];
        ReadOnlySpan<byte> min = NamespacedHash.Min(node), max = NamespacedHash.Max(node);
        if (min.SequenceCompareTo(max) > 0) return NamespacedCheck.Disordered;
        if (_name.IsEmpty) return NamespacedCheck.Valid;
        bool isBeside = isLeft ? max.SequenceCompareTo(_name) < 0 : min.SequenceCompareTo(_name) > 0;
        return isBeside ? NamespacedCheck.Valid : NamespacedCheck.Incomplete;
    }
}
