using System.Threading.Channels;

namespace Prozchain.AI.Vault;

/// <summary>As many slots as the budget holds, made when first needed and kept. An operation has one at least, and waits for it.</summary>
internal sealed class StripeSlotPool
{
    private readonly ModelVaultOptions _options;
    private readonly Channel<StripeSlot> _free = Channel.CreateUnbounded<StripeSlot>();
    private readonly long _slotSize;
    private readonly int _capacity;
    private readonly Channel<bool> _several = Channel.CreateUnbounded<bool>();
    private int _made;

    public StripeSlotPool(ModelVaultOptions options)
    {
        (_options, _slotSize) = (options, StripeSlot.SizeOf(options));
        _capacity = (int)Math.Min(options.MemoryBudget / _slotSize, int.MaxValue);
        _several.Writer.TryWrite(true);
    }

    /// <summary>Slots that there can be.</summary>
    public int Capacity => _capacity;

    public long Bytes => Math.Min(Volatile.Read(ref _made), _capacity) * _slotSize;

    public ValueTask<StripeSlot> RentAsync(CancellationToken cancellationToken) =>
        TryRent() is { } slot ? ValueTask.FromResult(slot) : _free.Reader.ReadAsync(cancellationToken);

    /// <summary>Several at once, which the pool can have. Who waits for them does so alone, so that no two wait for what the other has.</summary>
    public async ValueTask<List<StripeSlot>> RentAsync(int count, CancellationToken cancellationToken)
    {
        List<StripeSlot> slots = [];
        if (count > 1) await _several.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (slots.Count < count) slots.Add(await RentAsync(cancellationToken).ConfigureAwait(false));
            return slots;
        }
        catch
        {
            foreach (StripeSlot slot in slots) Return(slot);
            throw;
        }
        finally
        {
            if (count > 1) _several.Writer.TryWrite(true);
        }
    }

    /// <summary>One that is free now, or null.</summary>
    public StripeSlot? TryRent()
    {
        if (_free.Reader.TryRead(out StripeSlot? slot)) return slot;
        for (int made = Volatile.Read(ref _made); made < _capacity; made = Volatile.Read(ref _made))
            if (Interlocked.CompareExchange(ref _made, made + 1, made) == made) return Make();
        return null;
    }

    public void Return(StripeSlot slot)
    {
        slot.Calls.Release();
        _free.Writer.TryWrite(slot);
    }

    /// <summary>
    /// Runs workers, one a slot: at least one, and as many more as there is use for and the budget and the options allow now. Where
    /// they share loaders of bases, those get a slot for every two workers. Ends when all have.
    /// </summary>
    public async ValueTask RunAsync(long useful, Func<StripeSlot, Task> worker, BaseLoaders? bases, CancellationToken cancellationToken)
    {
        long most = Math.Min(_options.Workers, useful);
        if (bases is not null) most += (most + 1) / 2;
        List<StripeSlot> slots = await RentAsync(bases is null ? 1 : 2, cancellationToken).ConfigureAwait(false);
        try
        {
            while (slots.Count < most && TryRent() is { } slot) slots.Add(slot);
            int forBases = bases is null ? 0 : Math.Max(1, slots.Count / 3);
            foreach (StripeSlot slot in slots.Take(forBases)) bases!.Add(slot);
            await Task.WhenAll(slots.Skip(forBases).Select(slot => Task.Run(() => worker(slot), CancellationToken.None))).ConfigureAwait(false);
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
            return new StripeSlot(_options);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Decrement(ref _made);
            throw;
        }
    }
}
