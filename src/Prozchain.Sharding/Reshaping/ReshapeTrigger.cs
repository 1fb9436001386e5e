using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Reshaping;

/// <summary>
/// The claim that a change of the layout is due. It carries no proof: everyone who follows the sealed blocks recomputes
/// the facts and the decision, and a false claim is refused by all.
/// </summary>
/// <param name="Action">The change.</param>
/// <param name="Reason">Why.</param>
/// <param name="Epoch">The epoch in which it is to be made.</param>
/// <param name="Layout">Hash of the layout that is to change.</param>
/// <param name="Facts">The load of the shard, and for a merge of its sibling; the default for a decision.</param>
/// <param name="SiblingFacts">The load of the sibling; the default for a split or a decision.</param>
public sealed record ReshapeTrigger(ReshapeAction Action, ReshapeReason Reason, ulong Epoch, Digest Layout, LoadFacts Facts, LoadFacts SiblingFacts)
{
    /// <summary>The claims that a policy makes now, in order; each is about the layout that the ones before have left.</summary>
    /// <param name="layout">The current layout.</param>
    /// <param name="epoch">The current epoch.</param>
    /// <param name="policy">The network's policy.</param>
    /// <param name="loads">The histories of the live shards.</param>
    public static IReadOnlyList<ReshapeTrigger> Due(ShardLayout layout, ulong epoch, IReshapePolicy policy, IReadOnlyDictionary<ShardId, LoadHistory> loads)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(loads);
        var triggers = new List<ReshapeTrigger>();
        foreach (ReshapeAction action in policy.Decide(layout, epoch, loads))
        {
            triggers.Add(new ReshapeTrigger(
                action, ReshapeReason.Load, epoch, layout.Hash(), LoadFacts.Of(loads[action.Shard]), action.Sibling is { } sibling ? LoadFacts.Of(loads[sibling]) : default));
            layout = action.ApplyTo(layout, epoch);
        }
        return triggers;
    }

    /// <summary>The claim that the beacon decided a change.</summary>
    /// <param name="layout">The current layout.</param>
    /// <param name="epoch">The current epoch.</param>
    /// <param name="action">The change.</param>
    public static ReshapeTrigger Decided(ShardLayout layout, ulong epoch, ReshapeAction action)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new ReshapeTrigger(action, ReshapeReason.Decision, epoch, layout.Hash(), default, default);
    }

    /// <summary>Checks the claim by computing it again. Never throws, whatever the claim.</summary>
    /// <param name="layout">The current layout.</param>
    /// <param name="epoch">The current epoch.</param>
    /// <param name="policy">The network's policy.</param>
    /// <param name="loads">The histories of the live shards.</param>
    /// <param name="decisions">What the beacon decided and did not yet carry out.</param>
    public TriggerResult Verify(ShardLayout layout, ulong epoch, IReshapePolicy policy, IReadOnlyDictionary<ShardId, LoadHistory> loads, IReadOnlyCollection<ReshapeAction> decisions)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(loads);
        ArgumentNullException.ThrowIfNull(decisions);
        if (Epoch != epoch) return TriggerResult.WrongEpoch;
        if (!Action.IsPossible(layout)) return TriggerResult.Impossible;
        if (Layout != layout.Hash()) return TriggerResult.WrongLayout;
        if (Reason == ReshapeReason.Decision) return decisions.Contains(Action) ? TriggerResult.Valid : TriggerResult.NotDecided;
        TriggerResult facts = Facts.Check(Action.Shard, loads);
        if (facts == TriggerResult.Valid && Action.Sibling is { } sibling) facts = SiblingFacts.Check(sibling, loads);
        if (facts != TriggerResult.Valid) return facts;
        return policy.Decide(layout, epoch, loads).Contains(Action) ? TriggerResult.Valid : TriggerResult.NotDue;
    }

    /// <summary>Writes the wire form, docs/formats/sharding-reshape.md.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)(Action.IsMerge ? 1 : 0));
        writer.WriteByte((byte)Reason);
        writer.WriteUInt64(Epoch);
        writer.WriteBytes32(Layout.Bytes);
        writer.WriteUInt64(Action.Shard.Value);
        if (Action.Sibling is { } sibling) writer.WriteUInt64(sibling.Value);
        if (Reason == ReshapeReason.Decision) return;
        Facts.Write(writer);
        if (Action.IsMerge) SiblingFacts.Write(writer);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">Exactly one trigger.</param>
    /// <param name="trigger">The trigger, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out ReshapeTrigger? trigger)
    {
        trigger = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte kind) || !reader.TryReadByte(out byte reason)) return ReadResult.Truncated;
        if (kind > 1 || reason > 1) return ReadResult.NotCanonical;
        if (!reader.TryReadUInt64(out ulong epoch) || !reader.TryReadBytes32(out Bytes32 layout) || !reader.TryReadUInt64(out ulong shard)) return ReadResult.Truncated;
        ulong sibling = 0;
        if (kind == 1 && !reader.TryReadUInt64(out sibling)) return ReadResult.Truncated;
        LoadFacts facts = default, siblingFacts = default;
        if (reason == 0 && (!LoadFacts.TryRead(ref reader, out facts) || (kind == 1 && !LoadFacts.TryRead(ref reader, out siblingFacts)))) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        if (shard == 0 || (kind == 1 && (sibling == 0 || sibling == shard))) return ReadResult.NotCanonical;
        trigger = new ReshapeTrigger(new ReshapeAction(new ShardId(shard), kind == 1 ? new ShardId(sibling) : null), (ReshapeReason)reason, epoch, new Digest(layout), facts, siblingFacts);
        return ReadResult.Ok;
    }
}
