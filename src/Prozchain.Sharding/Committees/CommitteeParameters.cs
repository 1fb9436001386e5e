namespace Prozchain.Sharding.Committees;

/// <summary>How committees are drawn.</summary>
/// <param name="SeatsPerShard">Seats of each committee, 1 to 4,096.</param>
/// <param name="MaxTicketsPerValidator">The most seats one validator can hold over all shards; 0 means as many as its stake buys (<see cref="TicketSampler"/>).</param>
/// <remarks>
/// How safe a committee is depends on its size and on the adversary's share: with 4 seats one dishonest validator in four
/// that draws 2 of them can halt a shard. Small committees are for development networks.
/// </remarks>
public readonly record struct CommitteeParameters(int SeatsPerShard, int MaxTicketsPerValidator = 0)
{
    internal bool CanFill(ReadOnlySpan<ulong> stakes, int shards) =>
        StakeTickets.CanDeal(stakes, shards * SeatsPerShard, MaxTicketsPerValidator == 0 ? int.MaxValue : MaxTicketsPerValidator);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SeatsPerShard, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SeatsPerShard, Wire.WireLimits.MaxMembers);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxTicketsPerValidator);
    }
}
