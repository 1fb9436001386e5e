using Prozchain.Rollups.Zk.Ports;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>A tree of nine keys and what it signed; made once for each hash, since a signature is a million permutations.</summary>
internal static class Wallet<TPermutation> where TPermutation : struct, IPermutation<F>
{
    public const int Height = 2, Signed = 4;

    public static byte[] Seed { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static HashKeyTree<TPermutation> Tree { get; } = HashKeyTree<TPermutation>.Generate(Seed, Height);

    /// <summary>Of lengths about the edges of limbs and blocks; the last is as long as a payment's.</summary>
    public static byte[][] Messages { get; } = [.. new[] { 0, 20, 23, 198 }.Select(length => Enumerable.Range(0, length).Select(i => (byte)(7 * i + length)).ToArray())];

    /// <summary>Signature i is of message i, by key 2 i + 1.</summary>
    public static byte[][] Signatures { get; } = [.. Enumerable.Range(0, Signed).Select(i => Sign((uint)(2 * i + 1), Messages[i]))];

    public static byte[] Key => Tree.PublicKey.ToArray();

    private static byte[] Sign(uint index, byte[] message)
    {
        var signature = new byte[HashSignature.SizeOf(Height)];
        Tree.Sign(index, message, signature);
        return signature;
    }
}

/// <summary>A store in memory, which notes what it was told.</summary>
internal sealed class MemoryStore(uint next = 0) : IKeyIndexStore
{
    public List<uint> Told { get; } = [];

    public uint Next { get; private set; } = next;

    public void Advance(uint next)
    {
        Assert.True(next >= Next, $"Expected an index from {Next} on, got {next}.");
        Told.Add(Next = next);
    }
}
