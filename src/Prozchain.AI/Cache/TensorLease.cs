using System.Diagnostics.CodeAnalysis;

namespace Prozchain.AI.Cache;

/// <summary>
/// A value in use. Until it is given back the value is neither evicted nor disposed. Dispose exactly one copy of each lease, once.
/// </summary>
/// <typeparam name="TValue">The value's type.</typeparam>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A lease is given back, not compared.")]
public readonly struct TensorLease<TValue> : IDisposable where TValue : class, IDisposable
{
    private readonly TensorCache<TValue>? _cache;
    private readonly TensorEntry<TValue>? _entry;

    internal TensorLease(TensorCache<TValue> cache, TensorEntry<TValue> entry) => (_cache, _entry) = (cache, entry);

    /// <summary>The value: shared with others, so not to be written or disposed.</summary>
    /// <exception cref="InvalidOperationException">The lease is a default value.</exception>
    public TValue Value => (_entry ?? throw new InvalidOperationException("Expected a lease of a cache, got a default value.")).Value;

    /// <summary>Gives the value back. Of a default value nothing.</summary>
    /// <exception cref="InvalidOperationException">All leases of the value were given back before.</exception>
    public void Dispose() => _cache?.Release(_entry!);
}
