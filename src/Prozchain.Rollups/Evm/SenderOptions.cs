namespace Prozchain.Rollups.Evm;

/// <summary>Limits and habits of a sender. Fees in wei per gas.</summary>
internal sealed record SenderOptions
{
    /// <summary>Most that is ever paid, base fee included. While the base fee is above it nothing is sent.</summary>
    public required UInt128 MaxFee { get; init; }

    /// <summary>Most that is ever paid for a unit of blob gas. The first offer is an eighth; each that replaces one doubles it.</summary>
    public UInt128 MaxBlobFee { get; init; } = 200_000_000_000;

    /// <summary>Bounds of the tip that is offered at first; replacements may go beyond, up to <see cref="MaxFee"/>.</summary>
    public UInt128 MinPriorityFee { get; init; } = 1;

    public UInt128 MaxPriorityFee { get; init; } = 5_000_000_000;

    /// <summary>Blocks, its own included, after which a receipt counts.</summary>
    public ulong Confirmations { get; init; } = 12;

    /// <summary>Blocks after which a transaction in no block is resent, or replaced at a higher fee.</summary>
    public ulong StuckAfterBlocks { get; init; } = 3;

    /// <summary>Transactions that wait for a block at most; pools of nodes bound them an account.</summary>
    public int MaxInFlight { get; init; } = 16;

    /// <summary>
    /// False for a chain without a pool in which a transaction can be replaced, as an L2 parent is: then one is sent after
    /// the receipt of the last, and signed anew only if it was refused.
    /// </summary>
    public bool CanReplace { get; init; } = true;

    /// <summary>What to offer at first, or null while the base fee is above the cap.</summary>
    public L1Fees? Suggest(UInt128 baseFee, UInt128 tip)
    {
        if (baseFee > MaxFee) return null;
        UInt128 offered = UInt128.Clamp(tip, MinPriorityFee, UInt128.Max(MinPriorityFee, MaxPriorityFee));
        // Twice the base fee outlasts six full blocks.
        UInt128 most = UInt128.Min(MaxFee, baseFee > MaxFee / 2 ? MaxFee : baseFee * 2 + offered);
        return new L1Fees(UInt128.Min(offered, most), most);
    }

    /// <summary>
    /// What replaces an offer: at least an eighth more of both, as the strictest pools ask, twice as much where there are blobs,
    /// and what would be offered now; or null if the cap forbids.
    /// </summary>
    public L1Fees? Bump(L1Fees last, L1Fees suggested, bool hasBlobs = false)
    {
        uint part = hasBlobs ? 1U : 8;
        UInt128 leastTip = last.MaxPriorityFee + last.MaxPriorityFee / part + 1, leastFee = last.MaxFee + last.MaxFee / part + 1;
        if (leastFee > MaxFee) return null;
        UInt128 fee = UInt128.Max(leastFee, suggested.MaxFee);
        return new L1Fees(UInt128.Min(UInt128.Max(leastTip, suggested.MaxPriorityFee), fee), fee);
    }
}
