using Prozchain.AI.Engine;
using Prozchain.AI.Ports;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>
/// The first rung: runs the request again and compares digests, which integers make exact. The state of the request moves
/// on by the run if the receipt holds, and stays where it was otherwise. Uses its engine; not thread-safe.
/// </summary>
public sealed class ReexecutionVerifier : IInferenceVerifier<InferenceRequest>
{
    private readonly InferenceEngine _engine;
    private readonly IReceiptVerifier _signatures;
    private readonly Bytes32 _modelRoot;

    /// <summary>Takes what it runs with.</summary>
    /// <param name="engine">The engine; the first request of its batch is used.</param>
    /// <param name="modelRoot">Root of the model that the graph is from, 32 bytes.</param>
    /// <param name="signatures">Checks signatures.</param>
    /// <exception cref="ArgumentException">The root is not 32 bytes.</exception>
    public ReexecutionVerifier(InferenceEngine engine, ReadOnlySpan<byte> modelRoot, IReceiptVerifier signatures)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(signatures);
        (_engine, _signatures, _modelRoot) = (engine, signatures, StatementCheck.Root(modelRoot));
    }

    /// <inheritdoc/>
    public InferenceVerdict Verify(InferenceReceipt receipt, InferenceRequest evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        VerdictStatus status = StatementCheck.Of(receipt, _signatures, _modelRoot, _engine.Graph);
        if (status != VerdictStatus.Accepted) return new InferenceVerdict(status);
        if (evidence.TryFill(_engine) is { } error) return new InferenceVerdict(VerdictStatus.WrongInput, null, error);
        if (!RequestDigests.InputOf(_engine, 0, evidence.State, receipt.Statement.Version).Equals(receipt.Statement.Input)) return new InferenceVerdict(VerdictStatus.WrongInput);
        if (evidence.State is { } before && before.Position > before.Capacity - _engine.Graph.ContextStep) return new InferenceVerdict(VerdictStatus.WrongInput, null, "Expected room in the context.");
        int position = evidence.State?.Position ?? 0;
        _engine.Run(1, evidence.States);
        if (RequestDigests.OutputOf(_engine, 0, evidence.State, receipt.Statement.Version).Equals(receipt.Statement.Output)) return new InferenceVerdict(VerdictStatus.Accepted);
        if (evidence.State is { } state) state.Position = position;
        return new InferenceVerdict(VerdictStatus.WrongOutput);
    }
}
