using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>
/// Makes an <see cref="IntegerGraph"/> value by value. Each method checks all that the operator asks for, intervals
/// included, and throws <see cref="ArgumentException"/>; <see cref="TryAdd"/> says instead why not, for a lowering whose
/// source model decides. Formulas: docs/adr/0046-integer-engine.md. Not thread-safe; used for one graph.
/// </summary>
/// <param name="contextCapacity">Longest context of a request in tokens, 0 for a graph without state; at most 65,536.</param>
public sealed class IntegerGraphBuilder(int contextCapacity = 0)
{
    private readonly int _context = contextCapacity is >= 0 and <= GraphLimits.MaxContext
        ? contextCapacity
        : throw new ArgumentOutOfRangeException(nameof(contextCapacity), contextCapacity, $"Expected 0 to {GraphLimits.MaxContext} tokens.");
    private readonly List<Border> _inputs = [];
    private readonly List<Border> _outputs = [];
    private readonly List<GraphConstant> _constants = [];
    private readonly List<IntegerNode> _nodes = [];
    private readonly HashSet<IntegerValue> _known = [];
    private readonly Dictionary<(Bytes32 Digest, ElementType Type, string Shape), IntegerValue> _sameConstants = [];
    private int _step;
    private bool _built;

    /// <summary>An input of the graph.</summary>
    /// <param name="name">Its name, unique among the inputs; 1 to 512 UTF-8 bytes.</param>
    /// <param name="min">Least element that a request may bring.</param>
    /// <param name="max">Greatest.</param>
    /// <param name="host">What the host holds.</param>
    /// <param name="scale">Real value of a step; 1 unless <paramref name="host"/> is a float type.</param>
    /// <param name="zeroPoint">The element that stands for the host's zero.</param>
    /// <exception cref="ArgumentException">The name, the shape, the interval or the scale is not allowed.</exception>
    public IntegerValue Input(string name, ElementType type, ReadOnlySpan<int> shape, int min, int max, HostType host, float scale = 1, int zeroPoint = 0)
    {
        if (GraphLimits.CheckShape(Widen(shape)) is { } error) throw new ArgumentException(error, nameof(shape));
        if (BorderRules.CheckInterval(type, min, max) is { } interval) throw new ArgumentException(interval, nameof(min));
        CheckBorder(_inputs, name, host, scale);
        var value = new IntegerValue(type, shape.ToArray(), new Interval(min, max));
        _inputs.Add(new Border(name, value, host, scale, zeroPoint));
        _known.Add(value);
        return value;
    }

    /// <summary>A constant of 8 bits. Equal constants are one.</summary>
    /// <param name="elements">Row-major; copied.</param>
    /// <exception cref="ArgumentException">The shape is not allowed or has another number of elements.</exception>
    public IntegerValue Constant(ReadOnlySpan<sbyte> elements, params ReadOnlySpan<int> shape) => Constant(ElementType.I8, MemoryMarshal.AsBytes(elements), shape);

    /// <summary>A constant of 16 bits.</summary>
    /// <inheritdoc cref="Constant(ReadOnlySpan{sbyte}, ReadOnlySpan{int})"/>
    public IntegerValue Constant(ReadOnlySpan<short> elements, params ReadOnlySpan<int> shape) => Constant(ElementType.I16, MemoryMarshal.AsBytes(elements), shape);

    /// <summary>A constant of 32 bits.</summary>
    /// <inheritdoc cref="Constant(ReadOnlySpan{sbyte}, ReadOnlySpan{int})"/>
    public IntegerValue Constant(ReadOnlySpan<int> elements, params ReadOnlySpan<int> shape) => Constant(ElementType.I32, MemoryMarshal.AsBytes(elements), shape);

    /// <summary>A constant from its bytes, little-endian.</summary>
    /// <inheritdoc cref="Constant(ReadOnlySpan{sbyte}, ReadOnlySpan{int})"/>
    public IntegerValue Constant(ElementType type, ReadOnlySpan<byte> elements, params ReadOnlySpan<int> shape)
    {
        if (GraphLimits.CheckShape(Widen(shape)) is { } error) throw new ArgumentException(error, nameof(shape));
        long expected = (long)GraphLimits.Product(shape) * type.Size();
        if (elements.Length != expected) throw new ArgumentException($"Expected {expected} bytes of elements, got {elements.Length}.", nameof(elements));
        (Bytes32, ElementType, string) key = (GraphHash.Content(elements), type, string.Join(',', shape.ToArray()));
        if (_sameConstants.TryGetValue(key, out IntegerValue? same)) return same;
        var value = new IntegerValue(type, shape.ToArray(), GraphBinding.Measure(type, elements));
        var constant = new GraphConstant(value, key.Item1, elements.ToArray());
        value.Constant = constant;
        _constants.Add(constant);
        _sameConstants.Add(key, value);
        _known.Add(value);
        return value;
    }

    /// <summary>An output of the graph. One value may be several outputs.</summary>
    /// <param name="value">A value of this builder.</param>
    /// <inheritdoc cref="Input"/>
    public void Output(string name, IntegerValue value, HostType host, float scale = 1, int zeroPoint = 0)
    {
        if (!_known.Contains(value)) throw new ArgumentException("Expected a value of this builder.", nameof(value));
        CheckBorder(_outputs, name, host, scale);
        _outputs.Add(new Border(name, value, host, scale, zeroPoint));
    }

    /// <summary>Adds any operator, or says why it cannot be.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="inputs">Its inputs, in the operator's order.</param>
    /// <param name="attributes">Its attributes, in the operator's order.</param>
    /// <param name="value">What it makes, or null.</param>
    /// <param name="reason">Why not, with expected and got, or null.</param>
    /// <exception cref="ArgumentException">An input is not a value of this builder.</exception>
    public bool TryAdd(OperatorKind kind, ReadOnlySpan<IntegerValue> inputs, ReadOnlySpan<long> attributes, out IntegerValue? value, out string? reason)
    {
        foreach (IntegerValue input in inputs)
            if (!_known.Contains(input)) throw new ArgumentException("Expected values of this builder.", nameof(inputs));
        Inferred made = OperatorRules.Infer(kind, inputs, attributes, _context, ref _step);
        reason = made.Error;
        value = null;
        if (reason is not null) return false;
        value = new IntegerValue(made.Type, made.Shape, made.Range);
        _nodes.Add(new IntegerNode(kind, inputs.ToArray(), attributes.ToArray(), value));
        _known.Add(value);
        return true;
    }

    /// <summary>Adds any operator.</summary>
    /// <inheritdoc cref="TryAdd"/>
    /// <exception cref="ArgumentException">The operator cannot be; the message says why.</exception>
    public IntegerValue Add(OperatorKind kind, ReadOnlySpan<IntegerValue> inputs, params ReadOnlySpan<long> attributes) =>
        TryAdd(kind, inputs, attributes, out IntegerValue? value, out string? reason) ? value! : throw new ArgumentException($"{kind}: {reason}");

    /// <summary>The graph, without what no output needs. The builder is spent.</summary>
    /// <exception cref="InvalidOperationException">There is no output, or a graph was already built.</exception>
    public IntegerGraph Build()
    {
        if (_built || _outputs.Count == 0) throw new InvalidOperationException(_built ? "The graph is already built." : "Expected at least one output.");
        _built = true;
        HashSet<IntegerValue> needed = [.. _outputs.Select(o => o.Value)];
        for (int i = _nodes.Count - 1; i >= 0; i--)
            if (needed.Contains(_nodes[i].Output)) needed.UnionWith(_nodes[i].Inputs.ToArray());
        return new IntegerGraph([.. _inputs], [.. _constants.Where(c => needed.Contains(c.Value))], [.. _nodes.Where(n => needed.Contains(n.Output))], [.. _outputs], _context);
    }

    internal static long[] Widen(ReadOnlySpan<int> numbers)
    {
        var wide = new long[numbers.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = numbers[i];
        return wide;
    }

    private static void CheckBorder(List<Border> borders, string name, HostType host, float scale)
    {
        if (borders.Count == GraphLimits.MaxBorders) throw new ArgumentException($"Expected at most {GraphLimits.MaxBorders} inputs or outputs.", nameof(name));
        if (BorderRules.Check(name, host, scale) is { } error) throw new ArgumentException(error, nameof(name));
        if (borders.Any(b => b.Name == name)) throw new ArgumentException($"Expected a name not given yet, got '{name}'.", nameof(name));
    }
}
