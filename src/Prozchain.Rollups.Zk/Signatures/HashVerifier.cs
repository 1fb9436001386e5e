using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// Verifies hash-based signatures (docs/formats/rollups-zk-signature.md), sixteen at a time in vector lanes: give it many at
/// once. Signatures and keys of other schemes are not valid. Allocates nothing once it has met the longest message. Not
/// thread-safe: one for each thread.
/// </summary>
/// <typeparam name="TPermutation">The hash, of width 16 over KoalaBear: Poseidon1 or Poseidon2.</typeparam>
public sealed class HashVerifier<TPermutation> : ISignatureVerifier where TPermutation : struct, IPermutation<F>
{
    private const int Lanes = Compressor<TPermutation>.Lanes, Elements = HashSignature.ValueElements, Siblings = (HashSignature.Arity - 1) * Elements;
    private const int TagRow = 15;

    private readonly Compressor<TPermutation> _compressor = new();
    private readonly MessageLanes<TPermutation> _messages;
    private readonly OneTimeLanes<TPermutation> _keys;
    private readonly F[] _roots = new F[Lanes * Elements], _indexElements = new F[Lanes], _counters = new F[Lanes], _nodes = new F[Elements * Lanes];
    private readonly F[] _paths = new F[Lanes * HashSignature.MaxHeight * Siblings];
    private readonly uint[] _indexes = new uint[Lanes];
    private readonly int[] _heights = new int[Lanes], _claims = new int[Lanes];
    private readonly bool[] _valid = new bool[Lanes];

    /// <summary>A verifier with its buffers, about 30 kB.</summary>
    /// <exception cref="NotSupportedException">The permutation's width is not 16.</exception>
    public HashVerifier()
    {
        _messages = new MessageLanes<TPermutation>(_compressor);
        _keys = new OneTimeLanes<TPermutation>(_compressor);
    }

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!TryLoad(0, publicKey, message, signature)) return false;
        Run(1);
        return _valid[0];
    }

    /// <inheritdoc/>
    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
    {
        if (results.Length < claims.Length) throw new ArgumentException($"Expected room for {claims.Length} results, got {results.Length}.", nameof(results));
        int lanes = 0;
        for (int i = 0; i < claims.Length; i++)
        {
            results[i] = false;
            if (TryLoad(lanes, claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span)) _claims[lanes++] = i;
            if (lanes < Lanes && (i + 1 < claims.Length || lanes == 0)) continue;
            Run(lanes);
            for (int s = 0; s < lanes; s++) results[_claims[s]] = _valid[s];
            lanes = 0;
        }
    }

    // What is not canonical is refused here; from here on there are elements only.
    private bool TryLoad(int lane, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        int height = HashSignature.HeightOf(signature);
        if (height == 0 || publicKey.Length != HashSignature.KeySize || publicKey[0] != HashSignature.Scheme || message.Length > HashSignature.MaxMessageSize) return false;
        uint index = BinaryPrimitives.ReadUInt32LittleEndian(signature[HashSignature.IndexAt..]);
        if (index >= (uint)HashSignature.Capacity(height) || (height < HashSignature.LeastHeightForWords && HashSignature.IsWords(message))) return false;
        Span<F> parameter = stackalloc F[HashSignature.ParameterElements], random = stackalloc F[HashSignature.RandomElements];
        if (!TryRead(publicKey[1..], _roots.AsSpan(Elements * lane, Elements)) || !TryRead(publicKey[(1 + HashSignature.ValueSize)..], parameter)
            || !TryRead(signature[HashSignature.RandomAt..], random) || !TryRead(signature[HashSignature.CounterAt..], _counters.AsSpan(lane, 1))
            || !TryRead(signature[HashSignature.PathAt..], _paths.AsSpan(HashSignature.MaxHeight * Siblings * lane, height * Siblings))) return false;
        ReadOnlySpan<byte> values = signature[HashSignature.ValuesAt..HashSignature.PathAt];
        for (int chain = 0; chain < HashSignature.Chains; chain++)
            for (int i = 0; i < Elements; i++, values = values[sizeof(uint)..])
                if (!F.TryRead(values[..sizeof(uint)], out _keys.Value(lane, chain, i))) return false;
        (_indexes[lane], _heights[lane], _indexElements[lane]) = (index, height, F.FromUInt32(index));
        _keys.SetKey(lane, parameter, _indexElements[lane]);
        _messages.Load(lane, random, parameter, _indexElements[lane], message);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, Span<F> elements)
    {
        for (int i = 0; i < elements.Length; i++)
            if (!F.TryRead(bytes.Slice(sizeof(uint) * i, sizeof(uint)), out elements[i])) return false;
        return true;
    }

    private void Run(int lanes)
    {
        _messages.Run(lanes);
        Codeword.Prepare(_compressor, _messages.Digests);
        for (int s = 0; s < lanes; s++) Codeword.SetKey(_compressor, s, _indexElements[s], _roots.AsSpan(Elements * s, Elements));
        _counters.CopyTo(Codeword.Counters(_compressor));
        ReadOnlySpan<F> hash = Codeword.Run(_compressor);
        bool isAny = false;
        for (int s = 0; s < lanes; s++)
        {
            isAny |= _valid[s] = Codeword.HitsTarget(hash, s);
            // A lane that is refused has nothing to climb, so that a run takes what a valid signature takes.
            if (_valid[s]) Codeword.Read(hash, s, _keys.Places(s));
            else _keys.Places(s).Fill(HashSignature.Places - 1);
        }
        if (!isAny) return;
        _keys.Climb(lanes);
        _keys.Leaves().CopyTo(_nodes);
        int levels = 0;
        for (int s = 0; s < lanes; s++) levels = Math.Max(levels, _heights[s]);
        for (int level = 0; level < levels; level++) Ascend(level, lanes);
        for (int s = 0; s < lanes; s++)
            for (int i = 0; i < Elements; i++) _valid[s] &= _nodes[Lanes * i + s] == _roots[Elements * s + i];
    }

    private void Ascend(int level, int lanes)
    {
        Span<F> input = _compressor.From(0);
        input.Slice(Lanes * TagRow, Lanes).Fill(F.FromUInt32(HashSignature.NodeKind + (uint)level));
        for (int s = 0; s < lanes; s++)
        {
            (_indexes[s], uint place) = Math.DivRem(_indexes[s], (uint)HashSignature.Arity);
            ReadOnlySpan<F> siblings = _paths.AsSpan((HashSignature.MaxHeight * s + level) * Siblings, Siblings);
            for (int child = 0, sibling = 0; child < HashSignature.Arity; child++)
            {
                bool isOwn = child == (int)place;
                for (int i = 0; i < Elements; i++) input[Lanes * (Elements * child + i) + s] = isOwn ? _nodes[Lanes * i + s] : siblings[Elements * sibling + i];
                if (!isOwn) sibling++;
            }
        }
        ReadOnlySpan<F> output = _compressor.Run(Elements);
        for (int s = 0; s < lanes; s++)
            for (int i = s; level < _heights[s] && i < output.Length; i += Lanes) _nodes[i] = output[i];
    }
}
