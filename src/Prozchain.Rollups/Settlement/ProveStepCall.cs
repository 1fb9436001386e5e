using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>Proves the one transfer that a dispute has come down to; anybody's call. It also reveals the batch.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Witness">Wire form of a witness of what the transfer touches, against the agreed root before it.</param>
/// <param name="Batch">The batch's bytes.</param>
public sealed record ProveStepCall(long DisputeId, ReadOnlyMemory<byte> Witness, ReadOnlyMemory<byte> Batch) : SettlementPayload
{
    internal const byte KindByte = 6;

    internal override byte Kind => KindByte;

    internal override void WriteBody(WireWriter writer)
    {
        writer.WriteVarint((ulong)DisputeId);
        writer.WriteVarint((ulong)Witness.Length);
        writer.WriteSpan(Witness.Span);
        writer.WriteVarint((ulong)Batch.Length);
        writer.WriteSpan(Batch.Span);
    }

    internal static ProveStepCall? TryReadBody(ref WireReader reader, ReadOnlyMemory<byte> source)
    {
        if (!TryReadNumber(ref reader, out long id) || !TryReadBytes(ref reader, source, out ReadOnlyMemory<byte> witness)) return null;
        return TryReadBytes(ref reader, source, out ReadOnlyMemory<byte> batch) ? new ProveStepCall(id, witness, batch) : null;
    }

    private static bool TryReadBytes(ref WireReader reader, ReadOnlyMemory<byte> source, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!reader.TryReadCount(int.MaxValue, out int length)) return false;
        int start = reader.Offset;
        if (!reader.TryReadSpan(length, out _)) return false;
        bytes = source.Slice(start, length);
        return true;
    }
}
