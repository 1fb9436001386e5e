using System.Buffers.Binary;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>
/// A signature by a one-time key whose tree is not made: the siblings of its path are random, so that any height and index cost the same.
/// </summary>
internal sealed class SampleSignature<TCells> where TCells : struct, IPermutationCells<F>
{
    // Where the search for the counter begins: Poseidon1 would take ten seconds from 0.
    private static readonly uint s_lowFrom = typeof(TCells) == typeof(Poseidon1Cells) ? 2_381_504u : 0;

    private static readonly Lazy<SampleSignature<TCells>> s_low = new(() => new(4, 0, 1, s_lowFrom));
    private static readonly Lazy<SampleSignature<TCells>[]> s_all = new(() => [Low, new(7, 1234, 2), new(10, 59048, 3)]);

    private readonly SeededRandom _random;
    private readonly F[] _parameter, _starts, _siblings;

    private SampleSignature(int height, uint index, ulong seed, uint from = 0)
    {
        _random = new SeededRandom(seed);
        (Height, Index) = (height, index);
        (_parameter, _starts, _siblings) = (Elements(3), Elements(64 * 5), Elements(height * 10));
        F[] random = Elements(4), root = Root();
        Message = [.. BitConverter.GetBytes(seed), 1, 2, 3];
        PublicKey = [3, .. Bytes(root), .. Bytes(_parameter)];
        var compressor = new Compressor<TCells>();
        var messages = new MessageLanes<TCells>(compressor);
        messages.Load(0, random, _parameter, F.FromUInt32(index), Message);
        messages.Run(1);
        Digest = [.. Enumerable.Range(0, 8).Select(i => messages.Digests[16 * i])];
        Codeword.Prepare(compressor, messages.Digests);
        for (int s = 0; s < 16; s++)
        {
            Codeword.SetKey(compressor, s, F.FromUInt32(index), root);
            for (int i = 0; i < 8; i++) compressor.From(i)[s] = Digest[i];
        }
        (uint counter, byte[] digits) = FindCounter(compressor, from);
        Signature = [3, .. Word(index), .. Bytes(random), .. Word(counter), .. Bytes([.. Enumerable.Range(0, 64).SelectMany(chain => ValueAt(chain, digits[chain]))]), .. Bytes(_siblings)];
    }

    /// <summary>Under 4 levels, with the first index; made once, as a signature takes a million permutations.</summary>
    public static SampleSignature<TCells> Low => s_low.Value;

    /// <summary>Three, under 4, 7 and 10 levels, with the first, some and the last index.</summary>
    public static SampleSignature<TCells>[] All => s_all.Value;

    public int Height { get; }

    public uint Index { get; }

    public byte[] Message { get; }

    public byte[] PublicKey { get; }

    public byte[] Signature { get; }

    public F[] Digest { get; }

    public SignatureWitness Witness(uint number) => SignatureWitness.Read<TCells>(number, Digest, PublicKey, Signature);

    /// <summary>What whoever knows the key may show of a chain.</summary>
    public F[] ValueAt(int chain, int place)
    {
        F[] value = _starts[(5 * chain)..(5 * chain + 5)];
        for (int t = 0; t < place; t++)
            value = Compress([.. value, .. _parameter, F.FromUInt32(Index), F.FromUInt32((1u << 16) + 4 * (uint)chain + (uint)t)], 5);
        return value;
    }

    /// <summary>What a transaction says is signed.</summary>
    public static F[] Signed(SignatureWitness witness) =>
        [F.FromUInt32(witness.Number), .. witness.Root.Span, .. witness.Parameter.Span, F.FromUInt32(witness.Index), .. witness.Digest.Span];

    private F[] Root()
    {
        F[] state = [.. _parameter, F.FromUInt32(Index), F.FromUInt32(3 << 16), F.Zero];
        for (int chain = 0; chain < 64; chain += 2) state = Compress([.. state, .. ValueAt(chain, 3), .. ValueAt(chain + 1, 3)], 6);
        uint rest = Index;
        for (int level = 0; level < Height; level++, rest /= 3)
        {
            List<F> children = [.. _siblings[(10 * level)..(10 * level + 10)]];
            children.InsertRange(5 * (int)(rest % 3), state[..5]);
            state = Compress([.. children, F.FromUInt32((4u << 16) + (uint)level)], 6);
        }
        return state[..5];
    }

    private static (uint Counter, byte[] Digits) FindCounter(Compressor<TCells> compressor, uint from)
    {
        byte[] digits = new byte[64];
        for (uint counter = from; ; counter += 16)
        {
            Span<F> counters = Codeword.Counters(compressor);
            for (int s = 0; s < 16; s++) counters[s] = F.FromUInt32(counter + (uint)s);
            ReadOnlySpan<F> hash = Codeword.Run(compressor);
            for (int s = 0; s < 16; s++)
            {
                if (!Codeword.HitsTarget(hash, s)) continue;
                Codeword.Read(hash, s, digits);
                return (counter + (uint)s, digits);
            }
        }
    }

    private static F[] Compress(F[] input, int kept)
    {
        F[] padded = new F[16], output = new F[kept];
        input.CopyTo(padded, 0);
        PermutationCells.Compress<TCells, F>(padded, 0, output);
        return output;
    }

    private F[] Elements(int count) => [.. Enumerable.Range(0, count).Select(_ => F.FromUInt32((uint)_random.NextUInt64(F.Modulus)))];

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(F[] elements) => [.. elements.SelectMany(element => Word(element.ToUInt32()))];
}
