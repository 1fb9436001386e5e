using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>The asserter's move: opens its trace in the middle of what is disputed.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Position">Number of transfers applied at the middle.</param>
/// <param name="Root">State root there.</param>
/// <param name="Proof">Opening of the trace commitment, from the leaf up.</param>
public sealed record BisectCall(long DisputeId, int Position, Digest32 Root, ReadOnlyMemory<Digest32> Proof) : SettlementPayload
{
    internal const byte KindByte = 4;

    internal override byte Kind => KindByte;

    internal override void WriteBody(WireWriter writer)
    {
        writer.WriteVarint((ulong)DisputeId);
        writer.WriteVarint((ulong)Position);
        writer.WriteBytes32(Root.Value);
        WriteSiblings(writer, Proof.Span);
    }

    internal static BisectCall? TryReadBody(ref WireReader reader)
    {
        if (!TryReadNumber(ref reader, out long id) || !reader.TryReadCount(int.MaxValue, out int position)) return null;
        if (!reader.TryReadBytes32(out Bytes32 root) || !TryReadSiblings(ref reader, out Digest32[] proof)) return null;
        return new BisectCall(id, position, new Digest32(root), proof);
    }
}
