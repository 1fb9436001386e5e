namespace Prozchain.AI.Engine;

/// <summary>One operator of a graph. Immutable.</summary>
public sealed class IntegerNode
{
    private readonly IntegerValue[] _inputs;
    private readonly long[] _attributes;

    internal IntegerNode(OperatorKind kind, IntegerValue[] inputs, long[] attributes, IntegerValue output)
    {
        Kind = kind;
        _inputs = inputs;
        _attributes = attributes;
        Output = output;
        output.Producer = this;
    }

    /// <summary>Place in the graph's order; -1 before the graph is built.</summary>
    public int Index { get; internal set; } = -1;

    /// <summary>Which operator.</summary>
    public OperatorKind Kind { get; }

    /// <summary>Its inputs, in the operator's order.</summary>
    public ReadOnlySpan<IntegerValue> Inputs => _inputs;

    /// <summary>Its attributes, in the operator's order (docs/formats/ai-graph.md).</summary>
    public ReadOnlySpan<long> Attributes => _attributes;

    /// <summary>What it makes.</summary>
    public IntegerValue Output { get; }

    /// <summary>Kind and place, as people are told of it.</summary>
    public string Name => $"{Kind}#{Index}";

    /// <summary>Whether a request's KV cache is part of what it reads and writes.</summary>
    internal bool IsCached => Kind == OperatorKind.Attention && _attributes[AttentionAttributes.CachedAt] != 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {string.Join(", ", _inputs.Select(v => v.Index))} -> {Output}";
}
