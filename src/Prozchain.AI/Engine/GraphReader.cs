using System.Text;
using System.Text.Unicode;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>Reads a graph from untrusted bytes: every count is checked against what is left, every operator by the rules the builder keeps.</summary>
internal ref struct GraphReader
{
    private readonly List<IntegerValue> _values = [];
    private WireReader _reader;
    private GraphStatus _status;
    private string? _reason;
    private int _context, _step;

    private GraphReader(ReadOnlySpan<byte> bytes) => _reader = new WireReader(bytes);

    public static GraphReading TryRead(ReadOnlySpan<byte> bytes, out IntegerGraph? graph)
    {
        var reader = new GraphReader(bytes);
        graph = reader.Read();
        return new GraphReading(reader._status, reader._reader.Offset, reader._reason);
    }

    private IntegerGraph? Read()
    {
        if (!_reader.TryReadByte(out byte version)) return Short();
        if (version != GraphWriter.Version) return Fail(GraphStatus.UnsupportedVersion, $"Expected version {GraphWriter.Version}, got {version}.");
        if (!_reader.TryReadByte(out byte form)) return Short();
        if (form > 1) return Fail(GraphStatus.Malformed, $"Expected form 0 or 1, got {form}.");
        if (!_reader.TryReadCount(GraphLimits.MaxContext, out _context)) return Short();
        Border[]? inputs = ReadInputs();
        GraphConstant[]? constants = inputs is null ? null : ReadConstants();
        IntegerNode[]? nodes = constants is null ? null : ReadNodes();
        Border[]? outputs = nodes is null ? null : ReadOutputs();
        if (outputs is null) return null;
        if (form == 1 && !ReadBytes(constants!)) return null;
        if (!_reader.IsAtEnd) return Fail(GraphStatus.TrailingBytes, $"Expected the end, got {_reader.Remaining} bytes more.");
        return new IntegerGraph(inputs!, [.. constants!.Select(c => c.Value.Constant!)], nodes!, outputs, _context);
    }

    private Border[]? ReadInputs()
    {
        if (!TryReadCount(GraphLimits.MaxBorders, 10, out int count)) return null;
        var inputs = new Border[count];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            if (ReadTensor() is not { } value || ReadBorder(value, names) is not { } border) return null;
            inputs[i] = border;
            _values.Add(value);
        }
        return inputs;
    }

    private GraphConstant[]? ReadConstants()
    {
        if (!TryReadCount(GraphLimits.MaxValues, 4 + Bytes32.Size, out int count)) return null;
        var constants = new GraphConstant[count];
        for (int i = 0; i < count; i++)
        {
            if (ReadTensor() is not { } value) return null;
            if (!_reader.TryReadBytes32(out Bytes32 digest)) return Missing<GraphConstant[]>();
            constants[i] = value.Constant = new GraphConstant(value, digest, default);
            _values.Add(value);
        }
        return constants;
    }

    private IntegerNode[]? ReadNodes()
    {
        if (!TryReadCount(GraphLimits.MaxNodes, 3, out int count)) return null;
        var nodes = new IntegerNode[count];
        for (int i = 0; i < count; i++)
        {
            if (!_reader.TryReadByte(out byte kind)) return Missing<IntegerNode[]>();
            if (!TryReadCount(GraphLimits.MaxInputs, 1, out int inputCount)) return null;
            var inputs = new IntegerValue[inputCount];
            for (int j = 0; j < inputCount; j++)
            {
                if (!_reader.TryReadCount(_values.Count - 1, out int index)) return Fail<IntegerNode[]>(GraphStatus.InvalidNode, $"Node {i}: expected an input before it.");
                inputs[j] = _values[index];
            }
            if (!TryReadCount(GraphLimits.MaxAttributes, 1, out int attributeCount)) return null;
            var attributes = new long[attributeCount];
            for (int j = 0; j < attributeCount; j++)
                if (!TryReadSigned(out attributes[j])) return Missing<IntegerNode[]>();
            Inferred made = OperatorRules.Infer((OperatorKind)kind, inputs, attributes, _context, ref _step);
            if (made.Error is not null) return Fail<IntegerNode[]>(GraphStatus.InvalidNode, $"Node {i}, {(OperatorKind)kind}: {made.Error}");
            nodes[i] = new IntegerNode((OperatorKind)kind, inputs, attributes, new IntegerValue(made.Type, made.Shape, made.Range));
            _values.Add(nodes[i].Output);
        }
        return nodes;
    }

    private Border[]? ReadOutputs()
    {
        if (!TryReadCount(GraphLimits.MaxBorders, 8, out int count)) return null;
        if (count == 0) return Fail<Border[]>(GraphStatus.OutOfLimits, "Expected at least one output.");
        var outputs = new Border[count];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            if (!_reader.TryReadCount(_values.Count - 1, out int index)) return Fail<Border[]>(GraphStatus.InvalidBorder, $"Output {i}: expected a value of the graph.");
            if (ReadBorder(_values[index], names) is not { } border) return null;
            outputs[i] = border;
        }
        return outputs;
    }

    private bool ReadBytes(GraphConstant[] constants)
    {
        foreach (GraphConstant constant in constants)
        {
            IntegerValue value = constant.Value;
            if (value.Bytes > _reader.Remaining || !_reader.TryReadSpan((int)value.Bytes, out ReadOnlySpan<byte> bytes)) { Missing<object>(); return false; }
            if (!GraphBinding.Matches(constant, bytes))
            {
                Fail(GraphStatus.ConstantMismatch, $"Expected the bytes whose digest is {constant.Hash}, in {value.Range}.");
                return false;
            }
            value.Constant = new GraphConstant(value, constant.Hash, bytes.ToArray());
        }
        return true;
    }

    private IntegerValue? ReadTensor()
    {
        if (!_reader.TryReadByte(out byte type)) return Missing<IntegerValue>();
        if (!TryReadCount(GraphLimits.MaxRank, 1, out int rank)) return null;
        Span<long> lengths = stackalloc long[rank];
        var shape = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            if (!_reader.TryReadCount(int.MaxValue, out shape[i])) return Missing<IntegerValue>();
            lengths[i] = shape[i];
        }
        if (!TryReadSigned(out long min) || !TryReadSigned(out long max)) return Missing<IntegerValue>();
        return (GraphLimits.CheckShape(lengths) ?? BorderRules.CheckInterval((ElementType)type, min, max)) is { } error
            ? Fail<IntegerValue>(GraphStatus.OutOfLimits, error)
            : new IntegerValue((ElementType)type, shape, new Interval(min, max));
    }

    private Border? ReadBorder(IntegerValue value, HashSet<string> names)
    {
        if (!TryReadCount(Border.MaxNameBytes, 1, out int length)) return null;
        if (!_reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes) || !_reader.TryReadByte(out byte host)
            || !_reader.TryReadUInt32(out uint scale) || !TryReadSigned(out long zeroPoint)) return Missing<Border>();
        if (!Utf8.IsValid(bytes)) return Fail<Border>(GraphStatus.InvalidBorder, "Expected a name in UTF-8.");
        string name = Encoding.UTF8.GetString(bytes);
        if (BorderRules.Check(name, (HostType)host, BitConverter.UInt32BitsToSingle(scale)) is { } error) return Fail<Border>(GraphStatus.InvalidBorder, error);
        if (zeroPoint is < int.MinValue or > int.MaxValue) return Fail<Border>(GraphStatus.InvalidBorder, $"Expected a zero point of 32 bits, got {zeroPoint}.");
        return names.Add(name)
            ? new Border(name, value, (HostType)host, BitConverter.UInt32BitsToSingle(scale), (int)zeroPoint)
            : Fail<Border>(GraphStatus.InvalidBorder, "Expected names that differ.");
    }

    private bool TryReadSigned(out long value)
    {
        bool ok = _reader.TryReadVarint(out ulong zigzag);
        value = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        return ok;
    }

    /// <summary>A count of things that each take at least so many bytes: no more of them than can still come.</summary>
    private bool TryReadCount(int max, int leastBytes, out int count)
    {
        if (!_reader.TryReadVarint(out ulong value)) { Missing<object>(); count = 0; return false; }
        count = value <= (ulong)Math.Min(max, _reader.Remaining / leastBytes) ? (int)value : -1;
        if (count < 0) Fail(GraphStatus.OutOfLimits, $"Expected a count of at most {Math.Min(max, _reader.Remaining / leastBytes)}, got {value}.");
        return count >= 0;
    }

    private IntegerGraph? Short() => Missing<IntegerGraph>();

    private T? Missing<T>() where T : class => Fail<T>(GraphStatus.Malformed, "Expected more bytes, or a number in its shortest form.");

    private IntegerGraph? Fail(GraphStatus status, string reason) => Fail<IntegerGraph>(status, reason);

    private T? Fail<T>(GraphStatus status, string reason) where T : class
    {
        (_status, _reason) = (status, reason);
        return null;
    }
}
