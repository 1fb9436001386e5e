using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Committees;

/// <summary>One member of a committee.</summary>
/// <param name="PublicKey">The validator's public key, with its scheme byte.</param>
/// <param name="Seats">Seats the validator holds in this committee, at least 1.</param>
public readonly record struct CommitteeMember(ReadOnlyMemory<byte> PublicKey, int Seats);

/// <summary>
/// The validators that certify a shard's headers during one epoch. A validator that drew several seats is one member
/// with that many seats: it votes once, and the vote weighs its seats. Immutable.
/// </summary>
public sealed class Committee
{
    internal Committee(ShardId shard, ulong epoch, CommitteeMember[] members)
    {
        Shard = shard;
        Epoch = epoch;
        Members = members;
        foreach (CommitteeMember member in members) Seats += member.Seats;
    }

    /// <summary>The shard.</summary>
    public ShardId Shard { get; }

    /// <summary>The epoch.</summary>
    public ulong Epoch { get; }

    /// <summary>The members, in the order in which they drew their first seats.</summary>
    public IReadOnlyList<CommitteeMember> Members { get; }

    /// <summary>All seats, n.</summary>
    public int Seats { get; }

    /// <summary>Seats that a certificate needs: floor(2n / 3) + 1.</summary>
    public int Quorum => 2 * Seats / 3 + 1;
}
