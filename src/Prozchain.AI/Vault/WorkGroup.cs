namespace Prozchain.AI.Vault;

/// <summary>Workers that each own a slot and do step after step until one says that there are no more. The first fault ends all.</summary>
internal sealed class WorkGroup(StripeSlotPool slots)
{
    private Exception? _fault;

    /// <param name="useful">How many workers there is use for.</param>
    /// <param name="step">Does one step; false when there are none left.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled. Any other exception is that of the step that failed first.</exception>
    public async ValueTask RunAsync(long useful, Func<StripeSlot, CancellationToken, Task<bool>> step, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await slots.RunAsync(useful, async slot =>
        {
            try
            {
                do stop.Token.ThrowIfCancellationRequested();
                while (await step(slot, stop.Token).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _fault, e, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }, cancellationToken).ConfigureAwait(false);
        if (_fault is null) return;
        cancellationToken.ThrowIfCancellationRequested();
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_fault);
    }
}
