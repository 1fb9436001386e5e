using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Transforms;

/// <summary>
/// Runs a table over a group of columns: level by level while blocks are large, depth first, so that each block is
/// finished while it lies in the nearest cache that holds it; each factor serves all columns of the group in turn.
/// </summary>
/// <param name="table">The factors.</param>
/// <param name="columns">Columns in the group.</param>
internal readonly struct NttRunner<TPacked, TField>(NttTable<TField> table, int columns)
    where TPacked : struct, IPacked<TPacked, TField>
    where TField : struct, ITwoAdicField<TField>
{
    // Elements of a block that is finished level by level: with its factors it stays within a first-level cache.
    private const int LogLeaf = 11;

    /// <summary>The most parts of a column.</summary>
    public const int MostParts = 16;

    /// <summary>log2 of the least column that is worth parts; a part's rows are then whole vectors.</summary>
    public const int LeastInParts = 14;

    private readonly NttTable<TField> _table = table;
    private readonly int _columns = columns;

    /// <summary>
    /// Transforms each column of <paramref name="source"/>. Bit-reversed: into <paramref name="work"/>, which may be
    /// the source. Natural: by way of <paramref name="work"/>, which may be the source, into
    /// <paramref name="destination"/>, which may not be the work.
    /// </summary>
    public void Run(ref TField source, nint sourceStride, ref TField work, nint workStride, ref TField destination, nint destinationStride)
    {
        Debug.Assert(_table.LaneBits == 0 || 1 << _table.LaneBits == TPacked.Count, "The table is made for the width.");
        int levels = _table.Levels, first = levels == 0 ? 0 : (levels - 1) % 3 + 1;
        for (int column = 0; column < _columns; column++)
            First(first, ref Unsafe.Add(ref source, column * sourceStride), ref Unsafe.Add(ref work, column * workStride));
        Recurse(first, 0, 1 << first, ref work, workStride);
        if (!_table.NaturalOrder) return;
        for (int column = 0; column < _columns; column++)
            ToNatural(ref Unsafe.Add(ref work, column * workStride), ref Unsafe.Add(ref destination, column * destinationStride), 0, 1 << (_table.LogSize - 2 * _table.LaneBits));
    }

    /// <summary>
    /// One column in parts, for threads that share it: a phase of all parts is finished before the next is begun. Phase 0:
    /// the first levels over a range of rows; 1: the next three likewise; 2: a part of the blocks below; 3: a part of the
    /// reordering. Only from <see cref="LeastInParts"/> on, and with no scale but in natural order.
    /// </summary>
    /// <param name="phase">0 to 2, and 3 in natural order.</param>
    /// <param name="part">0 to parts - 1.</param>
    /// <param name="parts">A power of two up to <see cref="MostParts"/>.</param>
    /// <param name="source">As in <see cref="Run"/>.</param>
    /// <param name="work">As in <see cref="Run"/>.</param>
    /// <param name="destination">As in <see cref="Run"/>.</param>
    public void RunPart(int phase, int part, int parts, ref TField source, ref TField work, ref TField destination)
    {
        int first = (_table.Levels - 1) % 3 + 1, log = _table.LogSize, tiles = 1 << (log - 2 * _table.LaneBits);
        switch (phase)
        {
            case 0:
                nint length = ((nint)1 << (log - first)) / parts;
                Pass(first, ref Unsafe.Add(ref source, part * length), ref Unsafe.Add(ref work, part * length), (nint)1 << (log - first), length, 1);
                break;
            case 1:
                length = ((nint)1 << (log - first - 3)) / parts;
                for (nint block = 0; block < 1 << first; block++)
                {
                    ref TField at = ref Unsafe.Add(ref work, (block << (log - first)) + part * length);
                    Pass(3, ref at, ref at, (nint)1 << (log - first - 3), length, ((nint)1 << first) + block);
                }
                break;
            case 2:
                int blocks = (8 << first) / parts;
                Recurse(first + 3, part * blocks, blocks, ref work, 0);
                break;
            default:
                ToNatural(ref work, ref destination, (int)((long)tiles * part / parts), (int)((long)tiles * (part + 1) / parts));
                break;
        }
    }

    private void First(int levels, ref TField source, ref TField work)
    {
        nint size = (nint)1 << _table.LogSize;
        if (_table.IsScaled && !_table.NaturalOrder)
        {
            // The other half gets the scale with its factor; without a level, here.
            nint scaled = levels == 0 ? size : size / 2;
            NttPasses<TPacked, TField>.Scale(ref source, ref work, scaled, _table.Scale);
            if (!Unsafe.AreSame(ref source, ref work) && scaled != size)
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref source, scaled), (int)scaled).CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref work, scaled), (int)scaled));
            source = ref work;
        }
        if (levels == 0)
        {
            if (!Unsafe.AreSame(ref source, ref work)) MemoryMarshal.CreateReadOnlySpan(ref source, (int)size).CopyTo(MemoryMarshal.CreateSpan(ref work, (int)size));
        }
        else
        {
            Pass(levels, ref source, ref work, size >> levels, size >> levels, 1);
        }
    }

    private void Recurse(int level, int firstBlock, int blocks, ref TField work, nint workStride)
    {
        int logBlock = _table.LogSize - level;
        if (logBlock > LogLeaf && level < _table.Levels)
        {
            for (int block = firstBlock; block < firstBlock + blocks; block++)
            {
                ref TField at = ref Unsafe.Add(ref work, (nint)block << logBlock);
                for (int column = 0; column < _columns; column++, at = ref Unsafe.Add(ref at, workStride))
                    Pass(3, ref at, ref at, (nint)1 << logBlock >> 3, (nint)1 << logBlock >> 3, ((nint)1 << level) + block);
                Recurse(level + 3, 8 * block, 8, ref work, workStride);
            }
            return;
        }
        // Whole tiles of the leaf's blocks, column by column.
        int step = Math.Max(1, Math.Min(blocks, 1 << Math.Max(0, LogLeaf - logBlock)));
        for (int block = firstBlock; block < firstBlock + blocks; block += step)
            for (int column = 0; column < _columns; column++) Leaf(level, block, step, ref Unsafe.Add(ref work, column * workStride));
    }

    private void Leaf(int level, int firstBlock, int blocks, ref TField column)
    {
        nint start = (nint)firstBlock << (_table.LogSize - level), length = (nint)blocks << (_table.LogSize - level);
        for (; level < _table.Levels; level += 3, firstBlock *= 8, blocks *= 8)
        {
            int logBlock = _table.LogSize - level;
            for (int block = firstBlock; block < firstBlock + blocks; block++)
            {
                ref TField at = ref Unsafe.Add(ref column, (nint)block << logBlock);
                Pass(3, ref at, ref at, (nint)1 << logBlock >> 3, (nint)1 << logBlock >> 3, ((nint)1 << level) + block);
            }
        }
        if (!_table.NaturalOrder && _table.LaneBits > 0) Tiles(ref Unsafe.Add(ref column, start), start, length);
    }

    [SkipLocalsInit]
    private void Tiles(ref TField at, nint start, nint length)
    {
        Unsafe.SkipInit(out Tile<TField> room);
        ref TField tile = ref Unsafe.As<Tile<TField>, TField>(ref room);
        Unsafe.SkipInit(out Offsets rows);
        ref nint offsets = ref Unsafe.As<Offsets, nint>(ref rows);
        for (int row = 0; row < TPacked.Count; row++) Unsafe.Add(ref offsets, row) = row * TPacked.Count;
        nint size = TPacked.Count * TPacked.Count, factors = TPacked.Count * (TPacked.Count - 1);
        ref TField factor = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_table.Tiles), start / size * factors);
        for (nint i = 0; i < length; i += size, at = ref Unsafe.Add(ref at, size), factor = ref Unsafe.Add(ref factor, factors))
        {
            NttTile<TPacked, TField>.Run(ref at, ref offsets, ref factor, ref tile);
            TPacked.Transpose(ref tile, ref offsets, ref at);
        }
    }

    // Rows from all over the column, in bit-reversed order, become a tile whose rows go all over the result: what is
    // left of the bit reversal is the order of tiles.
    [SkipLocalsInit]
    private unsafe void ToNatural(ref TField column, ref TField destination, int firstTile, int end)
    {
        Unsafe.SkipInit(out Tile<TField> room);
        ref TField tile = ref Unsafe.As<Tile<TField>, TField>(ref room);
        Unsafe.SkipInit(out Offsets rows);
        ref nint offsets = ref Unsafe.As<Offsets, nint>(ref rows);
        int count = 1 << _table.LaneBits, tileBits = _table.LogSize - 2 * _table.LaneBits;
        TField scale = _table.Scale;
        nint apart = (nint)1 << (_table.LogSize - _table.LaneBits);
        for (int row = 0; row < count; row++) Unsafe.Add(ref offsets, row) = NttTable<TField>.Reverse(row, _table.LaneBits) * apart;
        ref TField factor = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_table.Tiles), (nint)firstTile * (count * (count - 1)));
        for (int i = firstTile; i < end; i++, factor = ref Unsafe.Add(ref factor, count * (count - 1)))
        {
            ref TField to = ref Unsafe.Add(ref destination, (nint)NttTable<TField>.Reverse(i, tileBits) << _table.LaneBits);
            if (Sse.IsSupported)
            {
                for (int row = 0; row < count; row++)
                {
                    Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.Add(ref to, Unsafe.Add(ref offsets, row))));
                    Sse.Prefetch1(Unsafe.AsPointer(ref Unsafe.Add(ref column, ((nint)(i + 4) << _table.LaneBits) + Unsafe.Add(ref offsets, row))));
                }
            }
            NttTile<TPacked, TField>.Run(ref Unsafe.Add(ref column, (nint)i << _table.LaneBits), ref offsets, ref factor, ref tile);
            NttTile<TPacked, TField>.Scatter(ref tile, ref offsets, scale, ref to);
        }
    }

    private void Pass(int levels, ref TField source, ref TField destination, nint stride, nint length, nint block)
    {
        ref TField blocks = ref MemoryMarshal.GetArrayDataReference(_table.Blocks);
        switch (levels)
        {
            case 1: NttPasses<TPacked, TField>.Two(ref source, ref destination, stride, length, ref blocks, block); break;
            case 2: NttPasses<TPacked, TField>.Four(ref source, ref destination, stride, length, ref blocks, block); break;
            default: NttPasses<TPacked, TField>.Eight(ref source, ref destination, stride, length, ref blocks, block); break;
        }
    }
}

/// <summary>Room for the widest tile.</summary>
[InlineArray(256)]
internal struct Tile<TField> where TField : struct
{
    private TField _first;
}

/// <summary>Where the rows of a tile lie.</summary>
[InlineArray(16)]
internal struct Offsets
{
    private nint _first;
}
