using System.Numerics;
using System.Runtime.InteropServices;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// The additive FFT of Lin, Chung and Han over shards: between the values of a polynomial at the 2^t consecutive
/// elements offset, offset + 1, ... and its coefficients in the basis X_i = product of s_j over the bits j of i.
/// Every byte column of the shards is a transform of its own.
/// </summary>
internal static class AdditiveFft
{
    /// <summary>Coefficients to values. The count is a power of two and divides the offset.</summary>
    public static void Forward(CantorField field, Span<byte> work, int count, int shardSize, int offset)
    {
        for (int layer = BitOperations.Log2((uint)count) - 1; layer >= 0; layer--)
        {
            int half = 1 << layer;
            for (int start = 0; start < count; start += 2 * half)
            {
                int factor = (offset + start) >> layer;
                for (int i = start; i < start + half; i++)
                {
                    Span<byte> low = Shard(work, i, shardSize), high = Shard(work, i + half, shardSize);
                    field.MultiplyAdd(low, high, factor);
                    Add(high, low);
                }
            }
        }
    }

    /// <summary>Values to coefficients: <see cref="Forward"/> undone.</summary>
    public static void Inverse(CantorField field, Span<byte> work, int count, int shardSize, int offset)
    {
        for (int layer = 0; 1 << layer < count; layer++)
        {
            int half = 1 << layer;
            for (int start = 0; start < count; start += 2 * half)
            {
                int factor = (offset + start) >> layer;
                for (int i = start; i < start + half; i++)
                {
                    Span<byte> low = Shard(work, i, shardSize), high = Shard(work, i + half, shardSize);
                    Add(high, low);
                    field.MultiplyAdd(low, high, factor);
                }
            }
        }
    }

    /// <summary>
    /// The formal derivative, on coefficients. The derivative of every s_j is 1 in a Cantor basis, so X_i becomes the
    /// sum of X_(i - 2^j) over the bits j of i.
    /// </summary>
    public static void Differentiate(Span<byte> work, int count, int shardSize)
    {
        for (int i = 0; i < count; i++)
        {
            Span<byte> target = Shard(work, i, shardSize);
            target.Clear();
            for (int bit = 1; bit < count; bit <<= 1)
                if ((i & bit) == 0) Add(target, Shard(work, i | bit, shardSize));
        }
    }

    /// <summary>target ^= source. Lengths are equal and multiples of 64.</summary>
    public static void Add(Span<byte> target, ReadOnlySpan<byte> source)
    {
        Span<ulong> to = MemoryMarshal.Cast<byte, ulong>(target);
        ReadOnlySpan<ulong> from = MemoryMarshal.Cast<byte, ulong>(source);
        for (int i = 0; i < to.Length; i++) to[i] ^= from[i];
    }

    private static Span<byte> Shard(Span<byte> work, int index, int shardSize) => work.Slice(index * shardSize, shardSize);
}
