using System.Security.Cryptography;
using Prozchain.Rollups.Zk.State;
using Prozchain.Rollups.Zk.Tests.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.State;

public sealed class Poseidon1TreeTests : PoseidonTreeTests<Poseidon1Width16<KoalaBear>>
{
    protected override string Fixture => "3028d2ca7657907705ee50116ca0846b2f86c01ee173ccb4ccf300a0dee6aa2b";
}

public sealed class Poseidon2TreeTests : PoseidonTreeTests<Poseidon2Width16<KoalaBear>>
{
    protected override string Fixture => "59ec843fc3815da82213f4a9e5abdb8a0829aec0c77c4286ea01a8c465ba3460";
}

/// <summary>The digests of the tree's messages, with any permutation.</summary>
public abstract class PoseidonTreeTests<TPermutation> where TPermutation : struct, IPermutation<F>
{
    private static readonly byte[] s_domains = [0x00, 0x01, 0x02, 0x20, 0x23, 0x26, 0xFF];
    private static readonly int[] s_lengths = [0, 1, 16, 23, 24, 25, 33, 48, 63, 64, 64, 64, 65, 100, 1024];

    /// <summary>SHA-256 of the digests of seeded messages of every domain and length.</summary>
    protected abstract string Fixture { get; }

    [Fact]
    public void Digests_OfSeededMessages_AreFrozen()
    {
        var random = new SeededRandom(1);
        var all = new List<byte>();
        foreach (byte domain in s_domains)
            foreach (int length in s_lengths) all.AddRange(Many(domain, length, [.. Enumerable.Range(0, 9).Select(_ => TreeMessages.Make(random, domain, length))]).SelectMany(digest => digest));
        string digest = Convert.ToHexStringLower(SHA256.HashData([.. all]));
        Assert.True(digest == Fixture, $"Expected {Fixture}, got {digest}.");
    }

    [Fact]
    public void HashMany_ByThePage_GivesTheSameDigests()
    {
        var random = new SeededRandom(2);
        foreach (byte domain in s_domains)
        {
            foreach (int length in s_lengths)
            {
                int count = length == 64 ? 70 : random.Next(20);
                byte[][] messages = [.. Enumerable.Range(0, count).Select(_ => TreeMessages.Make(random, domain, length))];
                byte[][] digests = Many(domain, length, messages);
                for (int i = 0; i < count; i++) Assert.Equal(NaiveTree<TPermutation>.Hash(domain, messages[i]), digests[i]);
            }
        }
    }

    [Fact]
    public void HashMany_HostileBytes_AgreesWithThePageAndNeverThrows()
    {
        var random = new SeededRandom(3);
        foreach (byte domain in s_domains[..4])
            HostileBytes.Feed([TreeMessages.Make(random, domain, 64), TreeMessages.Record(random), [.. TreeMessages.Key(77), .. new byte[32]]], bytes =>
                Assert.Equal(NaiveTree<TPermutation>.Hash(domain, bytes.ToArray()), Many(domain, bytes.Length, [bytes.ToArray()])[0]), 200);
    }

    [Fact]
    public void Hash_OfARecord_ChangesWithEveryBit()
    {
        byte[] record = TreeMessages.Record(new SeededRandom(4));
        byte[][] all = [record, .. Enumerable.Range(0, 8 * record.Length).Select(bit => (byte[])[.. record[..(bit / 8)], (byte)(record[bit / 8] ^ 1 << bit % 8), .. record[(bit / 8 + 1)..]])];
        Assert.Equal(all.Length, Many(2, 64, all).Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [InlineData(0x01, 64, 1)]
    [InlineData(0x02, 64, 1)]
    [InlineData(0x20, 33, 2)]
    [InlineData(0x21, 37, 2)]
    [InlineData(0x23, 4, 1)]
    [InlineData(0x26, 0, 1)]
    [InlineData(0x02, 1024, 43)]
    public void HashMany_Sixteen_TakesThePagesPermutations(byte domain, int length, int expected)
    {
        var random = new SeededRandom(5);
        byte[][] messages = [.. Enumerable.Range(0, 16).Select(_ => domain == 2 && length == 64 ? TreeMessages.Record(random) : new byte[length])];
        Assert.Equal(expected, Count(domain, length, messages));
    }

    [Fact]
    public void HashMany_Leaves_TakesOnePermutationForAHashedKeyAndNoneForANumber()
    {
        byte[] numbered = [.. TreeMessages.Key(5), .. new byte[32]], hashed = [0x80, .. new byte[63]];
        Assert.Equal(0, Count(0, 64, [numbered, numbered]));
        // Sixteen of either fill the lanes, whatever stands between them.
        Assert.Equal(2, Count(0, 64, [.. Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? numbered : hashed)]));
    }

    [Fact]
    public void HashMany_Warm_AllocatesNothing()
    {
        var random = new SeededRandom(6);
        byte[] pairs = [.. Enumerable.Range(0, 40).SelectMany(_ => TreeMessages.Make(random, 0, 64))], digests = new byte[40 * 32];
        AllocationAssert.None(() =>
        {
            foreach (byte domain in s_domains) PoseidonTree<TPermutation>.HashMany(domain, pairs, 64, digests);
            PoseidonTree<TPermutation>.HashMany(0x20, pairs.AsSpan(0, 33), 33, digests.AsSpan(0, 32));
        });
    }

    private static byte[][] Many(byte domain, int length, byte[][] messages)
    {
        var digests = new byte[32 * messages.Length];
        PoseidonTree<TPermutation>.HashMany(domain, messages.SelectMany(m => m).ToArray(), length, digests);
        return [.. digests.Chunk(32)];
    }

    private static int Count(byte domain, int length, byte[][] messages)
    {
        CountingPermutation<TPermutation>.Tiles = 0;
        PoseidonTree<CountingPermutation<TPermutation>>.HashMany(domain, messages.SelectMany(m => m).ToArray(), length, new byte[32 * messages.Length]);
        return CountingPermutation<TPermutation>.Tiles;
    }
}
