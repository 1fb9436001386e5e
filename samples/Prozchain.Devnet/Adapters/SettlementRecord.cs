using System.Buffers.Binary;
using Prozchain.Rollups;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// What a record of the beacon says to the rollup's settlement layer. Wire form: 1, caller and called (20 bytes each), the
/// value (16 bytes, little-endian) and the input of a call; or 2 and the seconds by which the clock jumps (8 bytes,
/// little-endian).
/// </summary>
/// <param name="Caller">Who calls.</param>
/// <param name="Call">The call.</param>
/// <param name="Jump">Seconds of a jump; 0 for a call.</param>
internal readonly record struct SettlementRecord(L1Address Caller, ChainCall Call, ulong Jump)
{
    /// <summary>Longest jump: some thirty years, so that no number of records brings the clock to its end.</summary>
    public const ulong LongestJump = 1_000_000_000;

    private const byte CallKind = 1, JumpKind = 2;
    private const int ValueStart = 1 + 2 * L1Address.Size, InputStart = ValueStart + 16;

    public byte[] Encode()
    {
        if (Jump > 0)
        {
            var jump = new byte[1 + sizeof(ulong)];
            jump[0] = JumpKind;
            BinaryPrimitives.WriteUInt64LittleEndian(jump.AsSpan(1), Jump);
            return jump;
        }
        var bytes = new byte[InputStart + Call.Input.Length];
        bytes[0] = CallKind;
        Caller.Span.CopyTo(bytes.AsSpan(1));
        Call.To.Span.CopyTo(bytes.AsSpan(1 + L1Address.Size));
        BinaryPrimitives.WriteUInt128LittleEndian(bytes.AsSpan(ValueStart), Call.Value);
        Call.Input.Span.CopyTo(bytes.AsSpan(InputStart));
        return bytes;
    }

    /// <summary>False unless the bytes are a record.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out SettlementRecord record)
    {
        record = default;
        ReadOnlySpan<byte> span = bytes.Span;
        if (span.Length == 1 + sizeof(ulong) && span[0] == JumpKind)
        {
            ulong jump = BinaryPrimitives.ReadUInt64LittleEndian(span[1..]);
            if (jump is 0 or > LongestJump) return false;
            record = new SettlementRecord(default, default, jump);
            return true;
        }
        if (span.Length < InputStart || span[0] != CallKind) return false;
        var call = new ChainCall(new L1Address(span.Slice(1 + L1Address.Size, L1Address.Size)), bytes[InputStart..], BinaryPrimitives.ReadUInt128LittleEndian(span[ValueStart..]));
        record = new SettlementRecord(new L1Address(span.Slice(1, L1Address.Size)), call, 0);
        return true;
    }
}
