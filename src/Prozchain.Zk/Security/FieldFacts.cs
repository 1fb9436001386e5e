namespace Prozchain.Zk.Security;

/// <summary>What the calculator needs to know of a field.</summary>
internal readonly record struct FieldFacts(ulong Modulus, int TwoAdicity, int EncodedSize)
{
    private static readonly int[] s_koalaBear = [4, 5, 6, 8], s_babyBear = [4], s_goldilocks = [2, 3];

    public static FieldFacts Of(StarkField field) => field switch
    {
        StarkField.KoalaBear => new(0x7F000001, 24, 4),
        StarkField.BabyBear => new(0x78000001, 27, 4),
        StarkField.Goldilocks => new(0xFFFFFFFF00000001, 32, 8),
        _ => throw new ArgumentException($"Expected a field of the list, got {field}.", nameof(field)),
    };

    /// <summary>The extension degrees that this library has, ascending.</summary>
    public static ReadOnlySpan<int> Degrees(StarkField field) => field switch
    {
        StarkField.KoalaBear => s_koalaBear,
        StarkField.BabyBear => s_babyBear,
        StarkField.Goldilocks => s_goldilocks,
        _ => [],
    };

    /// <summary>log2 of the number of elements of the extension.</summary>
    public double Log2Size(int degree) => degree * Math.Log2(Modulus);
}
