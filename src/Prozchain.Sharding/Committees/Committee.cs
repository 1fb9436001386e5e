using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Committees;

/// <summary>One member of a committee.</summary>
/// <param name="PublicKey">The validator's public key, with its scheme byte.</param>
/// <param name="Seats">Seats the validator holds in this committee, at least 1.</param>
public readonly record struct CommitteeMember(ReadOnlyMemory<byte> PublicKey, int Seats);

/// <summary>
/// The validators that order or attest a shard during one epoch. A validator that drew several seats is one member with
/// that many seats: it votes once, and the vote weighs its seats. Immutable.
/// </summary>
public sealed class Committee
{
    // The member of each seat, in the order of the draw.
    private readonly ushort[] _owners;
    private readonly CommitteeMember[] _members;

    internal Committee(ShardId shard, ulong epoch, CommitteeMember[] members)
        : this(shard, epoch, members, [.. members.SelectMany((member, i) => Enumerable.Repeat((ushort)i, member.Seats))])
    {
    }

    private Committee(ShardId shard, ulong epoch, CommitteeMember[] members, ushort[] owners)
    {
        Shard = shard;
        Epoch = epoch;
        _members = members;
        _owners = owners;
    }

    /// <summary>The shard.</summary>
    public ShardId Shard { get; }

    /// <summary>The epoch.</summary>
    public ulong Epoch { get; }

    /// <summary>The members, in the order in which they drew their first seats.</summary>
    public IReadOnlyList<CommitteeMember> Members => _members;

    /// <summary>All seats, n.</summary>
    public int Seats => _owners.Length;

    /// <summary>Seats that a certificate needs: floor(2n / 3) + 1.</summary>
    public int Quorum => QuorumOf(Seats);

    /// <summary>Seats that may be faulty while the committee is still safe and live: f = floor((n - 1) / 3).</summary>
    public int MaxFaulty => MaxFaultyOf(Seats);

    internal static int QuorumOf(int seats) => 2 * seats / 3 + 1;

    internal static int MaxFaultyOf(int seats) => (seats - 1) / 3;

    internal ReadOnlyMemory<byte> SeatOwner(int seat) => _members[_owners[seat]].PublicKey;

    internal static Committee FromSeats(ShardId shard, ulong epoch, ReadOnlySpan<int> seats, IReadOnlyList<Validator> validators)
    {
        var owners = new ReadOnlyMemory<byte>[seats.Length];
        for (int i = 0; i < owners.Length; i++) owners[i] = validators[seats[i]].PublicKey;
        return FromOwners(shard, epoch, owners);
    }

    internal static Committee FromOwners(ShardId shard, ulong epoch, ReadOnlySpan<ReadOnlyMemory<byte>> seats)
    {
        var places = new Dictionary<ReadOnlyMemory<byte>, ushort>(KeyBytes.Instance);
        var members = new List<CommitteeMember>();
        var owners = new ushort[seats.Length];
        for (int i = 0; i < owners.Length; i++)
        {
            if (places.TryGetValue(seats[i], out owners[i]))
            {
                members[owners[i]] = members[owners[i]] with { Seats = members[owners[i]].Seats + 1 };
                continue;
            }
            owners[i] = (ushort)members.Count;
            places.Add(seats[i], owners[i]);
            members.Add(new CommitteeMember(seats[i], 1));
        }
        return new Committee(shard, epoch, [.. members], owners);
    }

    /// <summary>The same seats, for another shard or epoch.</summary>
    internal Committee For(ShardId shard, ulong epoch) => new(shard, epoch, _members, _owners);

    /// <summary>A seat of the left one, a seat of the right one, and so on: half of each is a fair draw of that size.</summary>
    internal static Committee Cut(ShardId shard, Committee left, Committee right)
    {
        var seats = new List<ReadOnlyMemory<byte>>();
        int size = Math.Max(left.Seats, right.Seats);
        for (int i = 0; seats.Count < size; i++)
        {
            if (i < left.Seats) seats.Add(left.SeatOwner(i));
            if (i < right.Seats && seats.Count < size) seats.Add(right.SeatOwner(i));
        }
        return FromOwners(shard, left.Epoch, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(seats));
    }

    internal ReadOnlyMemory<byte>[] SeatOwners() => Array.ConvertAll(_owners, owner => _members[owner].PublicKey);
}
