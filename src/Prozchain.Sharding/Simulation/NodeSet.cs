using System.Globalization;

namespace Prozchain.Sharding.Simulation;

/// <summary>Some nodes of a world, or everyone. The default value is everyone.</summary>
public readonly struct NodeSet : IEquatable<NodeSet>
{
    private readonly int[]? _nodes;

    private NodeSet(int[] nodes) => _nodes = nodes;

    /// <summary>All nodes; beside another set, all that are not in that one.</summary>
    public static NodeSet Everyone => default;

    /// <summary>True for all nodes.</summary>
    public bool IsEveryone => _nodes is null;

    /// <summary>The nodes in ascending order, none if everyone.</summary>
    public ReadOnlySpan<int> Span => _nodes;

    /// <summary>These nodes.</summary>
    /// <param name="nodes">At least one; numbers as in <see cref="NodeId.Value"/>, in any order.</param>
    /// <exception cref="ArgumentException">No nodes, or a negative one.</exception>
    public static NodeSet Of(params ReadOnlySpan<int> nodes)
    {
        if (nodes.IsEmpty) throw new ArgumentException("Expected at least one node, got none.", nameof(nodes));
        var sorted = new SortedSet<int>(nodes.ToArray());
        if (sorted.Min < 0) throw new ArgumentException($"Expected nodes from 0 on, got {sorted.Min}.", nameof(nodes));
        return new NodeSet([.. sorted]);
    }

    /// <summary>These nodes.</summary>
    /// <param name="nodes">At least one.</param>
    /// <exception cref="ArgumentException">No nodes.</exception>
    public static NodeSet Of(params ReadOnlySpan<NodeId> nodes)
    {
        var numbers = new int[nodes.Length];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = nodes[i].Value;
        return Of(numbers);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">"*" or numbers in braces.</param>
    /// <exception cref="FormatException">Anything else.</exception>
    public static NodeSet Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "*") return Everyone;
        if (text is not ['{', .., '}']) throw Wrong(text);
        string[] parts = text[1..^1].Split(',');
        var nodes = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out nodes[i])) throw Wrong(text);
        }
        return Of(nodes);
    }

    /// <summary>True if the node is one of these.</summary>
    /// <param name="node">The node.</param>
    public bool Contains(NodeId node) => Contains(node.Value);

    /// <inheritdoc/>
    public bool Equals(NodeSet other) => IsEveryone == other.IsEveryone && Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NodeSet other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>"*" for everyone, else the numbers in braces: {0,2,3}.</summary>
    public override string ToString() => _nodes is null ? "*" : $"{{{string.Join(',', _nodes)}}}";

    /// <summary>The same nodes.</summary>
    public static bool operator ==(NodeSet left, NodeSet right) => left.Equals(right);

    /// <summary>Other nodes.</summary>
    public static bool operator !=(NodeSet left, NodeSet right) => !left.Equals(right);

    internal bool Contains(int node) => _nodes is null || Array.BinarySearch(_nodes, node) >= 0;

    private static FormatException Wrong(string text) => new($"Expected * or nodes as {{0,2,3}}, got '{text}'.");
}
