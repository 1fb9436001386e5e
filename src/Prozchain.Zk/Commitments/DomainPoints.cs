using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Commitments;

/// <summary>Points of evaluation domains, in bit-reversed order.</summary>
internal static class DomainPoints<TField> where TField : unmanaged, ITwoAdicField<TField>
{
    /// <summary>Point i is shift · root^rev(i), over as many bits as there are points: a power of two.</summary>
    public static void Fill(Span<TField> points, TField shift, TField root)
    {
        int bits = System.Numerics.BitOperations.Log2((uint)points.Length);
        points[0] = shift;
        // Bit b of the index stands for root^(2^(bits - 1 - b)).
        for (int bit = 0; bit < bits; bit++)
        {
            TField factor = FieldMath.Power(root, 1UL << (bits - 1 - bit));
            for (int i = 0; i < 1 << bit; i++) points[(1 << bit) + i] = points[i] * factor;
        }
    }

    /// <summary>The point at a position of shift · ⟨w⟩ of 2^logSize points.</summary>
    public static TField At(TField shift, int logSize, int position) =>
        shift * FieldMath.Power(TField.TwoAdicGenerator(logSize), (ulong)NttTable<TField>.Reverse(position, logSize));

    /// <summary>The shift of block <paramref name="block"/> of 2^logRows points, relative to the first block's.</summary>
    public static TField BlockShift(int logRows, int block)
    {
        int bits = block == 0 ? 0 : 1 + System.Numerics.BitOperations.Log2((uint)block);
        return FieldMath.Power(TField.TwoAdicGenerator(logRows + bits), (ulong)NttTable<TField>.Reverse(block, bits));
    }

    /// <summary>From bit-reversed to natural order, or back.</summary>
    /// <param name="values">A power of two of them.</param>
    public static void Permute(Span<TField> values)
    {
        // The reversed index counts up from its highest bit.
        for (int i = 0, reversed = 0; i < values.Length; i++)
        {
            if (i < reversed) (values[i], values[reversed]) = (values[reversed], values[i]);
            int bit = values.Length >> 1;
            for (; bit > 0 && (reversed & bit) != 0; bit >>= 1) reversed ^= bit;
            reversed |= bit;
        }
    }
}
