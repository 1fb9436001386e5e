using System.Buffers.Binary;

namespace Prozchain.DataAvailability.Tests;

/// <summary>The generator of the vectors' data: each output as 8 little-endian bytes.</summary>
internal static class SplitMix64
{
    public static byte[] Bytes(ulong seed, int length)
    {
        var bytes = new byte[length];
        Span<byte> word = stackalloc byte[8];
        for (int at = 0; at < length; at += 8)
        {
            seed += 0x9e3779b97f4a7c15;
            ulong z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            BinaryPrimitives.WriteUInt64LittleEndian(word, z ^ (z >> 31));
            word[..Math.Min(8, length - at)].CopyTo(bytes.AsSpan(at));
        }
        return bytes;
    }
}
