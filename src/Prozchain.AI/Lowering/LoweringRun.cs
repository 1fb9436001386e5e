using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>The state of one lowering: the graph under construction and what each value of the source became.</summary>
internal sealed class LoweringRun
{
    private readonly Dictionary<string, Lowered> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<IntegerValue, IntegerValue> _unshaped = [];
    private readonly Dictionary<IntegerValue, Lowered> _bytes = [];
    private readonly OnnxModel _model;

    public LoweringRun(OnnxModel model, LoweringOptions options, LoweringTrace trace, IReadOnlySet<string> positions)
    {
        _model = model;
        Trace = trace;
        Functions = new LoweringFunctions(model, trace);
        Plan = new LoweringPlan(model, trace, Functions);
        Graph = new IntegerGraphBuilder(options.ContextCapacity);
        if (options.ContextCapacity > 0) FindState();
        foreach (OnnxValue input in model.Inputs)
        {
            if (options.Constants.ContainsKey(input.Name) || State.Contains(input.Name)) continue;
            // The mask of a context is the context itself: what nothing reads any more is no input of a request.
            if (options.ContextCapacity > 0 && !Plan.IsUsed(input.Name)) continue;
            if (positions.Contains(input.Name))
            {
                _values[input.Name] = Lowered.OfNumbers(Shaped(Graph.Positions(Trace.Count(input.Name)), Trace.Dims(input.Name)), OnnxType.Int64);
                continue;
            }
            try
            {
                _values[input.Name] = MakeInput(input.Name);
            }
            catch (Exception e) when (e is OnnxRefusal or ArgumentException)
            {
                throw new OnnxRefusal($"input '{input.Name}'{(Plan.Readers(input.Name).FirstOrDefault() is { } reader ? $", read by {reader}" : "")}: {e.Message}");
            }
        }
    }

    public IntegerGraphBuilder Graph { get; }

    /// <summary>Inputs and outputs of the model that are the engine's state: past and present keys and values.</summary>
    public HashSet<string> State { get; } = new(StringComparer.Ordinal);

    public LoweringTrace Trace { get; }

    public LoweringPlan Plan { get; }

    public LoweringFunctions Functions { get; }

    /// <summary>What each value of the source that the graph has became: the layers of the report.</summary>
    public IReadOnlyDictionary<string, Lowered> Values => _values;

    public IReadOnlyList<OnnxNode> Nodes => _model.Nodes;

    public OnnxNode Node { get; private set; } = null!;

    public string Output => Node.Outputs[0];

    public int InputCount => Node.Inputs.Length;

    /// <summary>Dimensions of the node's first result.</summary>
    public int[] OutputDims => Trace.Dims(Output);

    /// <summary>The steps of the node's first result.</summary>
    public Quantisation Target => Plan.Of(Output);

    public IntegerGraph Finish(CancellationToken cancellationToken)
    {
        foreach (OnnxNode node in _model.Nodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (node.Outputs.All(output => output.Length == 0 || _values.ContainsKey(output) || Trace.Constants.ContainsKey(output) || Functions.Has(output))) continue;
            Node = node;
            if (!Folded()) LoweringOperators.Run(this);
            if (node.Outputs.FirstOrDefault(output => output.Length > 0 && !_values.ContainsKey(output) && !Trace.Constants.ContainsKey(output) && !State.Contains(output) && Plan.IsUsed(output)) is { } missing)
                throw new OnnxRefusal($"its output '{missing}' is not lowered");
        }
        Node = null!;
        foreach (OnnxValue output in _model.Outputs)
            if (!State.Contains(output.Name)) MakeOutput(output.Name);
        return Graph.Build();
    }

    public bool Has(int index) => index < Node.Inputs.Length && Node.Inputs[index].Length > 0;

    public Lowered Input(int index) => Has(index) ? Find(Node.Inputs[index]) : throw new OnnxRefusal($"input {index} is missing");

    public Lowered? Optional(int index) => Has(index) ? Input(index) : null;

    public int[] InputDims(int index) => Trace.Dims(Node.Inputs[index]);

    /// <summary>The node's attributes, and its inputs where they are constant.</summary>
    public OnnxCall Call() => new(Node, [.. Node.Inputs.Select(input => Trace.Constants.GetValueOrDefault(input))], _model.OperatorSet);

    public OnnxCall Call(OnnxNode node) => new(node, [.. node.Inputs.Select(input => Trace.Constants.GetValueOrDefault(input))], _model.OperatorSet);

    public void Set(Lowered value) => Set(Output, value);

    public void Set(string name, Lowered value) => _values[name] = value.Value is { } v && !v.Shape.SequenceEqual(Trace.Dims(name)) ? value.With(Shaped(v, Trace.Dims(name))) : value;

    /// <summary>A constant as floats, dequantised where the model has integers.</summary>
    public static OnnxTensor Floats(Lowered value)
    {
        if (value.Steps is not { } steps) return value.Tensor;
        long[] numbers = steps.Numbers.Longs();
        int inner = steps.Scales.Length == 1 ? 1 : OnnxShapes.Product(steps.Numbers.Dims.AsSpan(steps.Axis + 1));
        return OnnxTensor.FromDoubles(OnnxType.Float, steps.Numbers.Dims, [.. numbers.Select((n, i) => (n - steps.Zeros[i / inner % steps.Zeros.Length]) * steps.Scales[i / inner % steps.Scales.Length])]);
    }

    /// <summary>The same elements under another shape; a shape taken back costs nothing.</summary>
    public IntegerValue Shaped(IntegerValue value, ReadOnlySpan<int> shape)
    {
        if (value.Shape.SequenceEqual(shape)) return value;
        IntegerValue from = _unshaped.GetValueOrDefault(value, value);
        if (from.Shape.SequenceEqual(shape)) return from;
        IntegerValue made = Graph.Reshape(from, shape);
        _unshaped[made] = from;
        return made;
    }

    /// <summary>The value that another is but a shape of.</summary>
    public IntegerValue Unshaped(IntegerValue value) => _unshaped.GetValueOrDefault(value, value);

    /// <summary>What an addition adds to one of its inputs.</summary>
    public Lowered Biased(OnnxNode add, string product) => Find(add.Inputs[0] == product ? add.Inputs[1] : add.Inputs[0]);

    // What follows from dequantised constants alone is a constant of floats.
    private bool Folded()
    {
        if (Node.Operator == "DequantizeLinear" || !Node.Inputs.All(input => input.Length == 0 || Find(input).Value is null)) return false;
        OnnxTensor?[] inputs = [.. Node.Inputs.Select(input => input.Length == 0 ? null : Floats(Find(input)))];
        OnnxTensor?[] made = OnnxOperators.All.TryRun(new OnnxCall(Node, inputs, _model.OperatorSet), out string? reason) ?? throw new OnnxRefusal(reason!);
        for (int i = 0; i < Node.Outputs.Length; i++)
            if (Node.Outputs[i].Length > 0) Trace.Constants[Node.Outputs[i]] = made[i]!;
        return true;
    }

    public Lowered Find(string name)
    {
        if (_values.TryGetValue(name, out Lowered? value)) return value;
        if (Trace.Constants.TryGetValue(name, out OnnxTensor? constant)) return Lowered.Of(constant);
        if (!Functions.Has(name)) throw new OnnxRefusal($"value '{name}' was not made");
        // A function is made when it is first read: most of what it passes through never is.
        OnnxNode reader = Node;
        Node = Functions.Maker(name);
        Set(name, Functions.Lower(this, name));
        Node = reader;
        return _values[name];
    }

    /// <summary>Real numbers in 8 bits for an operator that takes no more; each value comes down once.</summary>
    public Lowered Byte(Lowered value)
    {
        if (value.Elements.Type == ElementType.I8) return value;
        if (_bytes.TryGetValue(value.Elements, out Lowered? known)) return known;
        Quantisation steps = value.Real!.Value;
        double most = Math.Max(Math.Abs(steps.Real(value.Elements.Min)), Math.Abs(steps.Real(value.Elements.Max)));
        return _bytes[value.Elements] = this.Converted(value, Quantisation.Symmetric(most));
    }

    // An input that is one attention's past and nothing else, with its present that nothing in the graph reads.
    private void FindState()
    {
        HashSet<string> inputs = [.. _model.Inputs.Select(input => input.Name)];
        foreach (OnnxNode node in _model.Nodes)
        {
            if (node.Operator != "Attention" || node.Domain.Length > 0 || node.Inputs.Length < 6) continue;
            string[] past = node.Inputs[4..6], present = [.. node.Outputs.Skip(1).Take(2).Where(output => output.Length > 0)];
            if (past.All(name => inputs.Contains(name) && Plan.Readers(name).Count() == 1) && !present.Any(name => Plan.Readers(name).Any())) State.UnionWith([.. past, .. present]);
        }
    }

    private Lowered MakeInput(string name)
    {
        OnnxType type = Trace.Type(name);
        int[] dims = Trace.Dims(name);
        if (type.IsFloat())
        {
            Quantisation steps = Plan.Of(name);
            return Lowered.Of(Graph.Input(name, steps.Type, dims, steps.Low, steps.High, HostType.Float32, (float)steps.Scale, steps.Zero), steps);
        }
        ElementType element = Lowered.ElementOf(type);
        int origin = Lowered.OriginOf(type);
        (long min, long max) = type.Range();
        if (type == OnnxType.Bool) (min, max) = (0, 1);
        if (element == ElementType.I32) (min, max) = Numbers(name);
        return Lowered.OfNumbers(Graph.Input(name, element, dims, (int)(min - origin), (int)(max - origin), HostOf(type), 1, -origin), type);
    }

    // Wide integers that come from outside are indices: what they may be is what the tables they are looked up in have.
    // Others are what calibration saw, and 0 and 1.
    private (long Min, long Max) Numbers(string name)
    {
        long? most = Most(name);
        if (most is { } greatest) return (0, greatest);
        return Trace.Numbers(name) is { } seen ? (Math.Min(0, seen.Min), Math.Max(1, seen.Max))
            : throw new OnnxRefusal($"type {Trace.Type(name)} is offered as the indices of Gather and the positions of RotaryEmbedding, and where calibration inputs show its range");
    }

    private long? Most(string name)
    {
        long? most = null;
        var moved = new Stack<string>([name]);
        while (moved.TryPop(out string? value))
            foreach (OnnxNode reader in Plan.Readers(value))
            {
                bool gather = reader.Operator == "Gather" && reader.Inputs[1] == value;
                if (gather || (reader.Operator == "RotaryEmbedding" && reader.Inputs[^1] == value))
                {
                    int[] data = Trace.Dims(reader.Inputs[gather ? 0 : 1]);
                    long axis = gather ? Call(reader).Int("axis", 0) : 0;
                    most = Math.Min(most ?? long.MaxValue, data[axis < 0 ? axis + data.Length : axis] - 1);
                }
                else if (LoweringPlan.Moves(reader, value)) moved.Push(reader.Outputs[0]);
            }
        return most;
    }

    private void MakeOutput(string name)
    {
        Lowered value = Find(name);
        if (value.Value is null) throw new OnnxRefusal($"output '{name}' does not depend on the inputs");
        if (value.Real is { } steps) Graph.Output(name, value.Value, HostType.Float32, (float)steps.Scale, steps.Zero);
        else Graph.Output(name, value.Value, HostOf(value.Type, $"output '{name}': "), 1, -value.Origin);
    }

    private static HostType HostOf(OnnxType type, string place = "") => type switch
    {
        OnnxType.UInt8 or OnnxType.Bool => HostType.UInt8,
        OnnxType.Int8 => HostType.Int8,
        OnnxType.UInt16 => HostType.UInt16,
        OnnxType.Int16 => HostType.Int16,
        OnnxType.Int32 => HostType.Int32,
        OnnxType.Int64 => HostType.Int64,
        _ => throw new OnnxRefusal($"{place}type {type} is not offered at the border"),
    };
}
