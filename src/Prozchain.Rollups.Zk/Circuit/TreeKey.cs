using System.Buffers.Binary;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>Keys and digests of the state's tree as elements: words of 32 bits, big-endian, below the modulus.</summary>
internal static class TreeKey
{
    private const uint Top = 1u << 31;

    /// <summary>Whether bit <paramref name="depth"/> of a key is set, the highest of byte 0 being bit 0.</summary>
    public static bool Bit(in Digest32 key, int depth) => (key.Span[depth >> 3] << (depth & 7) & 0x80) != 0;

    /// <summary>Whether a key is that of a number, 4 bytes and zeros.</summary>
    public static bool TryReadNumber(in Digest32 key, out uint number)
    {
        number = BinaryPrimitives.ReadUInt32BigEndian(key.Span);
        return number < Limbs.NonceRadix && !key.Span[sizeof(uint)..].ContainsAnyExcept((byte)0);
    }

    /// <summary>The elements of a hashed key without its top bit.</summary>
    public static bool TryReadHashed(in Digest32 key, out Eight elements) => TryRead(key, Top, out elements);

    /// <summary>The elements of a digest.</summary>
    public static bool TryReadDigest(in Digest32 digest, out Eight elements) => TryRead(digest, 0, out elements);

    private static bool TryRead(in Digest32 words, uint top, out Eight elements)
    {
        elements = default;
        for (int i = 0; i < Eight.Length; i++)
        {
            uint word = BinaryPrimitives.ReadUInt32BigEndian(words.Span[(sizeof(uint) * i)..]) ^ (i == 0 ? top : 0);
            if (word >= F.Modulus) return false;
            elements[i] = F.FromUInt32(word);
        }
        return true;
    }
}
