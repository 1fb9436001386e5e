namespace Prozchain.Sharding.Committees;

/// <summary>
/// The default draw: stake is dealt as equal tickets (<see cref="StakeTickets"/>), the tickets are permuted
/// (<see cref="SwapOrNotShuffle"/>) and cut into committees. A validator with several tickets may hold several seats of
/// one committee; a ticket is one seat at most, over all committees of the draw.
/// </summary>
/// <remarks>
/// What is drawn from must be larger than what is drawn: among no more tickets than seats the richest would always sit.
/// So for a single committee, as after a halt, 20 times as many tickets are dealt as it has seats.
/// </remarks>
public sealed class TicketSampler : ICommitteeSampler
{
    private const int PoolPerSeat = 20;

    private readonly int _cap, _pool;

    /// <summary>Takes the cap and the size of the pool.</summary>
    /// <param name="maxTicketsPerValidator">
    /// The most tickets of one validator; 0 means as many as its stake buys. A number, never a share of the validators: each key
    /// more would lower it for everyone else, and who splits its stake would get their seats. What a cap costs: <see cref="StakeCap"/>.
    /// </param>
    /// <param name="poolTickets">Tickets dealt at least, and never fewer than seats; 0 means 20 times the seats of the largest committee.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public TicketSampler(int maxTicketsPerValidator = 0, int poolTickets = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTicketsPerValidator);
        ArgumentOutOfRangeException.ThrowIfNegative(poolTickets);
        (_cap, _pool) = (maxTicketsPerValidator == 0 ? int.MaxValue : maxTicketsPerValidator, poolTickets);
    }

    /// <inheritdoc/>
    public bool CanFill(ReadOnlySpan<ulong> stakes, ReadOnlySpan<int> sizes)
    {
        int pool = PoolFor(sizes, Seats.Sum(sizes));
        return StakeTickets.CanDeal(stakes, pool, _cap);
    }

    /// <inheritdoc/>
    public void Draw(ReadOnlySpan<byte> seed, ReadOnlySpan<ulong> stakes, ReadOnlySpan<int> sizes, Span<int> seats)
    {
        int needed = Seats.Check(sizes, seats), pool = PoolFor(sizes, needed);
        if (!StakeTickets.TryDeal(stakes, pool, _cap, out int[] dealt))
            throw new ArgumentException($"Expected stake for {pool} tickets, got less from {stakes.Length} validators under the cap.", nameof(stakes));
        int[] tickets = new int[dealt.Sum()];
        for (int i = 0, at = 0; i < dealt.Length; at += dealt[i++]) tickets.AsSpan(at, dealt[i]).Fill(i);
        SwapOrNotShuffle.Shuffle(tickets.AsSpan(), seed);
        tickets.AsSpan(0, needed).CopyTo(seats);
    }

    private int PoolFor(ReadOnlySpan<int> sizes, int needed)
    {
        int largest = 0;
        foreach (int size in sizes) largest = Math.Max(largest, size);
        return Math.Max(needed, _pool > 0 ? _pool : largest * PoolPerSeat);
    }
}
