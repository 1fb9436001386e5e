using System.Buffers.Binary;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// What the state holds for an account: 16 bytes, the balance and then the nonce, little-endian. An account that was
/// never touched is absent and counts as zero and zero.
/// </summary>
/// <param name="Balance">Units owned.</param>
/// <param name="Nonce">Number of transfers sent, failed ones included: the nonce of the next.</param>
public readonly record struct AccountState(ulong Balance, ulong Nonce)
{
    /// <summary>Length of the value in bytes: 16.</summary>
    public const int Size = 16;

    internal static bool TryRead(ReadOnlySpan<byte> value, out AccountState account)
    {
        bool ok = value.Length == Size;
        account = ok ? new AccountState(BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[8..])) : default;
        return ok;
    }

    internal void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(value, Balance);
        BinaryPrimitives.WriteUInt64LittleEndian(value[8..], Nonce);
    }
}
