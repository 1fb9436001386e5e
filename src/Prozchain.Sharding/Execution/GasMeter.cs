namespace Prozchain.Sharding.Execution;

/// <summary>Counts the work of one transaction against its limit.</summary>
public struct GasMeter
{
    internal GasMeter(ulong limit) => Limit = limit;

    /// <summary>What the transaction declared.</summary>
    public ulong Limit { get; }

    /// <summary>What it has spent, at most <see cref="Limit"/>.</summary>
    public ulong Used { get; private set; }

    internal bool IsExhausted { get; private set; }

    /// <summary>Spends gas. Once false, the limit counts as spent and the transaction ends as <see cref="TransactionStatus.OutOfGas"/>.</summary>
    /// <param name="amount">How much.</param>
    public bool TryCharge(ulong amount)
    {
        if (!IsExhausted && amount <= Limit - Used) { Used += amount; return true; }
        Used = Limit;
        IsExhausted = true;
        return false;
    }
}
