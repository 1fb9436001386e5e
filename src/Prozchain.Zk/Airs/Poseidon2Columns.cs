using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Airs;

/// <summary>The numbers of <see cref="Poseidon2Air{TParameters}"/> for a prime.</summary>
internal static class Poseidon2Columns<TParameters> where TParameters : struct, IField31Parameters
{
    public const int StateWidth = 16, HalfFull = PoseidonInstance<TParameters>.FullRounds / 2;

    private static readonly ulong[] s_constants = Integers(Poseidon2Core<TParameters>.Width16.Constants);
    private static readonly ulong[] s_diagonal = Integers(PoseidonInstance<TParameters>.Width16.Diagonal);

    /// <summary>Columns of an S-box besides its output: the cube of x^7.</summary>
    public static int Registers => typeof(TParameters) == typeof(KoalaBear) ? 0 : 1;

    public static int PartialRounds { get; } = PoseidonInstance<TParameters>.Width16.PartialRounds;

    /// <summary>Columns of a permutation, without the bus's.</summary>
    public static int Width => StateWidth + (1 + Registers) * (2 * HalfFull * StateWidth + PartialRounds);

    /// <summary>In the order of their use: 16 for each full round, one for each partial round.</summary>
    public static ReadOnlySpan<ulong> Constants => s_constants;

    /// <summary>The internal matrix is all ones plus this diagonal.</summary>
    public static ReadOnlySpan<ulong> Diagonal => s_diagonal;

    private static ulong[] Integers(ReadOnlySpan<Field31<TParameters>> elements)
    {
        var integers = new ulong[elements.Length];
        for (int i = 0; i < integers.Length; i++) integers[i] = elements[i].ToUInt32();
        return integers;
    }
}
