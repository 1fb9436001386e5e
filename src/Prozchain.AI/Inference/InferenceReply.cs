using Prozchain.AI.Compute;
using Prozchain.AI.Receipts;
using Prozchain.AI.Registry;

namespace Prozchain.AI.Inference;

/// <summary>What came of an inference transaction.</summary>
public sealed class InferenceReply
{
    /// <summary>How it ended.</summary>
    public required InferenceStatus Status { get; init; }

    /// <summary>Why, in a sentence with expected and got; null if all went well.</summary>
    public string? Reason { get; init; }

    /// <summary>What ran; null if the name was not found.</summary>
    public ModelVersion? Version { get; init; }

    /// <summary>The elements of each output after the last step, little-endian; empty if nothing ran.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Outputs { get; init; } = [];

    /// <summary>A signed receipt for each step.</summary>
    public IReadOnlyList<InferenceReceipt> Receipts { get; init; } = [];

    /// <summary>Receipts that the log took in, the first ones.</summary>
    public int Recorded { get; init; }

    /// <summary>What the pool said; null of a request that did not come so far.</summary>
    public ComputeOutcome? Outcome { get; init; }
}
