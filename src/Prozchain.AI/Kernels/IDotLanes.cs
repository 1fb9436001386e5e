namespace Prozchain.AI.Kernels;

/// <summary>
/// A vector of 32-bit sums and the instruction that adds products of small integers to them. A word holds the
/// <see cref="StepDepth"/> successive operands of one row or column, the first in its lowest bits: two shorts or four bytes.
/// </summary>
internal unsafe interface IDotLanes<TSelf>
    where TSelf : unmanaged, IDotLanes<TSelf>
{
    /// <summary>Sums in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Products that one step adds to a sum: 2 of shorts or 4 of bytes.</summary>
    static abstract int StepDepth { get; }

    /// <summary>What is added to each activation to make it unsigned, 0 or 128; the sums are corrected by it.</summary>
    static abstract int ActivationOffset { get; }

    /// <summary>Rows of the largest tile of two vectors a row whose sums stay in registers: 12 or 6.</summary>
    static abstract int TileRows { get; }

    /// <summary>Words that lie together.</summary>
    static abstract TSelf Load(int* source);

    /// <summary>Words from signed bytes, <see cref="StepDepth"/> for each.</summary>
    static abstract TSelf LoadBytes(sbyte* source);

    /// <summary>One word, or one number, in every place.</summary>
    static abstract TSelf Broadcast(int value);

    /// <summary>Adds the products of one step; never saturates, and wraps as 32-bit sums do.</summary>
    static abstract TSelf Dot(TSelf sum, TSelf activations, TSelf weights);

    /// <summary>Whether products add up in shorts first, by <see cref="AddInShorts"/>.</summary>
    static virtual bool SumsShorts => false;

    /// <summary>A tile by <see cref="ShortTile{TLanes, TVector, TColumns}"/>, whose parameters these are.</summary>
    static virtual void AddInShorts<TColumns>(in ShortPanel panel, int* natural, int panelRows, int columns, int* tile)
        where TColumns : struct, IColumnKind => throw new NotSupportedException();

    /// <summary>Writes all sums.</summary>
    static abstract void Store(TSelf value, int* destination);

    /// <summary>Writes two vectors of sums, one of each in turn.</summary>
    static abstract void StoreInterleaved(TSelf even, TSelf odd, int* destination);

    /// <summary>Adds numbers.</summary>
    static abstract TSelf Add(TSelf left, TSelf right);

    /// <summary>The even numbers, each widened to a place of 64 bits by zeros.</summary>
    static abstract TSelf EvenHalves(TSelf value);

    /// <summary>
    /// clamp(floor((sum·multiplier / 2^shift + 1) / 2), low, high), which is the rounding of <see cref="Requantisation"/>
    /// where shift is s - 1. The quotient must fit 32 bits: shift ≥ 30 and |sum| below 2^30, or shift ≥ 31.
    /// </summary>
    /// <param name="evenMultiplier">Multipliers of the even sums in the even places; the others are not looked at.</param>
    /// <param name="oddMultiplier">Those of the odd sums, in the even places too.</param>
    /// <param name="evenShift">Shifts of the even sums, as of <see cref="EvenHalves"/>.</param>
    /// <param name="oddShift">Those of the odd sums, in the even places too.</param>
    static abstract TSelf Requantise(TSelf sum, TSelf evenMultiplier, TSelf oddMultiplier, TSelf evenShift, TSelf oddShift, TSelf low, TSelf high);

    /// <summary>Writes numbers that fit signed bytes.</summary>
    static abstract void StoreBytes(TSelf value, sbyte* destination);

    /// <summary>Writes two vectors of numbers that fit signed bytes, one behind the other.</summary>
    static virtual void StoreBytes(TSelf first, TSelf second, sbyte* destination)
    {
        TSelf.StoreBytes(first, destination);
        TSelf.StoreBytes(second, destination + TSelf.Count);
    }

    /// <summary>Whether there is <see cref="StoreRounded"/>.</summary>
    static virtual bool RoundsShorts => false;

    /// <summary>
    /// Writes max(low, min(high, floor((floor(sum·multiplier / 2^(32 + shift)) + 1) / 2))) + zero as bytes, for two vectors, one
    /// behind the other: <see cref="Requantise"/> with all but the products done on shorts. Low and high must lie within ±16383.
    /// </summary>
    /// <param name="multiplier">One number in every place.</param>
    /// <param name="shift">0 to 31, in every place.</param>
    /// <param name="low">In every short, as are high and zero.</param>
    static virtual void StoreRounded(TSelf first, TSelf second, TSelf multiplier, TSelf shift, TSelf low, TSelf high, TSelf zero, sbyte* destination) => throw new NotSupportedException();

    /// <summary>Writes numbers that fit shorts.</summary>
    static abstract void StoreShorts(TSelf value, short* destination);
}
