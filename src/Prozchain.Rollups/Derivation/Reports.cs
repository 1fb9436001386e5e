namespace Prozchain.Rollups.Derivation;

/// <summary>Hands on each batch where it is derived, at once.</summary>
internal sealed class Reports(Action<ExecutedBatch> take) : IProgress<ExecutedBatch>
{
    public void Report(ExecutedBatch value) => take(value);
}
