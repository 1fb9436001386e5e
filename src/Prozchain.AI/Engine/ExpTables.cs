using System.Collections.ObjectModel;

namespace Prozchain.AI.Engine;

/// <summary>
/// The two tables of the engine's exponential: for t = 256·c + f steps of 2^-11, exp(-t / 2048) is Coarse[c] · Fine[f] / 2^30,
/// where Fine[f] = round(2^15 · exp(-f / 2^11)) and Coarse[c] = round(2^15 · exp(-c / 2^3)). Worked out by integers from two
/// numbers of 62 bits, so that no machine's exp has a say; no entry lies within 2^-10 of a tie.
/// </summary>
public static class ExpTables
{
    // floor(2^62 · exp(-2^-11)) and floor(2^62 · exp(-2^-3)).
    private const long FineStep = 4609434768280048980;
    private const long CoarseStep = 4069798626954855183;

    private static readonly int[] s_fine = Powers(FineStep), s_coarse = Powers(CoarseStep);

    /// <summary>Powers of exp(-2^-11), of 2^15.</summary>
    public static ReadOnlyCollection<int> Fine => s_fine.AsReadOnly();

    /// <summary>Powers of exp(-2^-3), of 2^15.</summary>
    public static ReadOnlyCollection<int> Coarse => s_coarse.AsReadOnly();

    /// <summary>2^30 · exp(-t / 2048), t in 0 to 65,535, as the tables have it.</summary>
    internal static int Exp(int t) => s_coarse[t >> 8] * s_fine[t & 255];

    private static int[] Powers(long step)
    {
        var table = new int[256];
        Int128 power = Int128.One << 62;
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (int)((power + (Int128.One << 46)) >> 47);
            power = (power * step + (Int128.One << 61)) >> 62;
        }
        return table;
    }
}
