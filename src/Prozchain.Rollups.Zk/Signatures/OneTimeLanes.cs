using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// Sixteen one-time keys at once: climbs their chains from wherever they stand to their ends, and hashes the ends to
/// leaves. Each lane climbs chains of its own, so that lanes stay full although their digits differ.
/// </summary>
internal sealed class OneTimeLanes<TPermutation>(Compressor<TPermutation> compressor) where TPermutation : struct, IPermutation<F>
{
    private const int Lanes = Compressor<TPermutation>.Lanes, Chains = HashSignature.Chains, End = HashSignature.Places - 1;
    private const int Elements = HashSignature.ValueElements, ParameterRow = Elements, IndexRow = 8, TagRow = 9, StateElements = 6;

    private static readonly F[] s_chainTags = [.. Enumerable.Range(0, Chains * HashSignature.Places).Select(i => F.FromUInt32(HashSignature.ChainKind + (uint)i))];
    private static readonly F s_leafTag = F.FromUInt32(HashSignature.LeafKind);

    private readonly F[] _values = new F[Chains * Elements * Lanes], _parameters = new F[HashSignature.ParameterElements * Lanes], _indexes = new F[Lanes];
    private readonly byte[] _places = new byte[Chains * Lanes];

    public void SetKey(int lane, ReadOnlySpan<F> parameter, F index)
    {
        for (int i = 0; i < parameter.Length; i++) _parameters[Lanes * i + lane] = parameter[i];
        _indexes[lane] = index;
    }

    public ref F Value(int lane, int chain, int element) => ref _values[(Elements * chain + element) * Lanes + lane];

    /// <summary>Where each chain of a lane stands.</summary>
    public Span<byte> Places(int lane) => _places.AsSpan(Chains * lane, Chains);

    /// <summary>The element that tells the step from a place of a chain apart from all others.</summary>
    public static F ChainTag(int chain, int place) => s_chainTags[HashSignature.Places * chain + place];

    /// <summary>Brings every chain of the first lanes to its end. Returns how many runs that took.</summary>
    public int Climb(int lanes)
    {
        Span<int> at = stackalloc int[lanes];
        int busy = 0, runs = 0;
        for (int s = 0; s < lanes; s++)
        {
            at[s] = Next(s, 0);
            if (at[s] < Chains) busy++;
        }
        _parameters.CopyTo(compressor.From(ParameterRow));
        _indexes.CopyTo(compressor.From(IndexRow));
        compressor.From(TagRow + 1).Clear();
        for (; busy > 0; runs++)
        {
            Span<F> input = compressor.From(0);
            for (int s = 0; s < lanes; s++)
            {
                if (at[s] == Chains) continue;
                int from = Elements * Lanes * at[s] + s;
                for (int i = 0; i < Elements; i++) input[Lanes * i + s] = _values[from + Lanes * i];
                input[Lanes * TagRow + s] = ChainTag(at[s], _places[Chains * s + at[s]]);
            }
            ReadOnlySpan<F> output = compressor.Run(Elements);
            for (int s = 0; s < lanes; s++)
            {
                if (at[s] == Chains) continue;
                int to = Elements * Lanes * at[s] + s;
                for (int i = 0; i < Elements; i++) _values[to + Lanes * i] = output[Lanes * i + s];
                if (++_places[Chains * s + at[s]] < End) continue;
                at[s] = Next(s, at[s] + 1);
                if (at[s] == Chains) busy--;
            }
        }
        return runs;
    }

    /// <summary>The leaves of all lanes, whose chains are at their ends, row by row, until the compressor's next run.</summary>
    public ReadOnlySpan<F> Leaves()
    {
        Span<F> state = compressor.From(0);
        _parameters.CopyTo(state);
        _indexes.CopyTo(state[_parameters.Length..]);
        state.Slice(4 * Lanes, Lanes).Fill(s_leafTag);
        state.Slice(5 * Lanes, Lanes).Clear();
        ReadOnlySpan<F> output = default;
        for (int chain = 0; chain < Chains; chain += 2)
        {
            _values.AsSpan(Elements * Lanes * chain, 2 * Elements * Lanes).CopyTo(compressor.From(StateElements));
            output = compressor.Run(StateElements);
            output.CopyTo(state);
        }
        return output[..(Elements * Lanes)];
    }

    public void Clear() => Array.Clear(_values);

    private int Next(int lane, int chain)
    {
        while (chain < Chains && _places[Chains * lane + chain] == End) chain++;
        return chain;
    }
}
