namespace Prozchain.Sharding.Committees;

/// <summary>
/// Deals stake as equal tickets: the price is the highest integer at which enough tickets are sold, a validator gets
/// stake / price of them, rounded down, and no more than the cap. (NEAR's mandates, NEP-509, work the same way.)
/// </summary>
public static class StakeTickets
{
    /// <summary>Deals tickets.</summary>
    /// <param name="stakes">Stake of each validator, in any unit.</param>
    /// <param name="needed">Tickets that must be dealt at least.</param>
    /// <param name="cap">The most tickets one validator gets.</param>
    /// <param name="tickets">Tickets of each validator; their sum is at least <paramref name="needed"/> when the result is true.</param>
    /// <returns>False if even at price 1 too few tickets are sold.</returns>
    public static bool TryDeal(ReadOnlySpan<ulong> stakes, int needed, int cap, out int[] tickets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(needed, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(cap, 1);
        tickets = [];
        if (!CanDeal(stakes, needed, cap)) return false;
        ulong enough = 1, tooDear = ulong.MaxValue;
        while (tooDear - enough > 1)
        {
            ulong price = enough + (tooDear - enough) / 2;
            if (Sold(stakes, price, cap) >= needed) enough = price; else tooDear = price;
        }
        tickets = new int[stakes.Length];
        for (int i = 0; i < stakes.Length; i++) tickets[i] = (int)Math.Min(stakes[i] / enough, (ulong)cap);
        return true;
    }

    internal static bool CanDeal(ReadOnlySpan<ulong> stakes, int needed, int cap) => Sold(stakes, 1, cap) >= needed;

    private static long Sold(ReadOnlySpan<ulong> stakes, ulong price, int cap)
    {
        long sold = 0;
        foreach (ulong stake in stakes) sold += (long)Math.Min(stake / price, (ulong)cap);
        return sold;
    }
}
