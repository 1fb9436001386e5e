using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>A permutation that counts its runs on this thread, one at a time and sixteen at a time.</summary>
internal readonly struct CountingPermutation<TPermutation> : IPermutation<F> where TPermutation : struct, IPermutation<F>
{
    [ThreadStatic]
    private static int s_single;

    [ThreadStatic]
    private static int s_tiles;

    public static int Single { get => s_single; set => s_single = value; }

    public static int Tiles { get => s_tiles; set => s_tiles = value; }

    public static int Width => TPermutation.Width;

    public static void Permute(Span<F> state)
    {
        s_single++;
        TPermutation.Permute(state);
    }

    public static void PermuteTile(Span<F> tile)
    {
        s_tiles++;
        TPermutation.PermuteTile(tile);
    }
}
