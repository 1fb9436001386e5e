using System.Buffers.Binary;
using System.Diagnostics;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Signatures;

/// <summary>
/// A tree of one-time keys, of which each may sign one message (docs/formats/rollups-zk-signature.md). It signs through
/// <see cref="HashSigner{TPermutation}"/>, which sees to that. Not thread-safe.
/// </summary>
/// <typeparam name="TPermutation">The hash, of width 16 over KoalaBear: Poseidon1 or Poseidon2.</typeparam>
public sealed class HashKeyTree<TPermutation> : IDisposable where TPermutation : struct, IPermutation<F>
{
    /// <summary>Length of a seed in bytes: 32.</summary>
    public const int SeedSize = 32;

    private const int Lanes = Compressor<TPermutation>.Lanes, Width = Compressor<TPermutation>.Width;
    private const int Elements = HashSignature.ValueElements, Arity = HashSignature.Arity, Chains = HashSignature.Chains;

    private readonly Compressor<TPermutation> _compressor = new();
    private readonly MessageLanes<TPermutation> _messages;
    private readonly KeySecret _secret;
    private readonly F[] _parameter = new F[HashSignature.ParameterElements];
    private readonly F[][] _levels;
    private readonly byte[] _publicKey = new byte[HashSignature.KeySize];

    private HashKeyTree(KeySecret secret, int height)
    {
        (_secret, Height, Capacity) = (secret, height, HashSignature.Capacity(height));
        _messages = new MessageLanes<TPermutation>(_compressor);
        _levels = new F[height + 1][];
        for (int level = 0, nodes = Capacity; level <= height; level++, nodes /= Arity) _levels[level] = new F[nodes * Elements];
        _secret.Parameter(_parameter);
    }

    /// <summary>The scheme byte 3, the root and the parameter: 33 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Levels of the tree.</summary>
    public int Height { get; }

    /// <summary>Number of one-time keys: 3^<see cref="Height"/>.</summary>
    public int Capacity { get; }

    private ReadOnlySpan<F> Root => _levels[^1];

    /// <summary>Makes all one-time keys, and the tree over them. The same arguments give the same tree on every machine.</summary>
    /// <remarks>About 225 permutations for each key: at height 7 0.15 s with Poseidon2 and 1 s with Poseidon1, on a core with wide vectors.</remarks>
    /// <param name="seed">32 bytes that nobody else knows; may serve any number of trees, whose height or number differs.</param>
    /// <param name="height">1 to 10.</param>
    /// <param name="number">Which tree of this seed and height: a rotated key takes the next.</param>
    /// <param name="progress">Told how many one-time keys are made.</param>
    /// <exception cref="ArgumentException">Not 32 bytes, or no such height.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static HashKeyTree<TPermutation> Generate(
        ReadOnlySpan<byte> seed, int height = HashSignature.DefaultHeight, uint number = 0, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        if (seed.Length != SeedSize) throw new ArgumentException($"Expected {SeedSize} bytes, got {seed.Length}.", nameof(seed));
        HashSignature.Capacity(height);
        Span<F> permuted = stackalloc F[Width];
        permuted.Clear();
        TPermutation.Permute(permuted);
        var tree = new HashKeyTree<TPermutation>(new KeySecret(seed, height, number, permuted), height);
        try
        {
            tree.MakeLeaves(progress, cancellationToken);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
        tree.MakeNodes();
        return tree;
    }

    /// <summary>Forgets the secret.</summary>
    public void Dispose() => _secret.Dispose();

    /// <summary>Signs with a one-time key, which must sign nothing else ever again; the same message gives the same bytes.</summary>
    /// <param name="from">The first counter to try: who knows the least one that serves is spared the search.</param>
    internal void Sign(uint index, ReadOnlySpan<byte> message, Span<byte> signature, uint from = 0)
    {
        F element = F.FromUInt32(index);
        Span<F> random = stackalloc F[HashSignature.RandomElements], value = stackalloc F[Elements];
        Span<byte> digits = stackalloc byte[Chains];
        _secret.Randomiser(index, message, random);
        _messages.Load(0, random, _parameter, element, message);
        _messages.Run(1);
        uint counter = FindCodeword(element, from, digits);

        signature[0] = HashSignature.Scheme;
        BinaryPrimitives.WriteUInt32LittleEndian(signature[HashSignature.IndexAt..], index);
        Write(random, signature[HashSignature.RandomAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(signature[HashSignature.CounterAt..], counter);
        for (int chain = 0; chain < Chains; chain++)
        {
            _secret.ChainStart(index, chain, value);
            for (int place = 0; place < digits[chain]; place++) Step(element, chain, place, value);
            Write(value, signature[(HashSignature.ValuesAt + HashSignature.ValueSize * chain)..]);
        }
        Span<byte> path = signature[HashSignature.PathAt..];
        for (int level = 0, at = (int)index; level < Height; level++, at /= Arity)
        {
            int first = at - at % Arity;
            for (int node = first; node < first + Arity; node++)
            {
                if (node == at) continue;
                Write(_levels[level].AsSpan(Elements * node, Elements), path);
                path = path[HashSignature.ValueSize..];
            }
        }
    }

    // About 2^20 tries, sixteen at once; the lowest counter is taken, so that the bytes are the same with any lanes.
    private uint FindCodeword(F index, uint from, Span<byte> digits)
    {
        Span<F> digests = stackalloc F[HashSignature.DigestElements * Lanes];
        for (int i = 0; i < digests.Length; i++) digests[i] = _messages.Digests[i - i % Lanes];
        Codeword.Prepare(_compressor, digests);
        for (int s = 0; s < Lanes; s++) Codeword.SetKey(_compressor, s, index, Root);
        for (uint counter = from; counter < F.Modulus - Lanes; counter += Lanes)
        {
            Span<F> counters = Codeword.Counters(_compressor);
            for (int s = 0; s < Lanes; s++) counters[s] = F.FromUInt32(counter + (uint)s);
            ReadOnlySpan<F> hash = Codeword.Run(_compressor);
            for (int s = 0; s < Lanes; s++)
            {
                if (!Codeword.HitsTarget(hash, s)) continue;
                Codeword.Read(hash, s, digits);
                return counter + (uint)s;
            }
        }
        throw new UnreachableException("No codeword among 2^31: less likely than 2^-2000.");
    }

    private void MakeLeaves(IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var keys = new OneTimeLanes<TPermutation>(_compressor);
        Span<F> value = stackalloc F[Elements];
        for (int first = 0; first < Capacity; first += Lanes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int lanes = Math.Min(Lanes, Capacity - first);
            for (int s = 0; s < lanes; s++)
            {
                keys.SetKey(s, _parameter, F.FromUInt32((uint)(first + s)));
                keys.Places(s).Clear();
                for (int chain = 0; chain < Chains; chain++)
                {
                    _secret.ChainStart((uint)(first + s), chain, value);
                    for (int i = 0; i < Elements; i++) keys.Value(s, chain, i) = value[i];
                }
            }
            keys.Climb(lanes);
            ReadOnlySpan<F> leaves = keys.Leaves();
            for (int s = 0; s < lanes; s++)
                for (int i = 0; i < Elements; i++) _levels[0][Elements * (first + s) + i] = leaves[Lanes * i + s];
            progress?.Report(first + lanes);
        }
        value.Clear();
        _compressor.Clear();
    }

    private void MakeNodes()
    {
        Span<F> input = stackalloc F[Width];
        for (int level = 0; level < Height; level++)
        {
            input[Arity * Elements] = F.FromUInt32(HashSignature.NodeKind + (uint)level);
            for (int node = 0; node < _levels[level + 1].Length / Elements; node++)
            {
                _levels[level].AsSpan(Arity * Elements * node, Arity * Elements).CopyTo(input);
                Compressor<TPermutation>.One(input, _levels[level + 1].AsSpan(Elements * node, Elements));
            }
        }
        _publicKey[0] = HashSignature.Scheme;
        Write(Root, _publicKey.AsSpan(1));
        Write(_parameter, _publicKey.AsSpan(1 + HashSignature.ValueSize));
    }

    private void Step(F index, int chain, int place, Span<F> value)
    {
        Span<F> input = stackalloc F[Width];
        input.Clear();
        value.CopyTo(input);
        _parameter.CopyTo(input[Elements..]);
        input[Elements + _parameter.Length] = index;
        input[Elements + _parameter.Length + 1] = OneTimeLanes<TPermutation>.ChainTag(chain, place);
        Compressor<TPermutation>.One(input, value);
    }

    private static void Write(ReadOnlySpan<F> elements, Span<byte> bytes)
    {
        for (int i = 0; i < elements.Length; i++) elements[i].Write(bytes[(sizeof(uint) * i)..]);
    }
}
