using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>One node with the tensors it reads: what an operator's function gets.</summary>
internal sealed class OnnxCall(OnnxNode node, OnnxTensor?[] inputs, long operatorSet, OnnxBudget? budget = null)
{
    private readonly OnnxBudget _budget = budget ?? new();

    public OnnxNode Node => node;

    /// <summary>Version of the operator's set, by which the meaning of some operators differs.</summary>
    public long OperatorSet => operatorSet;

    public int InputCount => inputs.Length;

    /// <summary>A required input.</summary>
    public OnnxTensor this[int index] => Optional(index) ?? throw new OnnxRefusal($"input {index} is missing");

    public OnnxTensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>Says before the work how many products of two numbers it takes.</summary>
    public void Spend(double steps) => _budget.Spend(steps);

    /// <summary>An element type that is given as a number.</summary>
    public OnnxType Type(string name, OnnxType otherwise) => Int(name, 0) is not 0 and var number ? number is > 0 and <= (long)OnnxType.Int2 ? (OnnxType)number : OnnxType.Undefined : otherwise;

    public OnnxTensor[] All() => [.. Enumerable.Range(0, inputs.Length).Select(i => this[i])];

    public bool Has(string name) => node.Attributes.ContainsKey(name);

    public long Int(string name, long otherwise) => Attribute(name)?.Int ?? otherwise;

    public float Float(string name, float otherwise) => Attribute(name)?.Float ?? otherwise;

    public string Text(string name, string otherwise) => Attribute(name)?.Text ?? otherwise;

    public long[]? Ints(string name) => Attribute(name)?.Ints.ToArray();

    public OnnxTensor? Tensor(string name) => Attribute(name)?.Tensor;

    public OnnxAttribute? Attribute(string name)
    {
        if (!node.Attributes.TryGetValue(name, out OnnxAttribute? attribute)) return null;
        return attribute.IsOther ? throw new OnnxRefusal($"attribute '{name}' holds something that is not offered") : attribute;
    }

    /// <summary>Numbers that came as an attribute in older sets and as an input since <paramref name="since"/>.</summary>
    public long[]? IntsOrInput(string name, int input, int since) => operatorSet < since ? Ints(name) : Optional(input)?.Longs();

    public bool Wants(int output) => output < node.Outputs.Length && node.Outputs[output].Length > 0;
}
