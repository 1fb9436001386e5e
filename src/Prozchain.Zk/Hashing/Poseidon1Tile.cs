using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Poseidon on sixteen states at once, one a lane: element i of state s lies at 16 i + s. The circulant matrix by sums of
/// four products reduced once. <see cref="Poseidon1Core{TParameters}"/> is its oracle.
/// </summary>
internal readonly ref struct Poseidon1Tile<TParameters> : IPackedKernel<Field31<TParameters>> where TParameters : struct, IField31Parameters
{
    private const int States = 16, HalfFull = PoseidonInstance<TParameters>.FullRounds / 2;

    private readonly Poseidon1Core<TParameters> _core;
    private readonly ref Field31<TParameters> _tile;
    private readonly ref Field31<TParameters> _room;
    private readonly int _first, _end;

    private Poseidon1Tile(Poseidon1Core<TParameters> core, Span<Field31<TParameters>> tile, Span<Field31<TParameters>> room, int first, int end)
    {
        if (tile.Length != core.Instance.Width * States)
            throw new ArgumentException($"Expected a tile of {core.Instance.Width * States} elements, got {tile.Length}.", nameof(tile));
        (_core, _first, _end) = (core, first, end);
        _tile = ref MemoryMarshal.GetReference(tile);
        _room = ref MemoryMarshal.GetReference(room);
    }

    public static void Permute(Poseidon1Core<TParameters> core, Span<Field31<TParameters>> tile) => Permute(core, tile, 0, 2 * HalfFull + core.Instance.PartialRounds);

    /// <summary>The rounds from a first one up to another.</summary>
    public static void Permute(Poseidon1Core<TParameters> core, Span<Field31<TParameters>> tile, int first, int end)
    {
        Span<Field31<TParameters>> room = stackalloc Field31<TParameters>[core.Instance.Width * States];
        var kernel = new Poseidon1Tile<TParameters>(core, tile, room, first, end);
        LaneDispatch.Run31<TParameters, Poseidon1Tile<TParameters>>(ref kernel);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Run<TPacked>() where TPacked : struct, IPacked<TPacked, Field31<TParameters>>
    {
        int width = _core.Instance.Width;
        for (int state = 0; state < States; state += TPacked.Count)
        {
            for (int round = _first; round < _end; round++)
            {
                bool isFull = round < HalfFull || round >= HalfFull + _core.Instance.PartialRounds;
                Boxes<TPacked>(ref Unsafe.Add(ref _tile, state), ref _core.Constants[round * width], width, isFull ? width : 1);
                Multiply<TPacked>(ref Unsafe.Add(ref _tile, state), ref Unsafe.Add(ref _room, state), width);
                for (int i = 0; i < width; i++) TPacked.Store(TPacked.Load(ref Unsafe.Add(ref _room, States * i + state)), ref Unsafe.Add(ref _tile, States * i + state));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Boxes<TPacked>(ref Field31<TParameters> state, ref Field31<TParameters> constants, int width, int boxes)
        where TPacked : struct, IPacked<TPacked, Field31<TParameters>>
    {
        for (int i = 0; i < width; i++)
        {
            ref Field31<TParameters> at = ref Unsafe.Add(ref state, States * i);
            TPacked x = TPacked.Load(ref at) + TPacked.Create(Unsafe.Add(ref constants, i));
            if (i < boxes)
            {
                TPacked cube = x * x * x;
                x = typeof(TParameters) == typeof(KoalaBear) ? cube : cube * cube * x;
            }
            TPacked.Store(x, ref at);
        }
    }

    // Row i of the matrix is its first row moved right by i.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply<TPacked>(ref Field31<TParameters> state, ref Field31<TParameters> product, int width)
        where TPacked : struct, IPacked<TPacked, Field31<TParameters>>
    {
        ref Field31<TParameters> row = ref _core.Instance.Circulant[0];
        for (int i = 0; i < width; i++)
        {
            TPacked sum = TPacked.Create(default);
            for (int j = 0; j < width; j += 4)
                sum += TPacked.SumOfProducts(
                    TPacked.Load(ref Unsafe.Add(ref state, States * j)), Factor<TPacked>(ref row, i, j, width),
                    TPacked.Load(ref Unsafe.Add(ref state, States * (j + 1))), Factor<TPacked>(ref row, i, j + 1, width),
                    TPacked.Load(ref Unsafe.Add(ref state, States * (j + 2))), Factor<TPacked>(ref row, i, j + 2, width),
                    TPacked.Load(ref Unsafe.Add(ref state, States * (j + 3))), Factor<TPacked>(ref row, i, j + 3, width));
            TPacked.Store(sum, ref Unsafe.Add(ref product, States * i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TPacked Factor<TPacked>(ref Field31<TParameters> row, int i, int j, int width) where TPacked : struct, IPacked<TPacked, Field31<TParameters>> =>
        TPacked.Create(Unsafe.Add(ref row, j >= i ? j - i : width + j - i));
}
