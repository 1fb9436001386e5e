namespace Prozchain.Sharding.Committees;

/// <summary>
/// What tickets and their cap do to the adversary's share. A cap holds back whoever shows his stake under one key; an
/// adversary shows it under many, each worth whole tickets. So honest stake above the cap, and honest fractions of
/// tickets, are seats given to the adversary: its share of seats, not of stake, is what the committees must bear.
/// </summary>
public static class StakeCap
{
    /// <summary>The adversary's share of the tickets when it splits its stake as it likes.</summary>
    /// <param name="honest">Stake of each honest validator.</param>
    /// <param name="adversary">Stake of the adversary.</param>
    /// <param name="needed">Tickets that must be dealt at least.</param>
    /// <param name="cap">The most tickets of one validator.</param>
    /// <returns>0 to 1; the share of the highest price at which enough tickets are sold.</returns>
    /// <exception cref="ArgumentException">Even at price 1 too few are sold.</exception>
    public static double SeatShare(ReadOnlySpan<ulong> honest, ulong adversary, int needed, int cap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(needed, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(cap, 1);
        if (Sold(honest, 1, cap) + adversary < (UInt128)needed) throw new ArgumentException($"Expected stake for {needed} tickets, got less under a cap of {cap}.", nameof(honest));
        ulong enough = 1, tooDear = ulong.MaxValue;
        while (tooDear - enough > 1)
        {
            ulong price = enough + (tooDear - enough) / 2;
            if (Sold(honest, price, cap) + adversary / price >= (UInt128)needed) enough = price; else tooDear = price;
        }
        UInt128 theirs = adversary / enough;
        return (double)theirs / (double)(theirs + Sold(honest, enough, cap));
    }

    private static UInt128 Sold(ReadOnlySpan<ulong> stakes, ulong price, int cap)
    {
        UInt128 sold = 0;
        foreach (ulong stake in stakes) sold += Math.Min(stake / price, (ulong)cap);
        return sold;
    }
}
