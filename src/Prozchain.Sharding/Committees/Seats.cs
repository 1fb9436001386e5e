namespace Prozchain.Sharding.Committees;

/// <summary>Counts the seats of a draw's committees.</summary>
internal static class Seats
{
    private const int MaxSeats = 1 << 24;

    public static int Sum(ReadOnlySpan<int> sizes)
    {
        long sum = 0;
        foreach (int size in sizes)
        {
            if (size < 1) throw new ArgumentException($"Expected committees of at least 1 seat, got {size}.", nameof(sizes));
            sum += size;
        }
        return sum is >= 1 and <= MaxSeats ? (int)sum : throw new ArgumentException($"Expected 1 to {MaxSeats} seats in all, got {sum}.", nameof(sizes));
    }

    public static int Check(ReadOnlySpan<int> sizes, ReadOnlySpan<int> seats)
    {
        int sum = Sum(sizes);
        return seats.Length == sum ? sum : throw new ArgumentException($"Expected room for {sum} seats, got {seats.Length}.", nameof(seats));
    }
}
