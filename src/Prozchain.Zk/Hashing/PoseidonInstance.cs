using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// What the Poseidon permutations of one field and width have in common: rounds, S-box and the field's own choices of
/// matrices. Round numbers as published for 128 bits with the designers' margin: 8 full rounds, and partial ones by
/// degree and width (x^3: 20 at width 16, 23 at 24; x^7: 13 and 21).
/// </summary>
internal sealed class PoseidonInstance<TParameters> where TParameters : struct, IField31Parameters
{
    public const int FullRounds = 8, FieldBits = 31;

    // Exponents of two in the diagonal of Poseidon2's internal matrix after -2, 1, 2, 1/2, 3, 4, -1/2, -3, -4: n for 1/2^n, -n for -1/2^n.
    private static readonly int[] s_koalaDiagonal16 = [8, 3, 24, -8, -3, -4, -24];
    private static readonly int[] s_koalaDiagonal24 = [8, 2, 3, 4, 5, 6, 24, -8, -3, -4, -5, -6, -7, -9, -24];
    private static readonly int[] s_babyDiagonal16 = [8, 2, 3, 27, -8, -4, -27];
    private static readonly int[] s_babyDiagonal24 = [8, 2, 3, 4, 7, 9, 27, -8, -2, -3, -4, -5, -6, -7, -27];

    // First rows of the circulant matrices of Poseidon1, one for both fields, as Plonky3 has them (mds.rs).
    private static readonly uint[] s_circulant16 = [1, 1, 51, 1, 11, 17, 2, 1, 101, 63, 15, 2, 67, 22, 13, 3];
    private static readonly uint[] s_circulant24 =
    [
        0x2D0AAAAB, 0x64850517, 0x17F5551D, 0x04ECBEB5, 0x6D91A8D5, 0x60703026, 0x18D6F3CA, 0x729601A7,
        0x77CDA9E2, 0x3C0F5038, 0x26D52A61, 0x0360405D, 0x68FC71C8, 0x2495A71D, 0x5D57AFC2, 0x1689DD98,
        0x3C2C3DBE, 0x0C23DC41, 0x0524C7F2, 0x6BE4DF69, 0x0A6E572C, 0x5C7790FA, 0x17E118F6, 0x0878A07F,
    ];

    private PoseidonInstance(int width)
    {
        if (typeof(TParameters) != typeof(KoalaBear) && typeof(TParameters) != typeof(BabyBear))
            throw new NotSupportedException($"Expected KoalaBear or BabyBear, got {typeof(TParameters).Name}: Poseidon is not specified for it.");
        bool isKoala = typeof(TParameters) == typeof(KoalaBear);
        Width = width;
        SBoxDegree = isKoala ? 3 : 7;
        PartialRounds = (isKoala, width) switch { (true, 16) => 20, (true, _) => 23, (false, 16) => 13, _ => 21 };
        Diagonal = MakeDiagonal((isKoala, width) switch
        {
            (true, 16) => s_koalaDiagonal16,
            (true, _) => s_koalaDiagonal24,
            (false, 16) => s_babyDiagonal16,
            _ => s_babyDiagonal24,
        });
        Circulant = [.. (width == 16 ? s_circulant16 : s_circulant24).Select(Field31<TParameters>.FromUInt32)];
    }

    public static PoseidonInstance<TParameters> Width16 { get; } = new(16);

    public static PoseidonInstance<TParameters> Width24 { get; } = new(24);

    public int Width { get; }

    public int SBoxDegree { get; }

    public int PartialRounds { get; }

    /// <summary>Poseidon2's internal matrix is all ones plus this diagonal.</summary>
    public Field31<TParameters>[] Diagonal { get; }

    /// <summary>The first row of Poseidon1's matrix; each further row is the one before moved right by one.</summary>
    public Field31<TParameters>[] Circulant { get; }

    /// <summary>The next <paramref name="count"/> elements of the instance's published sequence of constants.</summary>
    public Field31<TParameters>[] Constants(int count)
    {
        var grain = new GrainLfsr(FieldBits, Width, FullRounds, PartialRounds);
        var constants = new Field31<TParameters>[count];
        foreach (ref Field31<TParameters> constant in constants.AsSpan()) constant = Field31<TParameters>.FromUInt32(grain.Next(TParameters.Modulus, FieldBits));
        return constants;
    }

    /// <summary>x^3 or x^7: the least power that is a permutation of the field.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Field31<TParameters> SBox(Field31<TParameters> x)
    {
        Field31<TParameters> cube = x * x * x;
        return typeof(TParameters) == typeof(KoalaBear) ? cube : cube * cube * x;
    }

    private static Field31<TParameters>[] MakeDiagonal(int[] exponents)
    {
        static Field31<TParameters> F(uint value) => Field31<TParameters>.FromUInt32(value);
        Field31<TParameters> half = F(2).Inverse();
        return
        [
            -F(2), F(1), F(2), half, F(3), F(4), -half, -F(3), -F(4),
            .. exponents.Select(n => n > 0 ? FieldMath.Power(half, (ulong)n) : -FieldMath.Power(half, (ulong)-n)),
        ];
    }
}
