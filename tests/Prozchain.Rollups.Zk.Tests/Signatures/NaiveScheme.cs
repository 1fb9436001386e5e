using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>
/// docs/formats/rollups-zk-signature.md word for word: one call at a time, on lists. It shares nothing with the package but the
/// permutation and BLAKE3.
/// </summary>
internal sealed class NaiveScheme<TPermutation> where TPermutation : struct, IPermutation<F>
{
    private readonly byte[] _prfKey;
    private readonly List<F[][]> _levels = [];
    private readonly F[] _parameter;

    public NaiveScheme(byte[] seed, int height, uint number)
    {
        var zero = new F[16];
        TPermutation.Permute(zero);
        _prfKey = Prf(seed, [.. "Prozchain hash key v0"u8, (byte)height, .. Word(number), .. zero.SelectMany(e => Word(e.ToUInt32()))]);
        _parameter = Draw([0], 3);
        int keys = 1;
        for (int i = 0; i < height; i++) keys *= 3;
        _levels.Add([.. Enumerable.Range(0, keys).Select(i => Leaf(_parameter, (uint)i, [.. Enumerable.Range(0, 64).Select(c => Climb(_parameter, (uint)i, c, 0, 3, Start((uint)i, c)))]))]);
        for (int level = 0; level < height; level++)
            _levels.Add([.. _levels[level].Chunk(3).Select(three => Compress([.. three[0], .. three[1], .. three[2], Element(4u << 16 | (uint)level)], 5))]);
        PublicKey = [3, .. Bytes(_levels[^1][0]), .. Bytes(_parameter)];
    }

    public byte[] PublicKey { get; }

    /// <summary>Signs with a counter that is given, whatever its digits sum to.</summary>
    public byte[] Sign(uint index, byte[] message, uint counter)
    {
        F[] random = Random(index, message);
        int[] digits = Digits(_levels[^1][0], index, Digest(random, _parameter, index, message), counter);
        var bytes = new List<byte> { 3 };
        bytes.AddRange(Word(index));
        bytes.AddRange(Bytes(random));
        bytes.AddRange(Word(counter));
        for (int chain = 0; chain < 64; chain++) bytes.AddRange(Bytes(Climb(_parameter, index, chain, 0, digits[chain], Start(index, chain))));
        for (int level = 0, at = (int)index; level < _levels.Count - 1; level++, at /= 3)
            for (int node = at - at % 3, i = 0; i < 3; i++, node++)
                if (node != at) bytes.AddRange(Bytes(_levels[level][node]));
        return [.. bytes];
    }

    /// <summary>The first counter whose digits sum to a target.</summary>
    public uint FindCounter(uint index, byte[] message, int target)
    {
        F[] digest = Digest(Random(index, message), _parameter, index, message);
        uint counter = 0;
        while (Digits(_levels[^1][0], index, digest, counter).Sum() != target) counter++;
        return counter;
    }

    public static bool Verify(byte[] key, byte[] message, byte[] signature, int target = 137)
    {
        int height = (signature.Length - 1305) / 40;
        if (key.Length != 33 || key[0] != 3 || height is < 1 or > 10 || signature.Length != 1305 + 40 * height || signature[0] != 3 || message.Length > 65536) return false;
        uint index = BinaryPrimitives.ReadUInt32LittleEndian(signature.AsSpan(1));
        if (index >= Math.Pow(3, height) || (height < 4 && Words(message) is not null)) return false;
        if (Elements(key[1..]) is not { } keyElements || Elements(signature[5..]) is not { } elements) return false;
        F[] root = keyElements[..5], parameter = keyElements[5..];
        int[] digits = Digits(root, index, Digest(elements[..4], parameter, index, message), elements[4].ToUInt32());
        if (digits.Sum() != target) return false;
        F[] node = Leaf(parameter, index, [.. Enumerable.Range(0, 64).Select(c => Climb(parameter, index, c, digits[c], 3, elements[(5 + 5 * c)..(10 + 5 * c)]))]);
        for (int level = 0, at = (int)index; level < height; level++, at /= 3)
        {
            List<F> children = [.. elements[(325 + 10 * level)..(335 + 10 * level)]];
            children.InsertRange(5 * (at % 3), node);
            node = Compress([.. children, Element(4u << 16 | (uint)level)], 5);
        }
        return node.SequenceEqual(root);
    }

    public static F[] Digest(F[] random, F[] parameter, uint index, byte[] message)
    {
        F[] state = [.. random, .. parameter, Element(index)];
        if (Words(message) is { } words)
        {
            F[][] blocks = [.. words.Chunk(8)];
            foreach (F[] block in blocks[..^1]) state = Compress([.. state, .. block], 8);
            return Compress([.. state, .. blocks[^1]], 12)[4..];
        }
        List<F> input = [Element((uint)message.Length)];
        foreach (byte[] limb in message.Chunk(3)) input.Add(Element(limb.Select((b, i) => (uint)b << 8 * i).Aggregate((a, b) => a | b)));
        while (input.Count % 8 != 0) input.Add(F.Zero);
        foreach (F[] block in input.Chunk(8)) state = Compress([.. state, .. block], 8);
        return state;
    }

    private static int[] Digits(F[] root, uint index, F[] digest, uint counter)
    {
        F[] hash = Compress([.. digest, Element(index), Element(2 << 16), .. root, Element(counter)], 6);
        return [.. Enumerable.Range(0, 64).Select(i => (int)(hash[i / 12].ToUInt32() >> 2 * (i % 12) & 3))];
    }

    private static F[] Climb(F[] parameter, uint index, int chain, int from, int to, F[] value)
    {
        for (int place = from; place < to; place++) value = Compress([.. value, .. parameter, Element(index), Element((uint)(1 << 16 | chain << 2 | place))], 5);
        return value;
    }

    private static F[] Leaf(F[] parameter, uint index, F[][] ends)
    {
        F[] state = [.. parameter, Element(index), Element(3 << 16), F.Zero];
        for (int chain = 0; chain < 64; chain += 2) state = Compress([.. state, .. ends[chain], .. ends[chain + 1]], 6);
        return state[..5];
    }

    private static F[] Compress(F[] input, int kept)
    {
        var state = new F[16];
        input.CopyTo(state, 0);
        TPermutation.Permute(state);
        return [.. Enumerable.Range(0, kept).Select(i => state[i] + (i < input.Length ? input[i] : F.Zero))];
    }

    private F[] Start(uint index, int chain) => Draw([1, .. Word(index), (byte)chain], 5);

    private F[] Random(uint index, byte[] message) => Draw([2, .. Word(index), .. Prf(_prfKey, [3, .. message])], 4);

    private F[] Draw(byte[] input, int count)
    {
        var drawn = new List<F>();
        for (uint block = 0; drawn.Count < count; block++)
            foreach (byte[] word in Prf(_prfKey, [.. input, .. Word(block)]).Chunk(4))
                if ((BitConverter.ToUInt32(word) & 0x7FFFFFFF) is < 0x7F000001 and var value && drawn.Count < count) drawn.Add(Element(value));
        return [.. drawn];
    }

    private static F Element(uint value) => F.FromUInt32(value);

    // The elements of a message in words, or null.
    private static F[]? Words(byte[] message) =>
        message.Length > 0 && message.Length % 32 == 0 && Elements(message) is { } words && words[0].ToUInt32() is >= 256 and < 512 ? words : null;

    private static F[]? Elements(byte[] bytes)
    {
        var elements = new F[bytes.Length / 4];
        for (int i = 0; i < elements.Length; i++)
            if (!F.TryRead(bytes.AsSpan(4 * i, 4), out elements[i])) return null;
        return elements;
    }

    private static byte[] Prf(byte[] key, byte[] input)
    {
        var output = new byte[32];
        Prozchain.Shared.Blake3.KeyedHash(key, input, output);
        return output;
    }

    private static byte[] Word(uint value) => BitConverter.GetBytes(value);

    private static byte[] Bytes(F[] elements) => [.. elements.SelectMany(e => Word(e.ToUInt32()))];
}
