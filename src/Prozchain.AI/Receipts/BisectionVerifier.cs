using Prozchain.AI.Engine;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>
/// The second rung, a referee: two sides show traces of one run; it walks down both trees to the first leaf where they
/// differ, takes what that operator read, checks it against the leaves before, on which both agree, runs this one operator
/// and says who lied. It runs no more than one operator, keeps no state, and needs only the graph's encoding. Who does not
/// answer, or not as committed, loses.
/// </summary>
public sealed class BisectionVerifier : IInferenceVerifier<TraceDispute>
{
    private readonly IReceiptVerifier _signatures;
    private readonly Bytes32 _modelRoot;
    private readonly TraceLayout _layout;

    /// <summary>Takes what the dispute is about.</summary>
    /// <param name="graph">The graph; its constants need not be bound.</param>
    /// <param name="modelRoot">Root of the model that the graph is from, 32 bytes.</param>
    /// <param name="signatures">Checks signatures.</param>
    /// <exception cref="ArgumentException">The root is not 32 bytes.</exception>
    public BisectionVerifier(IntegerGraph graph, ReadOnlySpan<byte> modelRoot, IReceiptVerifier signatures)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(signatures);
        (_signatures, _modelRoot, _layout) = (signatures, StatementCheck.Root(modelRoot), new TraceLayout(graph));
    }

    /// <inheritdoc/>
    public InferenceVerdict Verify(InferenceReceipt receipt, TraceDispute evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        VerdictStatus status = StatementCheck.Of(receipt, _signatures, _modelRoot, _layout.Graph);
        if (status != VerdictStatus.Accepted) return new InferenceVerdict(status);
        var signer = new CheckedProver(evidence.Signer, _layout, receipt.Statement.Version);
        var challenger = new CheckedProver(evidence.Challenger, _layout, receipt.Statement.Version);
        try
        {
            // The signer's trace is of the run it signed; the challenger's of the same input, with another output.
            if (!signer.InputDigest().Equals(receipt.Statement.Input)) return Refuted(signer, signer, null, "Its trace begins with other inputs than the receipt.");
            if (!signer.OutputDigest().Equals(receipt.Statement.Output)) return Refuted(signer, signer, null, "Its trace ends in another output than the receipt.");
            if (!challenger.InputDigest().Equals(receipt.Statement.Input)) return Refuted(signer, challenger, null, "Its trace begins with other inputs than the receipt.");
            if (challenger.OutputDigest().Equals(receipt.Statement.Output)) return Refuted(signer, challenger, null, "Its trace ends in the receipt's output.");
            int leaf = FirstDifference(signer, challenger, out Bytes32 signed, out Bytes32 challenged);
            return Judge(signer, challenger, leaf, signed, challenged, receipt.Statement.Version);
        }
        catch (ProverFault fault)
        {
            return Refuted(signer, fault.Side, null, fault.Message);
        }
    }

    private int FirstDifference(CheckedProver signer, CheckedProver challenger, out Bytes32 signed, out Bytes32 challenged)
    {
        (signed, challenged) = (signer.Root, challenger.Root);
        int first = 0;
        for (int count = _layout.Count; count > 1;)
        {
            int split = TraceTree.Split(count);
            (Bytes32 left, Bytes32 right) = signer.Halves(first, count, signed);
            (Bytes32 otherLeft, Bytes32 otherRight) = challenger.Halves(first, count, challenged);
            bool inLeft = !left.Equals(otherLeft);
            (signed, challenged) = inLeft ? (left, otherLeft) : (right, otherRight);
            first += inLeft ? 0 : split;
            count = inLeft ? split : count - split;
        }
        return first;
    }

    private InferenceVerdict Judge(CheckedProver signer, CheckedProver challenger, int leaf, in Bytes32 signed, in Bytes32 challenged, int version)
    {
        string name = _layout.Name(leaf);
        // Both inputs hash to the receipt's; leaves that differ there would be a collision, and no case against the signer.
        if (leaf < _layout.InputLeaves) return Refuted(signer, challenger, name, "Its trace begins with other inputs than the receipt.");
        var sources = new Dictionary<int, ReadOnlyMemory<byte>>();
        foreach (int source in _layout.SourcesOf(leaf)) sources[source] = signer.Content(source);
        // The leaves before are agreed on: what cannot be an input there, both sides have said.
        string? error = OperatorReplay.TryRun(_layout, leaf, sources, signer.Constant, out byte[] content);
        if (error is not null) return Refuted(signer, signer, name, error);
        Bytes32 truth = _layout.DigestOf(leaf, content, version)!.Value;
        if (truth.Equals(signed)) return Refuted(signer, challenger, name, $"{name} gives {truth}, not {challenged}.");
        return Refuted(signer, signer, name, $"{name} gives {truth}, not {signed}.");
    }

    private static InferenceVerdict Refuted(CheckedProver signer, CheckedProver loser, string? name, string reason) =>
        new(ReferenceEquals(signer, loser) ? VerdictStatus.SignerRefuted : VerdictStatus.ChallengerRefuted, name, reason);
}
