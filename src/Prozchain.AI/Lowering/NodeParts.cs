using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;

namespace Prozchain.AI.Lowering;

/// <summary>The nodes that one node is put into, as they come, with their constants; the last makes the node's own result.</summary>
internal sealed class NodeParts(OnnxNode node, Dictionary<string, OnnxTensor> constants)
{
    private readonly List<OnnxNode> _nodes = [];

    public OnnxNode Node => node;

    public string Constant(OnnxTensor tensor)
    {
        string name = $"{node.Outputs[0]}/{constants.Count}c";
        constants[name] = tensor;
        return name;
    }

    public string Scalar(double value, OnnxType type = OnnxType.Float) => Constant(OnnxTensor.FromDoubles(type, [], [value]));

    public string Shape(params long[] dims) => Constant(OnnxTensor.Indices(dims));

    public string Add(string type, string[] inputs, params ReadOnlySpan<(string Name, long[] Values)> attributes) => Add(type, inputs, $"{node.Outputs[0]}/{_nodes.Count}", attributes);

    /// <summary>A node with an epsilon.</summary>
    public string Add(string type, string[] inputs, float epsilon, params ReadOnlySpan<(string Name, long[] Values)> attributes)
    {
        string made = Add(type, inputs, attributes);
        _nodes[^1].Attributes["epsilon"] = new OnnxAttribute { Name = "epsilon", Float = epsilon };
        return made;
    }

    /// <summary>Gives a value a name of the source's too.</summary>
    public void Name(string value, string name) => Add("Identity", [value], name);

    /// <summary>All nodes, the last of which makes the result from a value.</summary>
    public OnnxNode[] Finish(string value)
    {
        Add("Identity", [value], node.Outputs[0]);
        return [.. _nodes];
    }

    private string Add(string type, string[] inputs, string output, params ReadOnlySpan<(string Name, long[] Values)> attributes)
    {
        var own = new Dictionary<string, OnnxAttribute>(StringComparer.Ordinal);
        foreach ((string name, long[] values) in attributes)
        {
            own[name] = new OnnxAttribute { Name = name, Int = values[0] };
            own[name].Ints.AddRange(values);
        }
        _nodes.Add(new(node.Index, node.Name, "", type, inputs, [output], own));
        return output;
    }
}
