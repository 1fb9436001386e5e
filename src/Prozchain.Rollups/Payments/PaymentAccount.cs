using System.Buffers.Binary;

namespace Prozchain.Rollups.Payments;

/// <summary>
/// What the state holds for an account; an account never credited is absent. By address: 16 bytes, the nonce and then the
/// number, little-endian, followed by the 32 bytes of its key's digest if the key was ever replaced. Numbered: 64 bytes, the
/// number (4), the key without its scheme byte (32), the nonce (8), the next one-time key (4) and the balance of token 0 (16).
/// </summary>
/// <param name="Nonce">Number of payments sent, failed ones included: the nonce of the next.</param>
/// <param name="Index">The account's number, in order of first credit, from 0.</param>
/// <param name="KeyDigest">Digest of the present key as in <see cref="AccountAddress.Digest"/>; by address, zero while it is the key that the address was made from.</param>
public readonly record struct PaymentAccount(ulong Nonce, ulong Index, Digest32 KeyDigest)
{
    /// <summary>Length of the value by address in bytes: 16, or 48 with a replaced key.</summary>
    public const int ShortSize = 16, LongSize = ShortSize + Digest32.Size;

    /// <summary>Length of the value in bytes in a numbered rollup: 64.</summary>
    public const int NumberedSize = 64;

    /// <summary>Numbered: index of the first one-time key that may still sign; 0 by address.</summary>
    public uint NextKey { get; init; }

    /// <summary>Numbered: units of token 0; 0 by address, where each balance has a place of its own.</summary>
    public UInt128 Balance { get; init; }

    /// <summary>Reads a value of a state by address: false if it is none of an account.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, out PaymentAccount account)
    {
        account = default;
        if (value.Length is not (ShortSize or LongSize)) return false;
        Digest32 digest = value.Length == LongSize ? new Digest32(value[ShortSize..]) : default;
        if (value.Length == LongSize && digest == default) return false;
        account = new PaymentAccount(BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[8..]), digest);
        return true;
    }

    /// <summary>Reads a value of a state of either layout: false if it is none of an account.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, AccountLayout layout, out PaymentAccount account)
    {
        if (layout == AccountLayout.ByAddress) return TryRead(value, out account);
        account = default;
        if (value.Length != NumberedSize) return false;
        var read = new PaymentAccount(BinaryPrimitives.ReadUInt64LittleEndian(value[36..]), BinaryPrimitives.ReadUInt32LittleEndian(value), new Digest32(value[4..36]))
        {
            NextKey = BinaryPrimitives.ReadUInt32LittleEndian(value[44..]), Balance = BinaryPrimitives.ReadUInt128LittleEndian(value[48..]),
        };
        if (read.Index >= AccountAddress.MaxNumber || read.Nonce >= NumberedLimits.Nonces || read.NextKey >= 1 << 30 || read.Balance > NumberedLimits.MostAmount || !AccountAddress.AreElements(value[4..36])) return false;
        account = read;
        return true;
    }

    /// <summary>Writes the value by address to the start of <paramref name="destination"/> and returns its length.</summary>
    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Index);
        if (KeyDigest == default) return ShortSize;
        KeyDigest.Span.CopyTo(destination[ShortSize..]);
        return LongSize;
    }

    /// <summary>Writes the value of either layout to the start of <paramref name="destination"/> and returns its length. Numbered: what <see cref="TryRead(ReadOnlySpan{byte}, AccountLayout, out PaymentAccount)"/> would give back.</summary>
    public int Write(Span<byte> destination, AccountLayout layout)
    {
        if (layout == AccountLayout.ByAddress) return Write(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)Index);
        KeyDigest.Span.CopyTo(destination[4..]);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[36..], Nonce);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[44..], NextKey);
        BinaryPrimitives.WriteUInt128LittleEndian(destination[48..], Balance);
        return NumberedSize;
    }

    /// <summary>The record with another key. By address, the key that the address was made from has no digest of its own; numbered, the new key has signed nothing yet.</summary>
    internal PaymentAccount WithKey(in AccountAddress address, in Digest32 digest, AccountLayout layout) =>
        layout == AccountLayout.Numbered ? this with { KeyDigest = digest, NextKey = 0 } : this with { KeyDigest = digest == address.Digest ? default : digest };
}
