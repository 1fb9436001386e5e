using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Airs;

/// <summary>
/// The partial rounds of Poseidon1 as affine forms: all that is not the S-box of element 0 is linear, so that what goes into each of these
/// S-boxes, and the state after them, is a sum over the 16 elements before them and the outputs of the S-boxes so far.
/// </summary>
/// <remarks>Some 1,100 products where 20 matrices would take 5,000.</remarks>
internal static class Poseidon1Forms
{
    /// <summary>Elements of the state; a form's factors are of these, then of the S-boxes' outputs, and its last one is the constant.</summary>
    public const int Width = 16, HalfFull = PoseidonInstance<KoalaBear>.FullRounds / 2;

    private static readonly Poseidon1Core<KoalaBear> s_core = Poseidon1Core<KoalaBear>.Width16;

    static Poseidon1Forms()
    {
        Field31<KoalaBear>[][] state = [.. Enumerable.Range(0, Width).Select(i => Unit(i))];
        for (int round = 0; round < PartialRounds; round++)
        {
            for (int i = 0; i < Width; i++) state[i][^1] += s_core.Constants[(HalfFull + round) * Width + i];
            Inputs[round] = Integers(state[0]);
            state[0] = Unit(Width + round);
            state = [.. Enumerable.Range(0, Width).Select(i => Row(state, i))];
        }
        for (int i = 0; i < Width; i++) Outputs[i] = Integers(state[i]);
    }

    public static int PartialRounds { get; } = PoseidonInstance<KoalaBear>.Width16.PartialRounds;

    /// <summary>What goes into the S-box of each partial round.</summary>
    public static ulong[][] Inputs { get; } = new ulong[PartialRounds][];

    /// <summary>The state after the partial rounds.</summary>
    public static ulong[][] Outputs { get; } = new ulong[Width][];

    /// <summary>The constants of all rounds, a state's worth for each.</summary>
    public static ulong[] Constants { get; } = Integers(s_core.Constants);

    /// <summary>The first row of the matrix; each further row is the one before moved right by one.</summary>
    public static ulong[] Circulant { get; } = Integers(s_core.Instance.Circulant);

    private static Field31<KoalaBear>[] Unit(int i)
    {
        var form = new Field31<KoalaBear>[Width + PartialRounds + 1];
        form[i] = Field31<KoalaBear>.One;
        return form;
    }

    private static Field31<KoalaBear>[] Row(Field31<KoalaBear>[][] state, int row)
    {
        var sum = new Field31<KoalaBear>[Width + PartialRounds + 1];
        for (int j = 0; j < Width; j++)
        {
            Field31<KoalaBear> factor = s_core.Instance.Circulant[(j - row + Width) % Width];
            for (int k = 0; k < sum.Length; k++) sum[k] += factor * state[j][k];
        }
        return sum;
    }

    private static ulong[] Integers(Field31<KoalaBear>[] elements) => [.. elements.Select(element => (ulong)element.ToUInt32())];
}
