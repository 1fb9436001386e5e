using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// A bit-reversed transform undone, level by level from the last: a pair of residues a, b mod x^m -+ r comes from
/// (a + b) / 2 and (a - b) / 2r. The halves are one scale at the start; the table holds the inverse factors.
/// </summary>
/// <param name="table">The factors for the inverse root and the inverse shift, unscaled, not in natural order.</param>
/// <param name="scale">1 / 2^LogSize.</param>
internal unsafe struct NttBack<TField>(NttTable<TField> table, TField scale, TField* source, TField* destination) : IPackedKernel<TField>
    where TField : unmanaged, ITwoAdicField<TField>
{
    // A block that stays within a first-level cache is finished before the next is begun.
    private const int LogLeaf = 11;

    public readonly void Run<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        if (table.LaneBits > 0 || TPacked.Count == 1) All<TPacked>();
        else All<ScalarPacked<TField>>();
    }

    private readonly void All<TPacked>() where TPacked : struct, IPacked<TPacked, TField>
    {
        NttPasses<TPacked, TField>.Scale(ref *source, ref *destination, (nint)1 << table.LogSize, scale);
        Block<TPacked>(0, 0);
    }

    // Block b of a level, with all that it splits into.
    private readonly void Block<TPacked>(int level, nint block) where TPacked : struct, IPacked<TPacked, TField>
    {
        int logBlock = table.LogSize - level, left = table.Levels - level;
        ref TField at = ref Unsafe.AsRef<TField>(destination + (block << logBlock));
        if (logBlock > LogLeaf && left > 0)
        {
            int taken = left % 2 == 0 ? 2 : 1;
            for (nint i = 0; i < 1 << taken; i++) Block<TPacked>(level + taken, (block << taken) + i);
            Join<TPacked>(taken, level, block, 1);
            return;
        }
        if (table.LaneBits > 0) Tiles<TPacked>(ref at, block << logBlock, (nint)1 << logBlock);
        for (int below = table.Levels; below > level;)
        {
            int taken = below - level >= 2 ? 2 : 1;
            below -= taken;
            Join<TPacked>(taken, below, block << (below - level), (nint)1 << (below - level));
        }
    }

    private readonly void Join<TPacked>(int levels, int level, nint firstBlock, nint blocks) where TPacked : struct, IPacked<TPacked, TField>
    {
        ref TField factors = ref MemoryMarshal.GetArrayDataReference(table.Blocks);
        int logBlock = table.LogSize - level;
        for (nint block = firstBlock; block < firstBlock + blocks; block++)
        {
            ref TField at = ref Unsafe.AsRef<TField>(destination + (block << logBlock));
            nint stride = (nint)1 << (logBlock - levels), factor = ((nint)1 << level) + block;
            if (levels == 1) Two<TPacked>(ref at, stride, Unsafe.Add(ref factors, factor));
            else Four<TPacked>(ref at, stride, Unsafe.Add(ref factors, factor), Unsafe.Add(ref factors, 2 * factor), Unsafe.Add(ref factors, 2 * factor + 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<TPacked>(ref TField at, nint stride, TField factor) where TPacked : struct, IPacked<TPacked, TField>
    {
        TPacked u = TPacked.Create(factor);
        for (nint i = 0; i < stride; i += TPacked.Count)
        {
            TPacked a = TPacked.Load(ref Unsafe.Add(ref at, i)), b = TPacked.Load(ref Unsafe.Add(ref at, i + stride));
            TPacked.Store(a + b, ref Unsafe.Add(ref at, i));
            TPacked.Store(TPacked.MultiplyUniform(a - b, u), ref Unsafe.Add(ref at, i + stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<TPacked>(ref TField at, nint stride, TField upper, TField lower, TField next) where TPacked : struct, IPacked<TPacked, TField>
    {
        TPacked u = TPacked.Create(upper), v = TPacked.Create(lower), w = TPacked.Create(next);
        for (nint i = 0; i < stride; i += TPacked.Count)
        {
            TPacked a = TPacked.Load(ref Unsafe.Add(ref at, i)), b = TPacked.Load(ref Unsafe.Add(ref at, i + stride));
            TPacked c = TPacked.Load(ref Unsafe.Add(ref at, i + 2 * stride)), d = TPacked.Load(ref Unsafe.Add(ref at, i + 3 * stride));
            (a, b) = (a + b, TPacked.MultiplyUniform(a - b, v));
            (c, d) = (c + d, TPacked.MultiplyUniform(c - d, w));
            TPacked.Store(a + c, ref Unsafe.Add(ref at, i));
            TPacked.Store(b + d, ref Unsafe.Add(ref at, i + stride));
            TPacked.Store(TPacked.MultiplyUniform(a - c, u), ref Unsafe.Add(ref at, i + 2 * stride));
            TPacked.Store(TPacked.MultiplyUniform(b - d, u), ref Unsafe.Add(ref at, i + 3 * stride));
        }
    }

    [SkipLocalsInit]
    private readonly void Tiles<TPacked>(ref TField at, nint start, nint length) where TPacked : struct, IPacked<TPacked, TField>
    {
        Unsafe.SkipInit(out Tile<TField> room);
        ref TField tile = ref Unsafe.As<Tile<TField>, TField>(ref room);
        Unsafe.SkipInit(out Offsets rows);
        ref nint offsets = ref Unsafe.As<Offsets, nint>(ref rows);
        for (int row = 0; row < TPacked.Count; row++) Unsafe.Add(ref offsets, row) = row * TPacked.Count;
        nint size = TPacked.Count * TPacked.Count, factors = TPacked.Count * (TPacked.Count - 1);
        ref TField factor = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(table.Tiles), start / size * factors);
        for (nint i = 0; i < length; i += size, at = ref Unsafe.Add(ref at, size), factor = ref Unsafe.Add(ref factor, factors))
        {
            TPacked.Transpose(ref at, ref offsets, ref tile);
            for (int half = 1, groups = TPacked.Count / 2; groups > 0; half *= 2, groups /= 2)
                for (int group = 0; group < groups; group++)
                    TileLevel<TPacked>(ref Unsafe.Add(ref tile, 2 * half * group * TPacked.Count), half, ref Unsafe.Add(ref factor, (groups - 1 + group) * TPacked.Count));
            TPacked.Transpose(ref tile, ref offsets, ref at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TileLevel<TPacked>(ref TField rows, int half, ref TField factor) where TPacked : struct, IPacked<TPacked, TField>
    {
        TPacked w = TPacked.Load(ref factor);
        for (nint i = 0; i < half * TPacked.Count; i += TPacked.Count)
        {
            TPacked a = TPacked.Load(ref Unsafe.Add(ref rows, i)), b = TPacked.Load(ref Unsafe.Add(ref rows, i + half * TPacked.Count));
            TPacked.Store(a + b, ref Unsafe.Add(ref rows, i));
            TPacked.Store((a - b) * w, ref Unsafe.Add(ref rows, i + half * TPacked.Count));
        }
    }
}
