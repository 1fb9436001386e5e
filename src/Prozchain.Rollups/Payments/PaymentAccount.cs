using System.Buffers.Binary;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// What the state holds for an account besides its balances: 16 bytes, the nonce and then the number, little-endian,
/// followed by the 32 bytes of its key's digest if the key was ever replaced. An account never credited is absent.
/// </summary>
/// <param name="Nonce">Number of payments sent, failed ones included: the nonce of the next.</param>
/// <param name="Index">The account's number, in order of first credit, from 0.</param>
/// <param name="KeyDigest">Digest of the present key as in <see cref="AccountAddress.Digest"/>; zero while it is the key that the address was made from.</param>
public readonly record struct PaymentAccount(ulong Nonce, ulong Index, Digest32 KeyDigest)
{
    /// <summary>Length of the value in bytes: 16, or 48 with a replaced key.</summary>
    public const int ShortSize = 16, LongSize = ShortSize + Digest32.Size;

    /// <summary>Reads a value of the state: false if it is none of an account.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out PaymentAccount account)
    {
        account = default;
        if (value.Length is not (ShortSize or LongSize)) return false;
        Digest32 digest = value.Length == LongSize ? new Digest32(value[ShortSize..]) : default;
        if (value.Length == LongSize && digest == default) return false;
        account = new PaymentAccount(BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[8..]), digest);
        return true;
    }

    /// <summary>Writes the value to the start of <paramref name="destination"/> and returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Index);
        if (KeyDigest == default) return ShortSize;
        KeyDigest.Span.CopyTo(destination[ShortSize..]);
        return LongSize;
    }

    /// <summary>The record with another key. The key that the address was made from has no digest of its own here.</summary>
    internal PaymentAccount WithKey(in AccountAddress address, in Digest32 digest) => this with { KeyDigest = digest == address.Digest ? default : digest };
}
