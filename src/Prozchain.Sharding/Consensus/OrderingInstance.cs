using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// One run of the ordering protocol: a shard's committee in one epoch. Views count from 1; a term is a row of views
/// with one leader; in as many terms as there are seats each seat leads once, from a start that the seed draws. Immutable.
/// </summary>
public sealed class OrderingInstance
{
    // The member that leads in a term, for as many terms as there are seats.
    private readonly ushort[] _leaders;

    /// <summary>Names a run.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="committee">The members that order, with shard and epoch.</param>
    /// <param name="seed">32 random bytes, fresh for each draw of a committee; they draw the first leader.</param>
    /// <param name="viewsPerTerm">Views that a leader keeps, 1 to 4,096.</param>
    /// <exception cref="ArgumentException">The seed has another length, or the term is out of range.</exception>
    public OrderingInstance(ulong chainId, Committee committee, ReadOnlySpan<byte> seed, int viewsPerTerm = 32)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentOutOfRangeException.ThrowIfLessThan(viewsPerTerm, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(viewsPerTerm, 4096);
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        (ChainId, Committee, ViewsPerTerm) = (chainId, committee, viewsPerTerm);
        _leaders = DrawLeaders(committee, BinaryPrimitives.ReadUInt64LittleEndian(seed) % (ulong)committee.Seats);

        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteUInt64(chainId);
        writer.WriteUInt64(committee.Shard.Value);
        writer.WriteUInt64(committee.Epoch);
        writer.WriteUInt32((uint)viewsPerTerm);
        writer.WriteSpan(seed);
        writer.WriteUInt32((uint)committee.Members.Count);
        foreach (CommitteeMember member in committee.Members)
        {
            writer.WriteUInt32((uint)member.Seats);
            writer.WriteUInt16((ushort)member.PublicKey.Length);
            writer.WriteSpan(member.PublicKey.Span);
        }
        Id = new Digest(Domains.OrderingInstance.Hash(output.WrittenSpan));
    }

    /// <summary>The chain.</summary>
    public ulong ChainId { get; }

    /// <summary>The members that order, with shard and epoch.</summary>
    public Committee Committee { get; }

    /// <summary>Views that a leader keeps.</summary>
    public int ViewsPerTerm { get; }

    /// <summary>Binds every header and vote to this run: chain, shard, epoch, seed, members, seats and turn of leaders. A fresh draw has another one, even of the same members.</summary>
    public Digest Id { get; }

    /// <summary>The term of a view, from 0.</summary>
    /// <param name="view">From 1.</param>
    public ulong TermOf(ulong view) => (view - 1) / (ulong)ViewsPerTerm;

    /// <summary>A term's first view.</summary>
    /// <param name="term">From 0.</param>
    public ulong FirstViewOf(ulong term) => term * (ulong)ViewsPerTerm + 1;

    /// <summary>Index in the committee of the member that proposes in a view.</summary>
    /// <param name="view">From 1.</param>
    public int LeaderOf(ulong view) => _leaders[TermOf(view) % (ulong)_leaders.Length];

    // Seats lie member by member; a stride of about five eighths that has no factor in common with their number comes to
    // each of them once and seldom twice in a row to one member.
    private static ushort[] DrawLeaders(Committee committee, ulong first)
    {
        var owners = new List<ushort>(committee.Seats);
        for (int i = 0; i < committee.Members.Count; i++) owners.AddRange(Enumerable.Repeat((ushort)i, committee.Members[i].Seats));
        ulong seats = (ulong)owners.Count, stride = 5 * seats / 8 + 1;
        while (BigInteger.GreatestCommonDivisor(stride, seats) > 1) stride++;
        var leaders = new ushort[owners.Count];
        for (ulong term = 0; term < seats; term++) leaders[term] = owners[(int)((first + term * stride) % seats)];
        return leaders;
    }

    /// <summary>What a vote signs: a digest of the run, the kind, the view and the subject in a domain of its own.</summary>
    /// <param name="kind">The kind of vote.</param>
    /// <param name="view">The view.</param>
    /// <param name="subject">Hash of the header; zero to nullify.</param>
    public Digest MessageFor(OrderingVoteKind kind, ulong view, in Digest subject)
    {
        Span<byte> input = stackalloc byte[Digest.Size + 1 + sizeof(ulong) + Digest.Size];
        Id.Span.CopyTo(input);
        input[Digest.Size] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(input[(Digest.Size + 1)..], view);
        subject.Span.CopyTo(input[(Digest.Size + 1 + sizeof(ulong))..]);
        return new Digest(Domains.OrderingVote.Hash(input));
    }
}
