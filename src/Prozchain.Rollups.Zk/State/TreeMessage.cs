using System.Buffers.Binary;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.State;

/// <summary>The messages of a state's tree that are sixteen elements, and so take one permutation. Total on all bytes.</summary>
internal static class TreeMessage
{
    public const byte Leaf = 0x00, Inner = 0x01, Value = 0x02, FirstKey = 0x20;
    public const int Words = 16, Size = sizeof(uint) * Words, DigestSize = Size / 2;

    // A record: number (4 bytes), key (8 words), nonce (8 bytes), next index of a one-time key (4), balance (16).
    private const int KeyAt = sizeof(uint), NonceAt = KeyAt + DigestSize, NextAt = NonceAt + sizeof(ulong), BalanceAt = NextAt + sizeof(uint);
    private const int KeyWord = 1, NonceWord = 9, NextWord = 11, BalanceWord = 12, LimbBits = 30;
    private const uint Limb = (1u << LimbBits) - 1;

    /// <summary>Whether a key is that of a number: 4 bytes, big-endian, below 2^30, then zeros.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32BigEndian(key) <= Limb && !key[sizeof(uint)..DigestSize].ContainsAnyExcept((byte)0);

    /// <summary>Whether a value is the record of the account whose number a key is.</summary>
    public static bool IsRecordUnder(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<uint> words = stackalloc uint[Words];
        return value.Length == Size && TryReadRecord(value, words) && words[0] == BinaryPrimitives.ReadUInt32BigEndian(key);
    }

    /// <summary>The sixteen elements of an inner node, an account's record or a leaf under a hashed key; false for every other message.</summary>
    public static bool TryRead(byte domain, ReadOnlySpan<byte> message, Span<uint> words) => message.Length == Size && domain switch
    {
        Inner => TryReadDigests(message, words, 0),
        Value => TryReadRecord(message, words),
        Leaf => (message[0] & 0x80) != 0 && TryReadDigests(message, words, 1u << 31),
        _ => false,
    };

    private static bool TryReadDigests(ReadOnlySpan<byte> message, Span<uint> words, uint top)
    {
        bool isCanonical = true;
        for (int i = 0; i < Words; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(message[(sizeof(uint) * i)..]);
            if (i == 0) words[i] ^= top;
            isCanonical &= words[i] < F.Modulus;
        }
        return isCanonical;
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> record, Span<uint> words)
    {
        words[0] = BinaryPrimitives.ReadUInt32LittleEndian(record);
        words[NextWord] = BinaryPrimitives.ReadUInt32LittleEndian(record[NextAt..]);
        ulong nonce = BinaryPrimitives.ReadUInt64LittleEndian(record[NonceAt..]);
        UInt128 balance = BinaryPrimitives.ReadUInt128LittleEndian(record[BalanceAt..]);
        bool isRecord = words[0] <= Limb && words[NextWord] <= Limb && nonce >> 2 * LimbBits == 0 && balance >> 4 * LimbBits == 0;
        for (int i = 0; i < DigestSize / sizeof(uint); i++)
        {
            words[KeyWord + i] = BinaryPrimitives.ReadUInt32LittleEndian(record[(KeyAt + sizeof(uint) * i)..]);
            isRecord &= words[KeyWord + i] < F.Modulus;
        }
        for (int i = 0; i < 2; i++) words[NonceWord + i] = (uint)(nonce >> LimbBits * i) & Limb;
        for (int i = 0; i < 4; i++) words[BalanceWord + i] = (uint)(balance >> LimbBits * i) & Limb;
        return isRecord;
    }
}
