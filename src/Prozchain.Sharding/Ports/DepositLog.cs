namespace Prozchain.Sharding.Ports;

/// <summary>Deposits that the host appends in memory, in order. Not thread-safe; what it says counts for as much as the host does.</summary>
public sealed class DepositLog : IDepositSource
{
    private readonly List<byte[]> _deposits = [];

    /// <summary>Number of deposits: the index of the next.</summary>
    public ulong Count => (ulong)_deposits.Count;

    /// <summary>Vouches for a deposit, whose index is <see cref="Count"/>.</summary>
    /// <param name="deposit">Its wire form; copied.</param>
    public void Append(ReadOnlySpan<byte> deposit) => _deposits.Add(deposit.ToArray());

    /// <inheritdoc/>
    public bool Holds(ulong index, ReadOnlySpan<byte> deposit) => index < Count && deposit.SequenceEqual(_deposits[(int)index]);
}
