using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>The state of one lowering: the graph under construction and what each value of the source became.</summary>
internal sealed class LoweringRun
{
    private readonly Dictionary<string, Lowered> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<IntegerValue, IntegerValue> _unshaped = [];
    private readonly OnnxModel _model;

    public LoweringRun(OnnxModel model, LoweringOptions options, LoweringTrace trace)
    {
        _model = model;
        Trace = trace;
        Plan = new LoweringPlan(model, trace);
        Graph = new IntegerGraphBuilder(options.ContextCapacity);
        if (options.ContextCapacity > 0) FindState();
        foreach (OnnxValue input in model.Inputs)
        {
            if (options.Constants.ContainsKey(input.Name) || State.Contains(input.Name)) continue;
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

    public OnnxNode Node { get; private set; } = null!;

    public string Output => Node.Outputs[0];

    public int InputCount => Node.Inputs.Length;

    /// <summary>Dimensions of the node's first result.</summary>
    public int[] OutputDims => Trace.Dims(Output);

    /// <summary>The steps of the node's first result.</summary>
    public Quantisation Target => Plan.Of(Output);

    public IntegerGraph Finish()
    {
        foreach (OnnxNode node in _model.Nodes)
        {
            if (node.Outputs.All(output => output.Length == 0 || _values.ContainsKey(output) || Trace.Constants.ContainsKey(output))) continue;
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

    /// <summary>A value of real numbers in the graph: a constant is quantised on the way, with steps of its own.</summary>
    public Lowered Real(int index)
    {
        Lowered input = Input(index);
        if (input.Real is not null) return input;
        if (input.Value is not null) throw new OnnxRefusal($"expected floats, got {input.Type}: integers of the source are offered in the quantised operators only");
        OnnxTensor tensor = Floats(input);
        return tensor.Type.IsFloat() ? Quantised(tensor) : throw new OnnxRefusal($"expected floats, got {tensor.Type}");
    }

    /// <summary>A constant of floats in 8 bits, symmetric.</summary>
    public Lowered Quantised(OnnxTensor tensor)
    {
        double[] values = tensor.Doubles();
        Quantisation steps = Quantisation.Symmetric(values.Length == 0 ? 0 : values.Max(Math.Abs));
        return Lowered.Of(Graph.Constant([.. values.Select(v => (sbyte)steps.Of(v))], tensor.Dims), steps);
    }

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

    /// <summary>The elements less their zero point, in a type that holds them.</summary>
    public IntegerValue Centred(Lowered value)
    {
        Quantisation steps = value.Real!.Value;
        IntegerValue elements = value.Elements;
        if (steps.Zero == 0) return elements;
        ElementType type = elements.Type == ElementType.I8 ? ElementType.I16 : ElementType.I32;
        return Graph.Requantise(elements, 1 << 30, 30, -steps.Zero, checked(elements.Min - steps.Zero), checked(elements.Max - steps.Zero), type);
    }

    /// <summary>Elements that stand for their number times a scale, in the steps of the target: one scale, or one for each index of the axis.</summary>
    public Lowered Rescaled(IntegerValue value, ReadOnlySpan<double> scales, int axis, Quantisation target)
    {
        if (scales.Length == 1)
        {
            var ratio = Ratio.Of(scales[0] / target.Scale);
            return Lowered.Of(Graph.Requantise(value, ratio.Multiplier, ratio.Shift, target.Zero, target.Low, target.High, target.Type), target);
        }
        var multipliers = new int[scales.Length];
        var shifts = new sbyte[scales.Length];
        for (int i = 0; i < scales.Length; i++)
        {
            var ratio = Ratio.Of(scales[i] / target.Scale);
            (multipliers[i], shifts[i]) = (ratio.Multiplier, (sbyte)ratio.Shift);
        }
        IntegerValue made = Graph.RequantiseChannels(value, Graph.Constant(multipliers, scales.Length), Graph.Constant(shifts, scales.Length), axis, target.Zero, target.Low, target.High, target.Type);
        return Lowered.Of(made, target);
    }

    /// <summary>Real numbers in other steps; in the same, kept within their bounds.</summary>
    public Lowered Converted(Lowered value, Quantisation target)
    {
        Quantisation steps = value.Real!.Value;
        IntegerValue elements = value.Elements;
        if (steps.Scale == target.Scale && steps.Zero == target.Zero && elements.Type == target.Type)
            return Lowered.Of(elements.Min >= target.Low && elements.Max <= target.High ? elements : Graph.Clip(elements, target.Low, target.High, target.Type), target);
        return elements.Type == ElementType.I8 ? Table(value, v => v, target) : Rescaled(Centred(value), [steps.Scale], 0, target);
    }

    /// <summary>A function of one element as a table over the elements of 8 bits: rounded to the nearest, ties to even.</summary>
    public Lowered Table(Lowered value, Func<double, double> function, Quantisation target)
    {
        Quantisation steps = value.Real!.Value;
        IntegerValue elements = value.Elements;
        if (elements.Type == ElementType.I32) (elements, steps) = Narrowed(elements, steps);
        int count = elements.Type == ElementType.I8 ? 256 : 65_536, least = -count / 2;
        int[] entries = [.. Enumerable.Range(least, count).Select(e => Math.Clamp(e, elements.Min, elements.Max)).Select(e => Entry((float)function((float)steps.Real(e))))];
        IntegerValue table = target.Type == ElementType.I8 ? Graph.Constant([.. entries.Select(e => (sbyte)e)], count) : Graph.Constant([.. entries.Select(e => (short)e)], count);
        return Lowered.Of(Graph.Lookup(elements, table), target);

        int Entry(double real) => double.IsNaN(real) ? target.Zero : target.Of(real);
    }

    private (IntegerValue Elements, Quantisation Steps) Narrowed(IntegerValue elements, Quantisation steps)
    {
        double greatest = Math.Max(Math.Abs(steps.Real(elements.Min)), Math.Abs(steps.Real(elements.Max)));
        Quantisation wide = Quantisation.Symmetric(greatest, wide: true);
        return (Rescaled(Centred(Lowered.Of(elements, steps)), [steps.Scale], 0, wide).Elements, wide);
    }

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

    private Lowered Find(string name) => _values.TryGetValue(name, out Lowered? value) ? value
        : Trace.Constants.TryGetValue(name, out OnnxTensor? constant) ? Lowered.Of(constant) : throw new OnnxRefusal($"value '{name}' was not made");

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
        if (element == ElementType.I32) (min, max) = Indices(name);
        return Lowered.OfNumbers(Graph.Input(name, element, dims, (int)(min - origin), (int)(max - origin), HostOf(type), 1, -origin), type);
    }

    // Wide integers that come from outside are indices: what they may be is what the tables they are looked up in have.
    private (long Min, long Max) Indices(string name)
    {
        long? most = null;
        foreach (OnnxNode reader in Plan.Readers(name))
        {
            bool gather = reader.Operator == "Gather" && reader.Inputs[1] == name;
            if (!gather && (reader.Operator != "RotaryEmbedding" || reader.Inputs[^1] != name)) continue;
            int[] data = Trace.Dims(reader.Inputs[gather ? 0 : 1]);
            long axis = gather ? Call(reader).Int("axis", 0) : 0;
            most = Math.Min(most ?? long.MaxValue, data[axis < 0 ? axis + data.Length : axis] - 1);
        }
        return most is { } greatest ? (0, greatest) : throw new OnnxRefusal($"type {Trace.Type(name)} is offered as the indices of Gather and the positions of RotaryEmbedding only");
    }

    private void MakeOutput(string name)
    {
        Lowered value = Find(name);
        if (value.Value is null) throw new OnnxRefusal($"output '{name}' does not depend on the inputs");
        if (value.Real is { } steps) Graph.Output(name, value.Value, HostType.Float32, (float)steps.Scale, steps.Zero);
        else Graph.Output(name, value.Value, HostOf(value.Type), 1, -value.Origin);
    }

    private static HostType HostOf(OnnxType type) => type switch
    {
        OnnxType.UInt8 => HostType.UInt8,
        OnnxType.Int8 => HostType.Int8,
        OnnxType.UInt16 => HostType.UInt16,
        OnnxType.Int16 => HostType.Int16,
        OnnxType.Int32 => HostType.Int32,
        OnnxType.Int64 => HostType.Int64,
        _ => throw new OnnxRefusal($"type {type} is not offered at the border"),
    };
}
