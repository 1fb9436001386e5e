using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>
/// Values that chains of operators make of one element of one other value, the root: GELU written with Erf or Tanh, x · Sigmoid(x),
/// a soft cap, a mask from 0 and 1. Each is one table over the root's elements, made with the evaluator's own functions
/// and rounded once, whatever the chain does in between.
/// </summary>
internal sealed class LoweringFunctions
{
    private static readonly HashSet<string> s_elementwise = new(StringComparer.Ordinal)
    {
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Celu", "Ceil", "Cos", "Cosh", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu",
        "Log", "Mish", "Neg", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign", "Sqrt", "Swish", "Tan", "Tanh",
        "ThresholdedRelu", "Clip", "Identity", "Dropout", "Cast", "Not", "IsNaN", "IsInf", "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Max", "Min", "Sum", "Mean", "PRelu", "Where",
        "Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And", "Or", "Xor",
    };

    // Alone they have a rule of their own, which keeps steps or is exact in more than 8 bits.
    private static readonly HashSet<string> s_own = new(StringComparer.Ordinal) { "Relu", "Clip", "Identity", "Dropout", "Cast", "Add", "Sub", "Mul", "Div", "Sum", "Neg", "Abs" };

    private const int MaxChain = 1024;

    private readonly Dictionary<string, (string Root, int Depth, OnnxNode Node)> _made = new(StringComparer.Ordinal);
    private readonly HashSet<string> _products = new(StringComparer.Ordinal);
    private readonly OnnxBudget _budget = new();
    private readonly LoweringTrace _trace;
    private readonly long _operatorSet;

    public LoweringFunctions(OnnxModel model, LoweringTrace trace)
    {
        (_trace, _operatorSet) = (trace, model.OperatorSet);
        foreach (OnnxNode node in model.Nodes)
        {
            if (node.Operator == "MatMul") _products.Add(node.Outputs[0]);
            if (Link(node) is { } link) _made[node.Outputs[0]] = link;
        }
    }

    /// <summary>Whether a value is made as a table of its root.</summary>
    public bool Has(string name) => _made.TryGetValue(name, out var made) && made.Depth > 0 && (made.Depth > 1 || !HasRule(made.Node));

    public OnnxNode Maker(string name) => _made[name].Node;

    /// <summary>Whether a node multiplies or divides one value by a positive constant: its elements stay as they are.</summary>
    public static bool Scales(OnnxNode node, LoweringTrace trace, out int input, out double factor)
    {
        (input, factor) = (0, 0);
        if (node.Domain.Length > 0 || node.Operator is not ("Mul" or "Div") || node.Inputs.Length != 2) return false;
        int constant = trace.Constants.ContainsKey(node.Inputs[1]) ? 1 : 0;
        if (constant == 0 && node.Operator == "Div") return false;
        input = 1 - constant;
        if (!trace.Constants.TryGetValue(node.Inputs[constant], out OnnxTensor? tensor) || trace.Constants.ContainsKey(node.Inputs[input]) || tensor.Count != 1 || !tensor.Type.IsFloat()) return false;
        factor = node.Operator == "Mul" ? tensor.Scalar() : 1 / tensor.Scalar();
        return factor is > 1e-30 and < 1e30;
    }

    // A cast to truth values or from floats to integers is a table like any other.
    private bool HasRule(OnnxNode node) => s_own.Contains(node.Operator)
        && (node.Operator != "Cast" || _trace.Type(node.Outputs[0]).IsFloat() || (_trace.Type(node.Outputs[0]) != OnnxType.Bool && !_trace.Type(node.Inputs[0]).IsFloat()));

    public Lowered Lower(LoweringRun run, string name)
    {
        string rootName = _made[name].Root;
        Lowered root = run.Find(rootName);
        IntegerValue elements;
        OnnxTensor places;
        if (root.Real is not null)
        {
            if (root.Elements.Type == ElementType.I32 || !run.Plan.IsMask(rootName)) root = run.Byte(root);
            elements = root.Elements;
            Quantisation steps = root.Real!.Value;
            places = OnnxTensor.FromDoubles(_trace.Type(rootName), [LoweringSteps.Places(elements).Count()], [.. LoweringSteps.Places(elements).Select(steps.Real)]);
        }
        else
        {
            elements = root.Elements;
            if (elements.Type == ElementType.I32)
            {
                if (elements.Min < short.MinValue || elements.Max > short.MaxValue) throw new OnnxRefusal($"a function of integers in [{elements.Min}, {elements.Max}] is not offered, expected 16 bits");
                elements = run.Graph.Clip(elements, elements.Min, elements.Max, elements.Min < sbyte.MinValue || elements.Max > sbyte.MaxValue ? ElementType.I16 : ElementType.I8);
            }
            places = OnnxTensor.FromLongs(root.Type, [LoweringSteps.Places(elements).Count()], [.. LoweringSteps.Places(elements).Select(e => (long)e + root.Origin)]);
        }
        OnnxTensor made = Evaluate(name, rootName, places);
        if (made.Type.IsFloat())
        {
            Quantisation target = run.Plan.Of(name);
            return Lowered.Of(run.Looked(elements, [.. made.Doubles().Select(v => double.IsNaN(v) ? target.Zero : target.Of(v))], target.Type), target);
        }
        int origin = Lowered.OriginOf(made.Type);
        return Lowered.OfNumbers(run.Looked(elements, [.. made.Longs().Select(n => checked((int)n) - origin)], Lowered.ElementOf(made.Type)), made.Type);
    }

    private OnnxTensor Evaluate(string name, string root, OnnxTensor places)
    {
        var values = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal) { [root] = places };
        foreach (OnnxNode node in Chain(name, root))
        {
            // A constant of one element has no shape of its own: it goes with every place.
            OnnxTensor?[] inputs = [.. node.Inputs.Select(input => input.Length == 0 ? null : values.TryGetValue(input, out OnnxTensor? known) ? known : _trace.Constants[input].Reshaped())];
            OnnxTensor?[] made = OnnxOperators.All.TryRun(new OnnxCall(node, inputs, _operatorSet, _budget), out string? reason) ?? throw new OnnxRefusal(reason!);
            values[node.Outputs[0]] = made[0]!;
        }
        return values[name];
    }

    // The nodes between a value and its root, in their order.
    private IEnumerable<OnnxNode> Chain(string name, string root)
    {
        HashSet<OnnxNode> nodes = [_made[name].Node];
        var open = new Stack<OnnxNode>(nodes);
        while (open.TryPop(out OnnxNode? node))
            foreach (string input in node.Inputs)
            {
                if (input.Length == 0 || input == root || _trace.Constants.ContainsKey(input) || !nodes.Add(_made[input].Node)) continue;
                if (nodes.Count > MaxChain) throw new OnnxRefusal($"a chain of more than {MaxChain} operators on one value is not offered");
                open.Push(_made[input].Node);
            }
        return nodes.OrderBy(node => node.Index);
    }

    private (string Root, int Depth, OnnxNode Node)? Link(OnnxNode node)
    {
        if (node.Domain.Length > 0 || !s_elementwise.Contains(node.Operator) || node.Outputs.Skip(1).Any(output => output.Length > 0) || _trace.Constants.ContainsKey(node.Outputs[0])) return null;
        // The product before it carries it.
        if (node.Operator == "Add" && Array.Exists(node.Inputs, _products.Contains)) return null;
        string? root = null;
        int depth = 0;
        foreach (string input in node.Inputs)
        {
            if (input.Length == 0) continue;
            if (_trace.Constants.TryGetValue(input, out OnnxTensor? constant))
            {
                if (constant.Count != 1) return null;
                continue;
            }
            (string own, int before) = _made.TryGetValue(input, out var made) ? (made.Root, made.Depth) : (input, 0);
            if ((root ??= own) != own || OnnxShapes.Product(_trace.Dims(input)) != OnnxShapes.Product(_trace.Dims(node.Outputs[0]))) return null;
            depth = Math.Max(depth, before);
        }
        if (root is null) return null;
        bool free = Scales(node, _trace, out _, out _) || node.Operator is "Identity" or "Dropout" || (node.Operator == "Cast" && _trace.Type(node.Inputs[0]).IsFloat() && _trace.Type(node.Outputs[0]).IsFloat());
        return (root, free ? depth : depth + 1, node);
    }
}
