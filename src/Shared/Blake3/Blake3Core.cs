using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Shared;

/// <summary>Domain bits of the compression function, section 2.2 of the specification.</summary>
[Flags]
internal enum Blake3Flags : uint
{
    None = 0,
    ChunkStart = 1,
    ChunkEnd = 2,
    Parent = 4,
    Root = 8,
    KeyedHash = 16,
    DeriveKeyContext = 32,
    DeriveKeyMaterial = 64,
}

/// <summary>Eight 32-bit words: a chaining value or a key.</summary>
[InlineArray(8)]
internal struct Blake3Words
{
    private uint _first;

    public static Blake3Words Read(ReadOnlySpan<byte> bytes)
    {
        Blake3Words words = default;
        for (int i = 0; i < 8; i++) words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes[(4 * i)..]);
        return words;
    }

    public readonly void Write(Span<byte> bytes)
    {
        for (int i = 0; i < 8; i++) System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes[(4 * i)..], this[i]);
    }
}

/// <summary>A 64-byte message block, zero beyond its length.</summary>
[InlineArray(16)]
internal struct Blake3Block
{
    private uint _first;

    /// <summary>The block as its bytes in memory. Words are stored as little-endian bytes on every machine.</summary>
    [UnscopedRef]
    public Span<byte> Bytes => MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref _first, 16));

    public void SetHalves(in Blake3Words left, in Blake3Words right)
    {
        left.Write(Bytes);
        right.Write(Bytes[32..]);
    }

    public readonly uint Word(int i) => BitConverter.IsLittleEndian ? this[i] : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(this[i]);
}

/// <summary>The compression function, straight from section 2.2.</summary>
internal static class Blake3Core
{
    public static readonly Blake3Words InitialVector = MakeInitialVector();

    private static ReadOnlySpan<byte> Permutation => [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

    /// <summary>Replaces <paramref name="chaining"/> by the first half of the output.</summary>
    [SkipLocalsInit]
    public static void Compress(ref Blake3Words chaining, in Blake3Block block, ulong counter, int length, Blake3Flags flags)
    {
        Span<uint> v = stackalloc uint[16];
        Span<uint> m = stackalloc uint[16];
        Span<uint> next = stackalloc uint[16];
        for (int i = 0; i < 16; i++) m[i] = block.Word(i);
        for (int i = 0; i < 8; i++) v[i] = chaining[i];
        for (int i = 0; i < 4; i++) v[8 + i] = InitialVector[i];
        (v[12], v[13], v[14], v[15]) = ((uint)counter, (uint)(counter >> 32), (uint)length, (uint)flags);

        for (int round = 0; ; round++)
        {
            Mix(ref v[0], ref v[4], ref v[8], ref v[12], m[0], m[1]);
            Mix(ref v[1], ref v[5], ref v[9], ref v[13], m[2], m[3]);
            Mix(ref v[2], ref v[6], ref v[10], ref v[14], m[4], m[5]);
            Mix(ref v[3], ref v[7], ref v[11], ref v[15], m[6], m[7]);
            Mix(ref v[0], ref v[5], ref v[10], ref v[15], m[8], m[9]);
            Mix(ref v[1], ref v[6], ref v[11], ref v[12], m[10], m[11]);
            Mix(ref v[2], ref v[7], ref v[8], ref v[13], m[12], m[13]);
            Mix(ref v[3], ref v[4], ref v[9], ref v[14], m[14], m[15]);
            if (round == 6) break;
            for (int i = 0; i < 16; i++) next[i] = m[Permutation[i]];
            Span<uint> old = m;
            m = next;
            next = old;
        }
        for (int i = 0; i < 8; i++) chaining[i] = v[i] ^ v[8 + i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint a, ref uint b, ref uint c, ref uint d, uint x, uint y)
    {
        a = a + b + x;
        d = BitOperations.RotateRight(d ^ a, 16);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 12);
        a = a + b + y;
        d = BitOperations.RotateRight(d ^ a, 8);
        c += d;
        b = BitOperations.RotateRight(b ^ c, 7);
    }

    private static Blake3Words MakeInitialVector()
    {
        ReadOnlySpan<uint> words = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19];
        Blake3Words vector = default;
        words.CopyTo(vector);
        return vector;
    }
}
