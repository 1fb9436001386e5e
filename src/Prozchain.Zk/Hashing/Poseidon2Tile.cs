using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Poseidon2 on sixteen states at once, one a lane: element i of state s lies at 16 i + s. As many passes as the machine's
/// vectors need. <see cref="Poseidon2Core{TParameters}"/> is its oracle.
/// </summary>
internal readonly ref struct Poseidon2Tile<TParameters> : ILanesKernel where TParameters : struct, IField31Parameters
{
    public const int States = 16;

    private readonly ref uint _tile;
    private readonly ref uint _constants;
    private readonly Poseidon2Core<TParameters> _core;

    public Poseidon2Tile(Poseidon2Core<TParameters> core, Span<Field31<TParameters>> tile)
    {
        int width = core.Instance.Width;
        if (tile.Length != width * States) throw new ArgumentException($"Expected a tile of {width * States} elements, got {tile.Length}.", nameof(tile));
        _core = core;
        _tile = ref Unsafe.As<Field31<TParameters>, uint>(ref tile[0]);
        _constants = ref core.LaneConstants[0];
    }

    public static void Permute(Poseidon2Core<TParameters> core, Span<Field31<TParameters>> tile)
    {
        var kernel = new Poseidon2Tile<TParameters>(core, tile);
        LaneDispatch.RunLanes(ref kernel);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public void Run<TLanes>() where TLanes : struct, ILanes<TLanes>
    {
        const int Half = PoseidonInstance<TParameters>.FullRounds / 2;
        int width = _core.Instance.Width, second = _core.FirstPartial + _core.Instance.PartialRounds;
        for (int state = 0; state < States; state += TLanes.Count)
        {
            ref uint at = ref Unsafe.Add(ref _tile, state);
            Poseidon2Rounds<TParameters, TLanes>.External(ref at, width);
            for (int i = 0; i < Half; i++) Poseidon2Rounds<TParameters, TLanes>.Full(ref at, ref Unsafe.Add(ref _constants, i * width), width);
            Poseidon2Partial<TParameters, TLanes>.Run(_core, ref at, ref Unsafe.NullRef<uint>());
            for (int i = 0; i < Half; i++) Poseidon2Rounds<TParameters, TLanes>.Full(ref at, ref Unsafe.Add(ref _constants, second + i * width), width);
        }
    }
}
