using Prozchain.Shared;

namespace Prozchain.Rollups.Settlement;

/// <summary>The challenger's move: whether the state root opened in the middle is right.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Position">The middle, as opened.</param>
/// <param name="Agree">True to go on with the later half, false with the earlier.</param>
public sealed record RespondCall(long DisputeId, int Position, bool Agree) : SettlementPayload
{
    internal const byte KindByte = 5;

    internal override byte Kind => KindByte;

    internal override void WriteBody(WireWriter writer)
    {
        writer.WriteVarint((ulong)DisputeId);
        writer.WriteVarint((ulong)Position);
        writer.WriteByte(Agree ? (byte)1 : (byte)0);
    }

    internal static RespondCall? TryReadBody(ref WireReader reader)
    {
        if (!TryReadNumber(ref reader, out long id) || !reader.TryReadCount(int.MaxValue, out int position)) return null;
        return reader.TryReadByte(out byte agree) && agree <= 1 ? new RespondCall(id, position, agree == 1) : null;
    }
}
