using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>What a topology proposal does.</summary>
public enum TopologyKind : byte
{
    /// <summary>No kind; not valid on the wire.</summary>
    None = 0,

    /// <summary>One shard becomes two.</summary>
    Split = 1,

    /// <summary>Two siblings become one.</summary>
    Merge = 2,
}

/// <summary>Says whether a proposal's claim is so, from facts that every node recomputes: the state it is given and the claim's bytes.</summary>
/// <param name="state">The beacon before the block.</param>
/// <param name="proposal">Untrusted; any claim is answered, never with an exception.</param>
public delegate bool ReshapeTrigger(BeaconState state, TopologyProposal proposal);

/// <summary>A proposal to split a shard or to merge two. Immutable.</summary>
public sealed class TopologyProposal
{
    /// <summary>The domain byte of readiness among <see cref="Statement"/>s.</summary>
    public const byte ReadyDomain = 0xF0;

    private TopologyProposal(TopologyKind kind, ShardId shard, ShardId sibling, ReadOnlyMemory<byte> claim)
    {
        Kind = kind;
        Shard = shard;
        Sibling = sibling;
        Claim = claim;
        Span<byte> input = stackalloc byte[1 + 2 * sizeof(ulong)];
        input[0] = (byte)kind;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(input[1..], shard.Value);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(input[9..], sibling.Value);
        Id = new Digest(Domains.Topology.Hash(input));
    }

    /// <summary>Split or merge.</summary>
    public TopologyKind Kind { get; }

    /// <summary>The shard to split, or the left one of two to merge.</summary>
    public ShardId Shard { get; }

    /// <summary>The right one of two to merge; the default for a split.</summary>
    public ShardId Sibling { get; }

    /// <summary>Why: bytes for the network's <see cref="ReshapeTrigger"/>.</summary>
    public ReadOnlyMemory<byte> Claim { get; }

    /// <summary>Names what is proposed, whatever the claim. As ids are never used twice, it happens once at most.</summary>
    public Digest Id { get; }

    /// <summary>Proposes a split.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="claim">Why; at most 64 KiB.</param>
    public static TopologyProposal Split(ShardId shard, ReadOnlyMemory<byte> claim) => Make(TopologyKind.Split, shard, default, claim);

    /// <summary>Proposes a merge.</summary>
    /// <param name="left">The sibling with the lower prefix.</param>
    /// <param name="right">The other one.</param>
    /// <param name="claim">Why; at most 64 KiB.</param>
    public static TopologyProposal Merge(ShardId left, ShardId right, ReadOnlyMemory<byte> claim) => Make(TopologyKind.Merge, left, right, claim);

    /// <summary>What a member of the target committee signs once it holds all that it needs to take over.</summary>
    /// <param name="epoch">The epoch at whose end the cut is to be.</param>
    public Statement Ready(ulong epoch) => new(ReadyDomain, Shard, epoch, 0, Id);

    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte((byte)Kind);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Sibling.Value);
        BeaconWire.WriteBytes(output, Claim.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out TopologyProposal proposal)
    {
        proposal = null!;
        if (!(reader.TryReadByte(out byte kind) && reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong sibling))) return ReadResult.Truncated;
        if (kind is not (1 or 2) || shard == 0 || sibling == 0 != (kind == (byte)TopologyKind.Split)) return ReadResult.NotCanonical;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconLimits.MaxClaimBytes, out byte[] claim);
        if (result == ReadResult.Ok) proposal = new TopologyProposal((TopologyKind)kind, new ShardId(shard), new ShardId(sibling), claim);
        return result;
    }

    private static TopologyProposal Make(TopologyKind kind, ShardId left, ShardId right, ReadOnlyMemory<byte> claim)
    {
        if (claim.Length > BeaconLimits.MaxClaimBytes) throw new ArgumentException($"Expected at most {BeaconLimits.MaxClaimBytes} bytes, got {claim.Length}.", nameof(claim));
        return new TopologyProposal(kind, left, right, claim);
    }
}
