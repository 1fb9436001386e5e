using Prozchain.AI.Formats;

namespace Prozchain.AI.Onnx;

/// <summary>Collects the parts of a model in the order of the file and links them: every name a node reads is made before it.</summary>
internal sealed class OnnxModelParts
{
    private readonly List<long> _nodeOffsets = [];
    private int _attributesLeft = OnnxLimits.MaxAttributes;

    public List<OnnxNode> Nodes { get; } = [];

    public List<OnnxValue> Inputs { get; } = [];

    public List<OnnxValue> Outputs { get; } = [];

    public Dictionary<string, long> OperatorSets { get; } = new(StringComparer.Ordinal);

    public static bool Wants(in OnnxPart part) => part.InGraph ? part.Number is 1 or 11 or 12 or 15 : part.Number == 8;

    public OnnxStatus Accept(in OnnxPart part, ReadOnlySpan<byte> bytes, out long errorOffset)
    {
        errorOffset = part.Length < 0 ? 0 : part.Offset;
        if (!Wants(part)) return OnnxStatus.Ok;
        if (part.Length < 0) return OnnxStatus.UnexpectedValue;
        if (!part.InGraph)
        {
            OnnxStatus read = OnnxMessages.TryOperatorSet(bytes, part.Offset, out string domain, out long version, out errorOffset);
            if (read == OnnxStatus.Ok) OperatorSets[domain] = version;
            return read;
        }
        switch (part.Number)
        {
            case 1:
                if (Nodes.Count == OnnxLimits.MaxNodes) return OnnxStatus.LimitExceeded;
                OnnxStatus status = OnnxMessages.TryNode(bytes, part.Offset, Nodes.Count, ref _attributesLeft, out OnnxNode? node, out errorOffset);
                if (status != OnnxStatus.Ok) return status;
                Nodes.Add(node!);
                _nodeOffsets.Add(part.Offset);
                return OnnxStatus.Ok;
            case 15:
                return OnnxStatus.NotOffered;
            default:
                List<OnnxValue> values = part.Number == 11 ? Inputs : Outputs;
                if (values.Count == OnnxLimits.MaxNames) return OnnxStatus.LimitExceeded;
                status = OnnxMessages.TryValue(bytes, part.Offset, out OnnxValue value, out errorOffset);
                values.Add(value);
                return status;
        }
    }

    public OnnxStatus Link(IReadOnlyDictionary<string, OnnxTensor> constants, out long errorOffset)
    {
        errorOffset = 0;
        var known = new HashSet<string>(constants.Keys, StringComparer.Ordinal);
        var inputs = new HashSet<string>(StringComparer.Ordinal);
        foreach (OnnxValue input in Inputs)
        {
            if (!inputs.Add(input.Name)) return OnnxStatus.DuplicateName;
            known.Add(input.Name);
        }
        for (int i = 0; i < Nodes.Count; i++)
        {
            errorOffset = _nodeOffsets[i];
            foreach (string input in Nodes[i].Inputs)
                if (input.Length > 0 && !known.Contains(input)) return OnnxStatus.UnknownValue;
            foreach (string output in Nodes[i].Outputs)
                if (output.Length > 0 && !known.Add(output)) return OnnxStatus.DuplicateName;
        }
        errorOffset = 0;
        return Outputs.TrueForAll(output => known.Contains(output.Name)) ? OnnxStatus.Ok : OnnxStatus.UnknownValue;
    }
}
