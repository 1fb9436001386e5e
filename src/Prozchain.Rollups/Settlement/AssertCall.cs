using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>Claims what a batch does to the state, with a bond.</summary>
/// <param name="BatchIndex">The batch.</param>
/// <param name="PreRoot">State root before the batch: the post-root of the assertion on the batch before.</param>
/// <param name="PostRoot">State root after it.</param>
/// <param name="TraceCommitment">Root of the tree over the state roots after each transfer.</param>
/// <param name="TransferCount">Number of transfers, as posted.</param>
/// <param name="LastProof">Opening of the last leaf of the trace, which must be the post-root; empty if there are no transfers.</param>
public sealed record AssertCall(long BatchIndex, Digest32 PreRoot, Digest32 PostRoot, Digest32 TraceCommitment, int TransferCount, ReadOnlyMemory<Digest32> LastProof) : SettlementPayload
{
    internal const byte KindByte = 2;

    internal override byte Kind => KindByte;

    internal override void WriteBody(WireWriter writer)
    {
        writer.WriteVarint((ulong)BatchIndex);
        writer.WriteBytes32(PreRoot.Value);
        writer.WriteBytes32(PostRoot.Value);
        writer.WriteBytes32(TraceCommitment.Value);
        writer.WriteVarint((ulong)TransferCount);
        WriteSiblings(writer, LastProof.Span);
    }

    internal static AssertCall? TryReadBody(ref WireReader reader)
    {
        if (!TryReadNumber(ref reader, out long index)) return null;
        if (!reader.TryReadBytes32(out Bytes32 pre) || !reader.TryReadBytes32(out Bytes32 post) || !reader.TryReadBytes32(out Bytes32 trace)) return null;
        if (!reader.TryReadCount(int.MaxValue, out int count) || !TryReadSiblings(ref reader, out Digest32[] proof)) return null;
        return new AssertCall(index, new Digest32(pre), new Digest32(post), new Digest32(trace), count, proof);
    }
}
