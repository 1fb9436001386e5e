using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The ordering run of the beacon's own blocks in one epoch: the whole pool is the committee, with seats by stake. It
/// follows from chain, epoch and validator set alone, so that whoever knows these can check a beacon block.
/// </summary>
public static class BeaconRun
{
    /// <summary>Stands for the beacon where the ordering protocol names a shard; no layout ever has it.</summary>
    public static readonly ShardId Shard = new(ulong.MaxValue);

    /// <summary>Views that a leader keeps.</summary>
    public const int ViewsPerTerm = 4;

    /// <summary>Seats that stake is dealt as, about: what a validator holds beyond whole seats does not count.</summary>
    public const int Seats = Wire.WireLimits.MaxMembers;

    /// <summary>The pool as a committee: in the set's order, without those whose stake makes no seat.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="set">Its validators.</param>
    public static Committee CommitteeOf(ulong epoch, ValidatorSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        ulong[] stakes = [.. set.Members.Select(member => member.Stake)];
        ulong unit = Math.Max(1, Divisor(stakes));
        foreach (ref ulong stake in stakes.AsSpan()) stake /= unit;
        if (!StakeTickets.TryDeal(stakes, (int)Math.Max(1, Math.Min(set.TotalStake / unit, Seats)), int.MaxValue, out int[] seats))
            throw new ArgumentException($"Expected validators with stake, got {set.Members.Count} with {set.TotalStake}.", nameof(set));
        int divisor = (int)Divisor([.. seats.Select(count => (ulong)count)]);
        return new Committee(Shard, epoch, [.. set.Members.Select((member, i) => new CommitteeMember(member.PublicKey, seats[i] / divisor)).Where(member => member.Seats > 0)]);
    }

    private static ulong Divisor(ulong[] numbers) => (ulong)numbers.Aggregate(BigInteger.Zero, (sum, number) => BigInteger.GreatestCommonDivisor(sum, number));

    /// <summary>The run.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="set">Its validators.</param>
    public static OrderingInstance InstanceOf(ulong chainId, ulong epoch, ValidatorSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        Span<byte> input = stackalloc byte[sizeof(ulong) + Digest.Size];
        BinaryPrimitives.WriteUInt64LittleEndian(input, epoch);
        set.Digest.Span.CopyTo(input[sizeof(ulong)..]);
        return new OrderingInstance(chainId, CommitteeOf(epoch, set), Domains.BeaconRun.Hash(input).Span, ViewsPerTerm);
    }
}
