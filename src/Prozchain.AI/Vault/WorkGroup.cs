namespace Prozchain.AI.Vault;

/// <summary>Workers that each own a slot and do step after step until one says that there are no more. The first fault ends all.</summary>
internal sealed class WorkGroup(StripeSlotPool slots, BaseLoaders? bases)
{
    private Exception? _fault;

    /// <param name="useful">How many workers there is use for.</param>
    /// <param name="begin">What a worker has, made of its slot.</param>
    /// <param name="step">Does one step; false when there are none left.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled. Any other exception is that of the step that failed first.</exception>
    public async ValueTask RunAsync<TWorker>(
        long useful, Func<StripeSlot, TWorker> begin, Func<TWorker, CancellationToken, ValueTask<bool>> step, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await slots.RunAsync(useful, async slot =>
        {
            try
            {
                TWorker worker = begin(slot);
                do stop.Token.ThrowIfCancellationRequested();
                while (await step(worker, stop.Token).ConfigureAwait(false));
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _fault, e, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }, bases, cancellationToken).ConfigureAwait(false);
        if (_fault is null) return;
        cancellationToken.ThrowIfCancellationRequested();
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_fault);
    }
}
