namespace Prozchain.AI.Compute;

/// <summary>What a model does with a batch: one step of each of its requests.</summary>
/// <remarks>
/// Called by one worker of the pool at a time for one batch, by several at once for several batches. Requests do not change each
/// other: a step gives the same in any batch. It works on the cores of the model's demand and no more.
/// </remarks>
public interface IBatchRunner
{
    /// <summary>Takes a step.</summary>
    /// <param name="requests">What was handed to <see cref="ComputePool.RunAsync"/>, the earliest deadline first.</param>
    /// <param name="ended">Set for those that need no further step; the last step that was admitted need not be marked.</param>
    /// <param name="cancellationToken">Cancelled when the pool closes.</param>
    void Step(ReadOnlySpan<object> requests, Span<bool> ended, CancellationToken cancellationToken);
}
