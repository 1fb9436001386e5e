using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Prozchain.Devnet;

/// <summary>Derives every secret and every draw of a run from its one seed, each for its own purpose.</summary>
internal static class DevnetSeeds
{
    /// <summary>32 bytes: SHA-256 of a tag, the seed, the purpose and a number.</summary>
    public static byte[] Bytes(ulong seed, string purpose, ulong number = 0)
    {
        byte[] name = Encoding.UTF8.GetBytes("Prozchain Devnet " + purpose);
        Span<byte> input = stackalloc byte[name.Length + 17];
        name.CopyTo(input);
        // The zero byte ends the purpose, so that no purpose is the start of another.
        input[name.Length] = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(input[(name.Length + 1)..], seed);
        BinaryPrimitives.WriteUInt64LittleEndian(input[(name.Length + 9)..], number);
        return SHA256.HashData(input);
    }
}
