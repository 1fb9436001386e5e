namespace Prozchain.Sharding.Simulation;

/// <summary>What a <see cref="NetworkWorld"/> did so far.</summary>
/// <param name="Bank">What the bank did.</param>
/// <param name="BeaconHeight">Final beacon blocks.</param>
/// <param name="Epoch">The beacon's epoch.</param>
/// <param name="Freezes">Times that a shard was frozen.</param>
/// <param name="Takeovers">Times that a fresh committee's block became final after a freeze.</param>
/// <param name="SlowestTakeoverMs">The longest time from a freeze to that block, simulated milliseconds.</param>
/// <param name="Convictions">Validators that were convicted of contradicting themselves.</param>
/// <param name="Withheld">Reveals that did not come.</param>
public sealed record NetworkReport(BankReport Bank, ulong BeaconHeight, ulong Epoch, int Freezes, int Takeovers, long SlowestTakeoverMs, int Convictions, int Withheld)
{
    private const int SliceMs = 100, AroundMs = 2_000;

    /// <summary>Heirs of splits and merges, in the order in which they began.</summary>
    public IReadOnlyList<LineageBirth> Births { get; init; } = [];

    /// <summary>Transactions executed with success in each slice of 100 ms.</summary>
    public IReadOnlyList<int> AppliedPerSlice { get; init; } = [];

    /// <summary>Throughput from a birth's parents' end on, for two seconds, in percent of that of the two seconds before: what the change cost of the whole network's.</summary>
    /// <param name="birth">One of <see cref="Births"/>.</param>
    /// <returns>100 where nothing happened before.</returns>
    public int PercentAfter(LineageBirth birth)
    {
        ArgumentNullException.ThrowIfNull(birth);
        int end = (int)(birth.EndedMs / SliceMs), slices = AroundMs / SliceMs;
        int before = Enumerable.Range(end - slices, slices).Sum(At), after = Enumerable.Range(end, slices).Sum(At);
        return before == 0 ? 100 : (int)(100L * after / before);

        int At(int slice) => slice >= 0 && slice < AppliedPerSlice.Count ? AppliedPerSlice[slice] : 0;
    }

    /// <summary>The figures in words.</summary>
    public override string ToString() =>
        $"{Bank}, beacon {BeaconHeight}, epoch {Epoch}, {Freezes} freezes, {Takeovers} takeovers, the slowest after {SlowestTakeoverMs} ms, {Convictions} convictions, {Withheld} withheld, births "
        + string.Join(", ", Births.Select(birth => $"{birth.Shard} {(birth.IsMerge ? "merged" : "split")} at {birth.EndedMs} ms, first block after {birth.FirstBlockMs - birth.EndedMs} ms, throughput {PercentAfter(birth)} %"));
}
