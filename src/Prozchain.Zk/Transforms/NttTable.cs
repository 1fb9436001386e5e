using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// The twiddle factors of one transform of 2^<see cref="LogSize"/> points, from natural order, on the coset shift * H.
/// </summary>
/// <remarks>
/// Level l splits 2^l blocks, each the residue of the polynomial mod x^(n / 2^l) - c, into residues mod x^(n / 2^(l+1)) -+ r
/// with r^2 = c: one butterfly a +- r b a pair. Block b of level l has r = shift^(n / 2^(l+1)) * w^rev(b), w of order
/// 2^(l+1), rev over l bits; the shift so costs nothing. Leaves come in bit-reversed order.
/// <para>
/// The first <see cref="Levels"/> levels join whole vectors and use one factor a block: entry 2^l + b of
/// <see cref="Blocks"/>. The last ones happen within tiles of Count vectors, transposed, so that a lane is a block:
/// <see cref="Tiles"/> holds, tile by tile, Count - 1 vectors of factors: 1 for the first such level, 2 for the next ...
/// </para>
/// </remarks>
internal sealed class NttTable<TField> where TField : struct, ITwoAdicField<TField>
{
    /// <param name="logSize">log2 of the number of points.</param>
    /// <param name="root">Of order 2^logSize: the inverse transform takes the inverse root.</param>
    /// <param name="shift">The coset.</param>
    /// <param name="scale">What every result is multiplied by.</param>
    /// <param name="naturalOrder">The order of the results.</param>
    /// <param name="laneBits">log2 of the elements in a vector; 0 if the transform is smaller than a tile.</param>
    public NttTable(int logSize, TField root, TField shift, TField scale, bool naturalOrder, int laneBits)
    {
        LogSize = logSize;
        LaneBits = laneBits;
        NaturalOrder = naturalOrder;
        Scale = scale;
        IsScaled = scale != TField.One;
        Blocks = new TField[1 << Levels];
        Tiles = new TField[((1 << laneBits) - 1) << Levels];
        TField[] powers = BitReversedPowers(root, logSize), shifts = new TField[logSize];
        for (int level = logSize - 1; level >= 0; level--, shift *= shift) shifts[level] = shift;
        for (int level = 0; level < Levels; level++)
            for (int block = 0; block < 1 << level; block++) Blocks[(1 << level) + block] = powers[block] * shifts[level];
        // In natural order the last pass scales. Otherwise the first level does, its other input by itself.
        if (Levels > 0 && !naturalOrder) Blocks[1] *= scale;
        FillTiles(powers, shifts);
    }

    public int LogSize { get; }

    public int LaneBits { get; }

    public bool NaturalOrder { get; }

    public TField Scale { get; }

    public bool IsScaled { get; }

    /// <summary>Levels before those within tiles.</summary>
    public int Levels => LogSize - LaneBits;

    public TField[] Blocks { get; }

    public TField[] Tiles { get; }

    public static int Reverse(int value, int bits) => BitReversal.Reverse(value, bits);

    private void FillTiles(TField[] powers, TField[] shifts)
    {
        int lanes = 1 << LaneBits, tiles = 1 << (Levels - LaneBits), at = 0;
        if (lanes == 1) return;
        for (int tile = 0; tile < tiles; tile++)
            for (int level = 0; level < LaneBits; level++)
                for (int group = 0; group < 1 << level; group++)
                    for (int lane = 0; lane < lanes; lane++)
                    {
                        int block = NaturalOrder ? Reverse(lane, LaneBits) * tiles + tile : tile * lanes + lane;
                        Tiles[at++] = powers[(block << level) + group] * shifts[Levels + level];
                    }
    }

    // Entry b is the product, over the bits j of b, of the element of order 2^(j + 2): w^rev(b) at every level.
    private static TField[] BitReversedPowers(TField root, int logSize)
    {
        var powers = new TField[Math.Max(1, 1 << logSize >> 1)];
        var roots = new TField[logSize + 1];
        for (int order = logSize; order >= 0; order--, root *= root) roots[order] = root;
        powers[0] = TField.One;
        for (int bit = 0; bit + 2 <= logSize; bit++)
            for (int i = 0; i < 1 << bit; i++) powers[(1 << bit) + i] = powers[i] * roots[bit + 2];
        return powers;
    }
}
