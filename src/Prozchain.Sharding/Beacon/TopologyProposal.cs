using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>Says whether a proposal's claim is so, from facts that every node recomputes: the state it is given and the claim's bytes.</summary>
/// <param name="state">The beacon before the block.</param>
/// <param name="proposal">Untrusted; any claim is answered, never with an exception.</param>
public delegate bool TopologyTrigger(BeaconState state, TopologyProposal proposal);

/// <summary>A proposal to split a shard or to merge two. Immutable.</summary>
public sealed class TopologyProposal
{
    /// <summary>The domain byte of readiness among <see cref="Statement"/>s.</summary>
    public const byte ReadyDomain = 0xF0;

    /// <summary>Makes a proposal.</summary>
    /// <param name="action">The change.</param>
    /// <param name="claim">Why; at most 64 KiB, as a rule the wire form of a <see cref="ReshapeTrigger"/>.</param>
    /// <exception cref="ArgumentException">More bytes.</exception>
    public TopologyProposal(ReshapeAction action, ReadOnlyMemory<byte> claim)
    {
        if (claim.Length > BeaconLimits.MaxClaimBytes) throw new ArgumentException($"Expected at most {BeaconLimits.MaxClaimBytes} bytes, got {claim.Length}.", nameof(claim));
        Action = action;
        Claim = claim;
        var output = new ArrayBufferWriter<byte>(1 + 2 * sizeof(ulong));
        WriteAction(output);
        Id = new Digest(Domains.Topology.Hash(output.WrittenSpan));
    }

    /// <summary>The change.</summary>
    public ReshapeAction Action { get; }

    /// <summary>Why: bytes for the network's <see cref="TopologyTrigger"/>.</summary>
    public ReadOnlyMemory<byte> Claim { get; }

    /// <summary>Names what is proposed, whatever the claim. As ids are never used twice, it happens once at most.</summary>
    public Digest Id { get; }

    /// <summary>What a member of the target committee signs once it holds all that it needs to take over.</summary>
    /// <param name="epoch">The epoch at whose end the cut is to be.</param>
    public Statement Ready(ulong epoch) => new(ReadyDomain, Action.Shard, epoch, 0, Id);

    internal void Write(IBufferWriter<byte> output)
    {
        WriteAction(output);
        BeaconWire.WriteBytes(output, Claim.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out TopologyProposal proposal)
    {
        proposal = null!;
        if (!(reader.TryReadByte(out byte merge) && reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong sibling))) return ReadResult.Truncated;
        if (merge > 1 || shard == 0 || sibling == 0 != (merge == 0)) return ReadResult.NotCanonical;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconLimits.MaxClaimBytes, out byte[] claim);
        if (result == ReadResult.Ok) proposal = new TopologyProposal(new ReshapeAction(new ShardId(shard), merge == 1 ? new ShardId(sibling) : null), claim);
        return result;
    }

    private void WriteAction(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Action.IsMerge ? (byte)1 : (byte)0);
        writer.WriteUInt64(Action.Shard.Value);
        writer.WriteUInt64(Action.Sibling?.Value ?? 0);
    }
}
