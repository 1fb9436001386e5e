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

/// <summary>A proposal to split a shard, to merge two, or to begin a class. Immutable.</summary>
public sealed class TopologyProposal
{
    /// <summary>The domain byte of readiness among <see cref="Statement"/>s.</summary>
    public const byte ReadyDomain = 0xF0;

    /// <summary>Makes a proposal.</summary>
    /// <param name="action">The change.</param>
    /// <param name="claim">Why; at most 64 KiB, as a rule the wire form of a <see cref="ReshapeTrigger"/>.</param>
    /// <exception cref="ArgumentException">More bytes.</exception>
    public TopologyProposal(ReshapeAction action, ReadOnlyMemory<byte> claim)
        : this(action, null, claim)
    {
    }

    /// <summary>Makes a proposal of a class, which begins with one shard, without state, two epochs after the one in which the proposal is taken. Nobody has to be ready for it.</summary>
    /// <param name="newClass">The class and its rules; not <see cref="LayoutClass.General"/>.</param>
    /// <param name="claim">Why; at most 64 KiB.</param>
    /// <exception cref="ArgumentException">The general class, a floor out of range, or more bytes.</exception>
    public TopologyProposal(LayoutClassRules newClass, ReadOnlyMemory<byte> claim)
        : this(default, newClass, claim)
    {
    }

    private TopologyProposal(ReshapeAction action, LayoutClassRules? newClass, ReadOnlyMemory<byte> claim)
    {
        if (newClass is { } rules && !IsClass(rules)) throw new ArgumentException($"Expected a class other than the general one with floors of 1 to {WireLimits.MaxMembers} seats, got {rules}.", nameof(newClass));
        if (claim.Length > BeaconLimits.MaxClaimBytes) throw new ArgumentException($"Expected at most {BeaconLimits.MaxClaimBytes} bytes, got {claim.Length}.", nameof(claim));
        Action = action;
        NewClass = newClass;
        Claim = claim;
        var output = new ArrayBufferWriter<byte>(1 + 2 * sizeof(ulong));
        WriteAction(output);
        Id = new Digest(Domains.Topology.Hash(output.WrittenSpan));
    }

    /// <summary>The split or merge; the default for a new class.</summary>
    public ReshapeAction Action { get; }

    /// <summary>The class to begin; null for a split or merge.</summary>
    public LayoutClassRules? NewClass { get; }

    /// <summary>Why: bytes for the network's <see cref="TopologyTrigger"/>.</summary>
    public ReadOnlyMemory<byte> Claim { get; }

    /// <summary>Names what is proposed, whatever the claim. As ids are never used twice, and no class begins twice, it happens once at most.</summary>
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
        if (!reader.TryReadByte(out byte merge)) return ReadResult.Truncated;
        if (merge == 2) return ReadClass(ref reader, out proposal);
        if (merge > 1) return ReadResult.NotCanonical;
        if (!(reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong sibling))) return ReadResult.Truncated;
        if (shard == 0 || sibling == 0 != (merge == 0)) return ReadResult.NotCanonical;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconLimits.MaxClaimBytes, out byte[] claim);
        if (result == ReadResult.Ok) proposal = new TopologyProposal(new ReshapeAction(new ShardId(shard), merge == 1 ? new ShardId(sibling) : null), claim);
        return result;
    }

    private static ReadResult ReadClass(ref WireReader reader, out TopologyProposal proposal)
    {
        proposal = null!;
        if (!(reader.TryReadByte(out byte value) && reader.TryReadUInt32(out uint transition) && reader.TryReadUInt16(out ushort ordering) && reader.TryReadUInt16(out ushort attestation))) return ReadResult.Truncated;
        var rules = new LayoutClassRules(new LayoutClass(value), transition, ordering, attestation);
        if (!IsClass(rules)) return ReadResult.NotCanonical;
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconLimits.MaxClaimBytes, out byte[] claim);
        if (result == ReadResult.Ok) proposal = new TopologyProposal(rules, claim);
        return result;
    }

    private static bool IsClass(in LayoutClassRules rules) => rules.IsValid && rules.Class != LayoutClass.General;

    private void WriteAction(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        if (NewClass is { } rules)
        {
            writer.WriteByte(2);
            writer.WriteByte(rules.Class.Value);
            writer.WriteUInt32(rules.TransitionId);
            writer.WriteUInt16((ushort)rules.OrderingFloor);
            writer.WriteUInt16((ushort)rules.AttestationFloor);
            return;
        }
        writer.WriteByte(Action.IsMerge ? (byte)1 : (byte)0);
        writer.WriteUInt64(Action.Shard.Value);
        writer.WriteUInt64(Action.Sibling?.Value ?? 0);
    }
}
