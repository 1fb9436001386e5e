using Prozchain.Rollups.Derivation;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Ends a derivation behind a batch, by the exception of a cancellation.</summary>
internal sealed class UntilBatch(ulong batch) : IProgress<ExecutedBatch>
{
    public ExecutedBatch? Found { get; private set; }

    public void Report(ExecutedBatch value)
    {
        if (value.Posting.Number != batch) return;
        Found = value;
        throw new OperationCanceledException();
    }
}
