namespace Prozchain.AI.Onnx;

/// <summary>One attribute of a node: the values that its message holds; which of them counts is the operator's to know.</summary>
internal sealed class OnnxAttribute
{
    public required string Name { get; init; }

    public long Int { get; set; }

    public float Float { get; set; }

    public string Text { get; set; } = "";

    public OnnxTensor? Tensor { get; set; }

    public List<long> Ints { get; } = [];

    public List<float> Floats { get; } = [];

    public List<string> Texts { get; } = [];

    /// <summary>It holds something that is not read: a graph, a sparse tensor, a type, or a reference to a function's attribute.</summary>
    public bool IsOther { get; set; }
}
