using System.Numerics;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.State;

/// <summary>docs/formats/rollups-zk-state.md word for word: one message at a time, on lists. It shares nothing with the package but the permutation.</summary>
internal static class NaiveTree<TPermutation> where TPermutation : struct, IPermutation<F>
{
    private const uint Modulus = 0x7F000001;

    public static byte[] Hash(byte domain, byte[] message)
    {
        bool isPair = message.Length == 64;
        if (domain == 0 && isPair && IsNumber(message[..32])) return message[32..];
        if (domain == 0 && isPair && message[0] >= 0x80 && Words([(byte)(message[0] - 0x80), .. message[1..]]) is { } leaf) return Bytes(Compress(leaf)[4..12]);
        if (domain == 1 && isPair && Words(message) is { } node) return Bytes(Compress(node)[..8]);
        if (domain == 2 && Record(message) is { } record) return Bytes(Compress(record)[8..]);
        byte[] digest = Bytes(Sponge(domain, message));
        if (domain >= 0x20) digest[0] |= 0x80;
        return digest;
    }

    /// <summary>The root of the keys that agree in their first <paramref name="depth"/> bits.</summary>
    public static byte[] Root(IReadOnlyList<(byte[] Key, byte[] Value)> leaves, int depth = 0) => leaves.Count switch
    {
        0 => new byte[32],
        1 => Hash(0, [.. leaves[0].Key, .. Hash(2, leaves[0].Value)]),
        _ => Hash(1, [.. Root([.. leaves.Where(leaf => Bit(leaf.Key, depth) == 0)], depth + 1), .. Root([.. leaves.Where(leaf => Bit(leaf.Key, depth) == 1)], depth + 1)]),
    };

    /// <summary>π(x) + x.</summary>
    public static uint[] Compress(uint[] input)
    {
        F[] state = [.. input.Select(Element)], before = [.. state];
        TPermutation.Permute(state);
        return [.. state.Zip(before, (a, b) => (a + b).ToUInt32())];
    }

    /// <summary>The elements of an account's record, or null.</summary>
    public static uint[]? Record(byte[] value)
    {
        if (value.Length != 64) return null;
        BigInteger number = Integer(value[..4]), nonce = Integer(value[36..44]), next = Integer(value[44..48]), balance = Integer(value[48..]);
        if (number >= 1 << 30 || nonce >= BigInteger.One << 60 || next >= 1 << 30 || balance >= BigInteger.One << 120) return null;
        BigInteger[] key = [.. value[4..36].Chunk(4).Select(Integer)];
        if (key.Any(word => word >= Modulus)) return null;
        BigInteger limb = 1 << 30;
        BigInteger[] elements = [number, .. key, nonce % limb, nonce / limb, next, balance % limb, balance / limb % limb, balance / limb / limb % limb, balance / limb / limb / limb];
        return [.. elements.Select(element => (uint)element)];
    }

    /// <summary>Eight words as 32 bytes, big-endian.</summary>
    public static byte[] Bytes(uint[] words) => [.. words.SelectMany(word => BitConverter.GetBytes(word).Reverse())];

    private static uint[] Sponge(byte domain, byte[] message)
    {
        List<uint> elements = [.. message.Chunk(3).Select(limb => (uint)Integer(limb))];
        while (elements.Count % 8 != 0 || elements.Count == 0) elements.Add(0);
        uint[] state = [domain, (uint)message.Length, 0, 0, 0, 0, 0, 0];
        uint[][] blocks = [.. elements.Chunk(8)];
        foreach (uint[] block in blocks[..^1]) state = Compress([.. state, .. block])[..8];
        return Compress([.. state, .. blocks[^1]])[4..12];
    }

    private static bool IsNumber(byte[] key) => key[0] < 0x40 && key[4..].All(b => b == 0);

    private static uint[]? Words(byte[] bytes)
    {
        uint[] words = [.. bytes.Chunk(4).Select(word => (uint)word[0] << 24 | (uint)word[1] << 16 | (uint)word[2] << 8 | word[3])];
        return words.Any(word => word >= Modulus) ? null : words;
    }

    private static F Element(uint value) => F.FromUInt32(value);

    private static BigInteger Integer(byte[] bytes) => new(bytes, isUnsigned: true);

    private static int Bit(byte[] key, int depth) => key[depth / 8] >> (7 - depth % 8) & 1;
}
