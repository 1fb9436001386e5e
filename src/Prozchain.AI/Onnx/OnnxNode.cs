namespace Prozchain.AI.Onnx;

/// <summary>One node of a graph.</summary>
/// <param name="Index">Place in the file's order.</param>
/// <param name="Name">May be empty.</param>
/// <param name="Domain">Empty for the standard operators.</param>
/// <param name="Operator">Name of the operator.</param>
/// <param name="Inputs">Names of values; empty where an optional one is left out.</param>
/// <param name="Outputs">Names of values; empty where an optional one is not wanted.</param>
/// <param name="Attributes">By name.</param>
internal sealed record OnnxNode(
    int Index, string Name, string Domain, string Operator, string[] Inputs, string[] Outputs, Dictionary<string, OnnxAttribute> Attributes)
{
    /// <summary>The outputs that are wanted: where the names of left-out ones and left-out inputs met, a node would follow from itself.</summary>
    public IEnumerable<string> Named => Outputs.Where(output => output.Length > 0);

    /// <summary>Operator with its domain, where that is not the standard one.</summary>
    public string FullOperator => Domain.Length == 0 ? Operator : $"{Domain}.{Operator}";

    /// <summary>How a message names this node.</summary>
    public override string ToString() => Name.Length > 0 ? $"{FullOperator} '{Name}'" : $"{FullOperator} (node {Index}{(Outputs.Length > 0 ? $", '{Outputs[0]}'" : "")})";
}
