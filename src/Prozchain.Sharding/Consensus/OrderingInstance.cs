using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// One run of the ordering protocol: a shard's committee in one epoch. Views count from 1; a term is a row of views
/// with one leader; leaders take turns in the order of the committee, from a start that the seed draws. Immutable.
/// </summary>
public sealed class OrderingInstance
{
    private readonly ulong _firstLeader;

    /// <summary>Names a run.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="committee">The members that order, with shard and epoch.</param>
    /// <param name="seed">32 random bytes of the epoch; they draw the first leader.</param>
    /// <param name="viewsPerTerm">Views that a leader keeps, 1 to 4,096.</param>
    /// <exception cref="ArgumentException">The seed has another length, or the term is out of range.</exception>
    public OrderingInstance(ulong chainId, Committee committee, ReadOnlySpan<byte> seed, int viewsPerTerm = 32)
    {
        ArgumentNullException.ThrowIfNull(committee);
        ArgumentOutOfRangeException.ThrowIfLessThan(viewsPerTerm, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(viewsPerTerm, 4096);
        if (seed.Length != Digest.Size) throw new ArgumentException($"Expected a seed of {Digest.Size} bytes, got {seed.Length}.", nameof(seed));
        (ChainId, Committee, ViewsPerTerm) = (chainId, committee, viewsPerTerm);
        _firstLeader = BinaryPrimitives.ReadUInt64LittleEndian(seed) % (ulong)committee.Members.Count;

        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteUInt64(chainId);
        writer.WriteUInt64(committee.Shard.Value);
        writer.WriteUInt64(committee.Epoch);
        writer.WriteUInt32((uint)viewsPerTerm);
        writer.WriteUInt32((uint)_firstLeader);
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

    /// <summary>Binds every header and vote to this run: chain, shard, epoch, members, seats and turn of leaders. A fresh draw has another one.</summary>
    public Digest Id { get; }

    /// <summary>The term of a view, from 0.</summary>
    /// <param name="view">From 1.</param>
    public ulong TermOf(ulong view) => (view - 1) / (ulong)ViewsPerTerm;

    /// <summary>A term's first view.</summary>
    /// <param name="term">From 0.</param>
    public ulong FirstViewOf(ulong term) => term * (ulong)ViewsPerTerm + 1;

    /// <summary>Index in the committee of the member that proposes in a view.</summary>
    /// <param name="view">From 1.</param>
    public int LeaderOf(ulong view) => (int)((_firstLeader + TermOf(view) % (ulong)Committee.Members.Count) % (ulong)Committee.Members.Count);

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
