using Prozchain.AI.Engine;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>What every rung checks first: who signed, and that it is about this model and graph.</summary>
internal static class StatementCheck
{
    public static VerdictStatus Of(InferenceReceipt receipt, IReceiptVerifier signatures, in Bytes32 modelRoot, IntegerGraph graph)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        if (!receipt.IsSigned(signatures)) return VerdictStatus.BadSignature;
        if (!receipt.Statement.Model.Equals(modelRoot)) return VerdictStatus.WrongModel;
        if (!receipt.Statement.Graph.Equals(graph.Hash)) return VerdictStatus.WrongGraph;
        return receipt.Statement.EngineVersion == IntegerGraph.EngineVersion ? VerdictStatus.Accepted : VerdictStatus.WrongEngineVersion;
    }

    public static Bytes32 Root(ReadOnlySpan<byte> modelRoot) =>
        modelRoot.Length == Bytes32.Size ? new Bytes32(modelRoot) : throw new ArgumentException($"Expected a root of {Bytes32.Size} bytes, got {modelRoot.Length}.", nameof(modelRoot));
}
