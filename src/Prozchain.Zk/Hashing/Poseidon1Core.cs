using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// Poseidon (eprint 2019/458) over a field of 31 bits: the readable scalar reference. Half of the full rounds, the
/// partial rounds, the other half; every round adds a constant to each element, applies the S-box to all or to the first,
/// then multiplies by one circulant matrix.
/// </summary>
internal sealed class Poseidon1Core<TParameters> where TParameters : struct, IField31Parameters
{
    private const int HalfFull = PoseidonInstance<TParameters>.FullRounds / 2;

    private readonly PoseidonInstance<TParameters> _instance;
    private readonly Field31<TParameters>[] _constants;

    private Poseidon1Core(PoseidonInstance<TParameters> instance)
    {
        _instance = instance;
        _constants = instance.Constants((2 * HalfFull + instance.PartialRounds) * instance.Width);
    }

    public static Poseidon1Core<TParameters> Width16 { get; } = new(PoseidonInstance<TParameters>.Width16);

    public static Poseidon1Core<TParameters> Width24 { get; } = new(PoseidonInstance<TParameters>.Width24);

    public PoseidonInstance<TParameters> Instance => _instance;

    /// <summary>A state's worth for each round.</summary>
    public Field31<TParameters>[] Constants => _constants;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Permute(Span<Field31<TParameters>> state)
    {
        int width = _instance.Width, rounds = 2 * HalfFull + _instance.PartialRounds;
        if (state.Length != width) throw new ArgumentException($"Expected a state of {width} elements, got {state.Length}.", nameof(state));
        Span<Field31<TParameters>> mixed = stackalloc Field31<TParameters>[width];
        for (int round = 0; round < rounds; round++)
        {
            ReadOnlySpan<Field31<TParameters>> constants = _constants.AsSpan(round * width, width);
            for (int i = 0; i < width; i++) state[i] += constants[i];
            bool isFull = round < HalfFull || round >= HalfFull + _instance.PartialRounds;
            int boxes = isFull ? width : 1;
            for (int i = 0; i < boxes; i++) state[i] = PoseidonInstance<TParameters>.SBox(state[i]);
            Multiply(_instance.Circulant, state, mixed);
            mixed.CopyTo(state);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(ReadOnlySpan<Field31<TParameters>> row, ReadOnlySpan<Field31<TParameters>> state, Span<Field31<TParameters>> product)
    {
        for (int i = 0; i < product.Length; i++)
        {
            Field31<TParameters> sum = default;
            for (int j = i; j < row.Length; j++) sum += row[j - i] * state[j];
            for (int j = 0; j < i; j++) sum += row[row.Length - i + j] * state[j];
            product[i] = sum;
        }
    }
}
