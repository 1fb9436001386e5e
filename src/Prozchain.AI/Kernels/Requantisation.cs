using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The one rounding of the engine: an accumulator a becomes clamp(floor((a·M + 2^(s-1)) / 2^s) + Z, low, high), by one M
/// and s for a tensor or one for each channel. Worked out in 64 bits, where nothing overflows: |a·M| ≤ 2^62 and 2^(s-1) ≤ 2^61.
/// </summary>
internal readonly ref struct Requantisation
{
    /// <summary>Largest s.</summary>
    public const int MaxShift = 62;

    /// <summary>Holds the parameters, which the graph has checked.</summary>
    /// <param name="multipliers">M, 1 to 2^31 - 1; one, or one for each channel.</param>
    /// <param name="shifts">s, 1 to <see cref="MaxShift"/>; as many.</param>
    /// <param name="zero">Z, added after the shift.</param>
    public Requantisation(ReadOnlySpan<int> multipliers, ReadOnlySpan<byte> shifts, int zero, int low, int high)
    {
        Debug.Assert(multipliers.Length == shifts.Length && multipliers.Length > 0 && low <= high);
        Multipliers = multipliers;
        Shifts = shifts;
        Zero = zero;
        Low = low;
        High = high;
    }

    /// <summary>M, one or one for each channel.</summary>
    public ReadOnlySpan<int> Multipliers { get; }

    /// <summary>s, as many as <see cref="Multipliers"/>.</summary>
    public ReadOnlySpan<byte> Shifts { get; }

    /// <summary>Z.</summary>
    public int Zero { get; }

    /// <summary>The least result.</summary>
    public int Low { get; }

    /// <summary>The greatest result.</summary>
    public int High { get; }

    /// <summary>Whether each channel has its own M and s.</summary>
    public bool IsPerChannel => Multipliers.Length > 1;

    /// <summary>One accumulator of a channel; any channel where there is one M for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Apply(int accumulator, int channel)
    {
        int index = IsPerChannel ? channel : 0;
        return Apply(accumulator, Multipliers[index], Shifts[index]);
    }

    /// <summary>One accumulator by a given M and s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Apply(int accumulator, int multiplier, int shift) =>
        (int)Math.Clamp((((long)accumulator * multiplier + (1L << (shift - 1))) >> shift) + Zero, Low, High);
}
