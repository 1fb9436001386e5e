using System.Threading.Channels;

namespace Prozchain.AI.Vault;

/// <summary>As many slots as the budget holds, made when first needed and kept. An operation has one at least, and waits for it.</summary>
internal sealed class StripeSlotPool(ModelVaultOptions options)
{
    private readonly Channel<StripeSlot> _free = Channel.CreateUnbounded<StripeSlot>();
    private readonly long _slotSize = StripeSlot.SizeOf(options);
    private readonly int _capacity = (int)Math.Min(options.MemoryBudget / StripeSlot.SizeOf(options), int.MaxValue);
    private int _made;

    public long Bytes => Math.Min(Volatile.Read(ref _made), _capacity) * _slotSize;

    public ValueTask<StripeSlot> RentAsync(CancellationToken cancellationToken) =>
        TryRent() is { } slot ? ValueTask.FromResult(slot) : _free.Reader.ReadAsync(cancellationToken);

    /// <summary>One that is free now, or null.</summary>
    public StripeSlot? TryRent()
    {
        if (_free.Reader.TryRead(out StripeSlot? slot)) return slot;
        for (int made = Volatile.Read(ref _made); made < _capacity; made = Volatile.Read(ref _made))
            if (Interlocked.CompareExchange(ref _made, made + 1, made) == made) return Make();
        return null;
    }

    public void Return(StripeSlot slot) => _free.Writer.TryWrite(slot);

    /// <summary>Runs workers, one a slot: at least one, and as many more as there is use for and the budget and the options allow now. Ends when all have.</summary>
    public async ValueTask RunAsync(long useful, Func<StripeSlot, Task> worker, CancellationToken cancellationToken)
    {
        List<StripeSlot> slots = [await RentAsync(cancellationToken).ConfigureAwait(false)];
        try
        {
            while (slots.Count < Math.Min(options.Workers, useful) && TryRent() is { } slot) slots.Add(slot);
            await Task.WhenAll(slots.Select(slot => Task.Run(() => worker(slot), CancellationToken.None))).ConfigureAwait(false);
        }
        finally
        {
            foreach (StripeSlot slot in slots) Return(slot);
        }
    }

    private StripeSlot Make()
    {
        try
        {
            return new StripeSlot(options);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Decrement(ref _made);
            throw;
        }
    }
}
