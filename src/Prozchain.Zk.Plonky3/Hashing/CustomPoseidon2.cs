using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Plonky3.Hashing;

/// <summary>Poseidon2 (eprint 2023/323) with the caller's constants; scalar.</summary>
internal sealed class CustomPoseidon2<TPrime> : FieldPermutation<Field31<TPrime>> where TPrime : struct, IField31Parameters
{
    private readonly Field31<TPrime>[][] _initial, _final;
    private readonly Field31<TPrime>[] _internal, _diagonal;
    private readonly ulong _degree;

    public CustomPoseidon2(Plonky3Poseidon2 constants, ulong degree)
    {
        ArgumentNullException.ThrowIfNull(constants);
        if (constants.Diagonal.Length is not (16 or 24)) throw new ArgumentException($"Expected a width of 16 or 24, got {constants.Diagonal.Length}.", nameof(constants));
        _diagonal = Convert(constants.Diagonal, constants.Diagonal.Length);
        _internal = Convert(constants.Internal, constants.Internal.Length);
        _initial = [.. constants.ExternalInitial.Select(round => Convert(round, Width))];
        _final = [.. constants.ExternalFinal.Select(round => Convert(round, Width))];
        _degree = degree;
    }

    public override int Width => _diagonal.Length;

    public override void Permute(Span<Field31<TPrime>> state)
    {
        External(state);
        foreach (Field31<TPrime>[] constants in _initial) FullRound(state, constants);
        foreach (Field31<TPrime> constant in _internal)
        {
            state[0] = FieldMath.Power(state[0] + constant, _degree);
            Field31<TPrime> sum = default;
            foreach (Field31<TPrime> element in state) sum += element;
            for (int i = 0; i < state.Length; i++) state[i] = sum + _diagonal[i] * state[i];
        }
        foreach (Field31<TPrime>[] constants in _final) FullRound(state, constants);
    }

    private void FullRound(Span<Field31<TPrime>> state, Field31<TPrime>[] constants)
    {
        for (int i = 0; i < state.Length; i++) state[i] = FieldMath.Power(state[i] + constants[i], _degree);
        External(state);
    }

    // circ(2 M, M, ..., M) with M = circ(2, 3, 1, 1).
    private static void External(Span<Field31<TPrime>> state)
    {
        Span<Field31<TPrime>> sums = stackalloc Field31<TPrime>[4];
        sums.Clear();
        for (int at = 0; at < state.Length; at += 4)
        {
            Span<Field31<TPrime>> block = state.Slice(at, 4);
            (Field31<TPrime> a, Field31<TPrime> b, Field31<TPrime> c, Field31<TPrime> d) = (block[0], block[1], block[2], block[3]);
            Field31<TPrime> all = a + b + c + d;
            (block[0], block[1], block[2], block[3]) = (all + a + b + b, all + b + c + c, all + c + d + d, all + d + a + a);
            for (int i = 0; i < 4; i++) sums[i] += block[i];
        }
        for (int i = 0; i < state.Length; i++) state[i] += sums[i & 3];
    }

    private static Field31<TPrime>[] Convert(ReadOnlyMemory<uint> values, int expected)
    {
        if (values.Length != expected) throw new ArgumentException($"Expected {expected} constants, got {values.Length}.", nameof(values));
        return Array.ConvertAll(values.ToArray(), Field31<TPrime>.FromUInt32);
    }
}
