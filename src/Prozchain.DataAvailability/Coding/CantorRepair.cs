using System.Buffers;
using System.Numerics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// One shard of Leopard's code from k others, for the cost of k multiplications instead of transforms of all N.
/// </summary>
/// <remarks>
/// With every element outside of a set E of M known, and e the polynomial that vanishes on E, Lagrange's formula at t in E is
/// f(t) = sum of f(i) e(i) / (e'(t) (t - i)): the product of all differences of an element is the same for each of the
/// N, so that it cancels. The elements from M + k on are known to be zero and add nothing.
/// </remarks>
internal static class CantorRepair
{
    // Bytes of a shard done at a time, so that the sum stays in the first cache.
    private const int Block = 8 << 10;

    /// <summary>Writes the shard at <paramref name="index"/>, data first. The caller has checked everything.</summary>
    /// <param name="wide">Whether a single data shard is coded, not copied.</param>
    /// <param name="present">At least k entries are true.</param>
    public static void Restore(
        CantorField field, bool wide, ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, int index, Span<byte> shard)
    {
        if (present[index])
        {
            RepairTarget.Place(data, recovery, index).CopyTo(shard);
            return;
        }
        if (data.Count == 1 && !wide)
        {
            RepairTarget.Place(data, recovery, present.IndexOf(true)).CopyTo(shard);
            return;
        }

        int dataCount = data.Count, block = (int)BitOperations.RoundUpToPowerOf2((uint)recovery.Count);
        int n = (int)BitOperations.RoundUpToPowerOf2((uint)(block + dataCount));
        bool[] unused = ArrayPool<bool>.Shared.Rent(n);
        ushort[] locator = ArrayPool<ushort>.Shared.Rent(n);
        Span<bool> erased = unused.AsSpan(0, n);
        erased[..(block + data.Count)].Fill(true);
        erased[(block + data.Count)..].Clear();
        int target = Element(index);
        for (int i = 0, used = 0; used < data.Count; i++)
        {
            if (!present[i]) continue;
            erased[Element(i)] = false;
            used++;
        }
        ErasureLocator.Logarithms(field, erased, locator);

        for (int from = 0; from < shard.Length; from += Block)
        {
            int length = Math.Min(Block, shard.Length - from);
            Span<byte> sum = shard.Slice(from, length);
            sum.Clear();
            for (int i = 0; i < present.Length; i++)
            {
                int element = Element(i);
                if (erased[element]) continue;
                int log = (locator[element] + 2 * field.Modulus - locator[target] - field.Logs[target ^ element]) % field.Modulus;
                field.MultiplyAdd(sum, RepairTarget.Place(data, recovery, i).Slice(from, length), field.Exp(log));
            }
        }
        ArrayPool<bool>.Shared.Return(unused);
        ArrayPool<ushort>.Shared.Return(locator);

        int Element(int shardIndex) => shardIndex < dataCount ? block + shardIndex : shardIndex - dataCount;
    }
}
