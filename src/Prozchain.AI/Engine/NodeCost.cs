namespace Prozchain.AI.Engine;

/// <summary>About how much work a node is, for one request.</summary>
internal static class NodeCost
{
    public static long Multiplications(IntegerNode node)
    {
        long outputs = node.Output.Elements;
        return node.Kind switch
        {
            OperatorKind.MatMul or OperatorKind.BatchMatMul => outputs * node.Inputs[0].Last,
            OperatorKind.Conv => outputs * (node.Inputs[1].Elements / node.Inputs[1].Shape[0]),
            OperatorKind.Attention => 2L * node.Inputs[0].Elements * node.Inputs[1].Shape[0],
            OperatorKind.MaxPool or OperatorKind.SumPool => outputs * node.Attributes[0] * node.Attributes[1],
            OperatorKind.Reshape => 0,
            _ => outputs,
        };
    }
}
