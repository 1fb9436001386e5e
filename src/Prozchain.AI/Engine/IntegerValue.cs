namespace Prozchain.AI.Engine;

/// <summary>
/// A tensor of an integer graph: what one request has of it. Row-major, outermost axis first. The interval is proven: no
/// input the graph accepts makes an element outside it. Immutable once its graph is built.
/// </summary>
public sealed class IntegerValue
{
    private readonly int[] _shape;

    internal IntegerValue(ElementType type, int[] shape, in Interval range)
    {
        Type = type;
        _shape = shape;
        Range = range;
        int elements = 1;
        foreach (int length in shape) elements = checked(elements * length);
        Elements = elements;
    }

    /// <summary>Place among the graph's values: inputs, then constants, then the outputs of the nodes; -1 before the graph is built.</summary>
    public int Index { get; internal set; } = -1;

    /// <summary>What an element is.</summary>
    public ElementType Type { get; }

    /// <summary>Length of each axis, 0 to 8 of them, each at least 1.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Elements, at least 1.</summary>
    public int Elements { get; }

    /// <summary>Bytes of one request's elements.</summary>
    public long Bytes => (long)Elements * Type.Size();

    /// <summary>Least value that an element can have.</summary>
    public int Min => (int)Range.Min;

    /// <summary>Greatest value that an element can have.</summary>
    public int Max => (int)Range.Max;

    /// <summary>The constant this is, or null.</summary>
    public GraphConstant? Constant { get; internal set; }

    /// <summary>The node that makes it, or null of an input or constant.</summary>
    public IntegerNode? Producer { get; internal set; }

    internal Interval Range { get; }

    internal int Rank => _shape.Length;

    internal int Last => _shape.Length == 0 ? 1 : _shape[^1];

    internal int[] ShapeArray => _shape;

    /// <inheritdoc/>
    public override string ToString() => $"{Type}[{string.Join(", ", _shape)}] in {Range}";
}
