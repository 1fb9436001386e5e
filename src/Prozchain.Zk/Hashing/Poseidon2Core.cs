using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Poseidon2 (eprint 2023/323) over a field of 31 bits: the readable scalar reference. First the external matrix; then
/// half of the full rounds, the partial rounds, the other half; a round adds constants, applies the S-box, then the
/// external or the internal matrix. 4 × 4 block of the external matrix: circ(2, 3, 1, 1), as Plonky3 has it.
/// </summary>
internal sealed class Poseidon2Core<TParameters> where TParameters : struct, IField31Parameters
{
    private const int HalfFull = PoseidonInstance<TParameters>.FullRounds / 2;

    private readonly PoseidonInstance<TParameters> _instance;
    private readonly Field31<TParameters>[] _constants;

    private Poseidon2Core(PoseidonInstance<TParameters> instance)
    {
        _instance = instance;
        _constants = instance.Constants(2 * HalfFull * instance.Width + instance.PartialRounds);
        Pairs = new(instance.Diagonal);
        LaneConstants = MemoryMarshal.Cast<Field31<TParameters>, uint>(_constants.AsSpan()).ToArray();
        for (int i = 0; i < LaneConstants.Length; i++)
            if (i < FirstPartial || i >= FirstPartial + instance.PartialRounds) LaneConstants[i] -= TParameters.Modulus;
    }

    public static Poseidon2Core<TParameters> Width16 { get; } = new(PoseidonInstance<TParameters>.Width16);

    public static Poseidon2Core<TParameters> Width24 { get; } = new(PoseidonInstance<TParameters>.Width24);

    /// <summary>In the order of their use: a state's worth for each full round, one for each partial round.</summary>
    public ReadOnlySpan<Field31<TParameters>> Constants => _constants;

    /// <summary>
    /// The constants' Montgomery forms; those of full rounds less p, mod 2^32, as <see cref="Poseidon2Rounds{TParameters, TLanes}"/>
    /// adds them.
    /// </summary>
    public uint[] LaneConstants { get; }

    /// <summary>Where the constants of the partial rounds begin.</summary>
    public int FirstPartial => HalfFull * _instance.Width;

    public Poseidon2Pairs<TParameters> Pairs { get; }

    public PoseidonInstance<TParameters> Instance => _instance;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Permute(Span<Field31<TParameters>> state)
    {
        int width = _instance.Width;
        if (state.Length != width) throw new ArgumentException($"Expected a state of {width} elements, got {state.Length}.", nameof(state));
        ReadOnlySpan<Field31<TParameters>> constants = _constants;
        External(state);
        for (int round = 0; round < HalfFull; round++) FullRound(state, constants.Slice(round * width, width));
        constants = constants[(HalfFull * width)..];
        for (int round = 0; round < _instance.PartialRounds; round++)
        {
            state[0] = PoseidonInstance<TParameters>.SBox(state[0] + constants[round]);
            Internal(state, _instance.Diagonal);
        }
        constants = constants[_instance.PartialRounds..];
        for (int round = 0; round < HalfFull; round++) FullRound(state, constants.Slice(round * width, width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FullRound(Span<Field31<TParameters>> state, ReadOnlySpan<Field31<TParameters>> constants)
    {
        for (int i = 0; i < state.Length; i++) state[i] = PoseidonInstance<TParameters>.SBox(state[i] + constants[i]);
        External(state);
    }

    // circ(2 M4, M4, …, M4): M4 on each four, then to each the sum over all fours.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void External(Span<Field31<TParameters>> state)
    {
        Span<Field31<TParameters>> sums = stackalloc Field31<TParameters>[4];
        sums.Clear();
        for (int at = 0; at < state.Length; at += 4)
        {
            Span<Field31<TParameters>> four = state.Slice(at, 4);
            Field31<TParameters> a = four[0], b = four[1], c = four[2], d = four[3], all = a + b + c + d;
            four[0] = all + a + b + b;
            four[1] = all + b + c + c;
            four[2] = all + c + d + d;
            four[3] = all + d + a + a;
            for (int i = 0; i < 4; i++) sums[i] += four[i];
        }
        for (int i = 0; i < state.Length; i++) state[i] += sums[i & 3];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Internal(Span<Field31<TParameters>> state, ReadOnlySpan<Field31<TParameters>> diagonal)
    {
        Field31<TParameters> sum = default;
        foreach (Field31<TParameters> element in state) sum += element;
        for (int i = 0; i < state.Length; i++) state[i] = sum + diagonal[i] * state[i];
    }
}
