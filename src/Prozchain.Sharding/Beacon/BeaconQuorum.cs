namespace Prozchain.Sharding.Beacon;

/// <summary>
/// How much of the pool's stake makes a beacon block count: floor(2T / 3) + 1 of the whole active stake T, not of a
/// small committee. Two quorums then share more than T / 3, so that with at most <see cref="MaxFaulty"/> dishonest no
/// two blocks of one height are certified: the topology is as safe as an unsharded chain.
/// </summary>
public static class BeaconQuorum
{
    /// <summary>The least stake that is a quorum.</summary>
    /// <param name="total">All active stake, below 2^63.</param>
    public static ulong Of(ulong total) => (ulong)((UInt128)total * 2 / 3) + 1;

    /// <summary>The most dishonest stake under which no fork and no halt is possible.</summary>
    /// <param name="total">All active stake.</param>
    public static ulong MaxFaulty(ulong total) => total == 0 ? 0 : (total - 1) / 3;
}
