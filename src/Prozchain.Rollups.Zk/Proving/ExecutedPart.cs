namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The transactions of a circuit that a proof executes: forced items that may do something are numbered first, then rows.</summary>
/// <param name="First">The first.</param>
/// <param name="End">Behind the last.</param>
/// <param name="Forced">How many transactions of the batch are forced items.</param>
internal readonly record struct ExecutedPart(uint First, uint End, uint Forced)
{
    /// <summary>The transactions of some steps.</summary>
    /// <param name="part">The steps; null for all.</param>
    /// <param name="before">How many forced transactions there are before each forced item, and in all.</param>
    /// <param name="payments">How many own payments count.</param>
    public static ExecutedPart Of(BatchPart? part, uint[] before, int payments)
    {
        uint forced = before[^1];
        return part is { } steps ? new(At(steps.From), At(steps.To), forced) : new(0, forced + (uint)payments, forced);

        uint At(ulong step) => step < (ulong)before.Length ? before[step] : forced + (uint)Math.Min(step - (ulong)before.Length + 1, (ulong)payments);
    }

    /// <summary>Whether the rows of a segment are executed, rather than read alone.</summary>
    /// <param name="start">The transaction that it starts with.</param>
    /// <param name="end">The one behind its last.</param>
    public bool Acts(uint start, uint end) => start >= First && end <= End;

    /// <summary>Whether a segment is executed in part, which none may be.</summary>
    /// <param name="start">The transaction that it starts with.</param>
    /// <param name="end">The one behind its last.</param>
    public bool Splits(uint start, uint end) => (start < First && First < end) || (start < End && End < end);

    /// <summary>What a segment executes: the number of its first transaction and behind its last, equal if none.</summary>
    /// <param name="start">The transaction that it starts with; 0 for the first segment, which has the forced items.</param>
    /// <param name="end">The one behind its last.</param>
    public (uint First, uint End) Of(uint start, uint end) => (Math.Clamp(start, First, End), Math.Clamp(end, First, End));
}
