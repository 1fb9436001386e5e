using System.Numerics;
using System.Security.Cryptography;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

public sealed class Poseidon1SignatureTests : HashSignatureTests<Poseidon1Width16<KoalaBear>>
{
    protected override string Fixture => "9f419cc36b2473029938f28982e0d7ba08c5f7d60a6365a85febb1e5b9d8a733";
}

public sealed class Poseidon2SignatureTests : HashSignatureTests<Poseidon2Width16<KoalaBear>>
{
    protected override string Fixture => "712eca25931ed25b14eaf0e617ba1f81e1e5d5decafca6523a047af8d586195d";
}

/// <summary>What holds of the scheme with any hash.</summary>
public abstract class HashSignatureTests<TPermutation> where TPermutation : struct, IPermutation<F>
{
    private readonly HashVerifier<TPermutation> _verifier = new();

    /// <summary>SHA-256 of the key and the four signatures of <see cref="Wallet{TPermutation}"/>.</summary>
    protected abstract string Fixture { get; }

    [Fact]
    public void Bytes_OfKeyAndSignatures_AreFrozen()
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData([.. Wallet<TPermutation>.Key, .. Wallet<TPermutation>.Signatures.SelectMany(s => s)]));
        Assert.True(digest == Fixture, $"Expected {Fixture}, got {digest}.");
    }

    [Fact]
    public void Sign_ByThePage_GivesTheSameBytes()
    {
        var naive = new NaiveScheme<TPermutation>(Wallet<TPermutation>.Seed, Wallet<TPermutation>.Height, 0);
        Assert.Equal(naive.PublicKey, Wallet<TPermutation>.Key);
        for (int i = 0; i < Wallet<TPermutation>.Signed; i++)
        {
            byte[] signature = Wallet<TPermutation>.Signatures[i], message = Wallet<TPermutation>.Messages[i];
            Assert.Equal(signature, naive.Sign((uint)(2 * i + 1), message, BitConverter.ToUInt32(signature, HashSignature.CounterAt)));
            Assert.True(NaiveScheme<TPermutation>.Verify(naive.PublicKey, message, signature));
            Assert.True(HashSignature.TryReadIndex(signature, out uint index));
            Assert.Equal((uint)(2 * i + 1), index);
        }
    }

    [Fact]
    public void VerifyMany_ValidAmongOthers_AnswersEachAsOneByOne()
    {
        var random = new SeededRandom(5);
        SignatureClaim[] claims = [.. Enumerable.Range(0, 67).Select(_ =>
        {
            int message = random.Next(Wallet<TPermutation>.Signed), signature = random.Next(3) == 0 ? random.Next(Wallet<TPermutation>.Signed) : message;
            byte[] bytes = random.Next(5) == 0 ? Wallet<TPermutation>.Signatures[signature][1..] : Wallet<TPermutation>.Signatures[signature];
            return new SignatureClaim(Wallet<TPermutation>.Key, Wallet<TPermutation>.Messages[message], bytes);
        })];
        for (int count = 0; count <= claims.Length; count += 1 + count / 3)
        {
            var results = new bool[claims.Length];
            Array.Fill(results, true);
            _verifier.VerifyMany(claims.AsSpan(0, count), results);
            for (int i = 0; i < count; i++)
            {
                (byte[] message, byte[] signature) = (claims[i].Message.ToArray(), claims[i].Signature.ToArray());
                bool expected = Array.FindIndex(Wallet<TPermutation>.Signatures, s => s.SequenceEqual(signature)) is >= 0 and var at && Wallet<TPermutation>.Messages[at].SequenceEqual(message);
                Assert.Equal(expected, results[i]);
                Assert.Equal(expected, _verifier.Verify(claims[i].PublicKey.Span, message, signature));
            }
            Assert.DoesNotContain(false, results[count..]);
        }
        Assert.Throws<ArgumentException>(() => _verifier.VerifyMany(claims, new bool[claims.Length - 1]));
    }

    [Fact]
    public void Verify_AnyBitFlipped_IsFalse()
    {
        byte[] key = Wallet<TPermutation>.Key, message = Wallet<TPermutation>.Messages[1], signature = Wallet<TPermutation>.Signatures[1];
        IEnumerable<SignatureClaim> flipped =
        [
            .. Flips(signature).Select(bytes => new SignatureClaim(key, message, bytes)),
            .. Flips(key).Select(bytes => new SignatureClaim(bytes, message, signature)),
            .. Flips(message).Select(bytes => new SignatureClaim(key, bytes, signature)),
        ];
        var results = new bool[1024];
        foreach (SignatureClaim[] claims in flipped.Chunk(results.Length))
        {
            _verifier.VerifyMany(claims, results);
            Assert.DoesNotContain(true, results.AsSpan(0, claims.Length).ToArray());
        }
        Assert.True(_verifier.Verify(key, message, signature));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(110)]
    public void Verify_CodewordOfAnotherSum_IsFalse(int target)
    {
        var naive = new NaiveScheme<TPermutation>(Wallet<TPermutation>.Seed, 1, 9);
        byte[] message = [1, 2, 3], signature = naive.Sign(2, message, naive.FindCounter(2, message, target));
        Assert.True(NaiveScheme<TPermutation>.Verify(naive.PublicKey, message, signature, target));
        Assert.False(NaiveScheme<TPermutation>.Verify(naive.PublicKey, message, signature));
        Assert.False(_verifier.Verify(naive.PublicKey, message, signature));
    }

    [Fact]
    public void Verify_ValueOrNumberNotCanonical_IsFalse()
    {
        byte[] key = Wallet<TPermutation>.Key, message = Wallet<TPermutation>.Messages[1], signature = Wallet<TPermutation>.Signatures[1];
        int refused = 0;
        for (int at = HashSignature.RandomAt; at < signature.Length; at += 4)
        {
            // The same element, one modulus higher, where 32 bits hold that.
            if ((ulong)BitConverter.ToUInt32(signature, at) + F.Modulus is > uint.MaxValue) continue;
            byte[] other = [.. signature[..at], .. BitConverter.GetBytes(BitConverter.ToUInt32(signature, at) + F.Modulus), .. signature[(at + 4)..]];
            Assert.False(_verifier.Verify(key, message, other));
            refused++;
        }
        Assert.True(refused > 300, $"Expected most elements to have a second form, got {refused}.");
        byte[] past = [.. signature];
        past[1] += 9; // The same path, one tree further.
        Assert.False(_verifier.Verify(key, message, past));
        Assert.False(HashSignature.TryReadIndex(past, out _));
        Assert.False(_verifier.Verify(key, new byte[HashSignature.MaxMessageSize + 1], signature));
    }

    [Fact]
    public void Verify_HostileBytes_AgreesWithThePageAndNeverThrows()
    {
        byte[] key = Wallet<TPermutation>.Key, message = Wallet<TPermutation>.Messages[0];
        HostileBytes.Feed([Wallet<TPermutation>.Signatures[0]], bytes =>
            Assert.Equal(NaiveScheme<TPermutation>.Verify(key, message, bytes.ToArray()), _verifier.Verify(key, message, bytes)), 500);
        HostileBytes.Feed([key], bytes => Assert.Equal(bytes.SequenceEqual(key), _verifier.Verify(bytes, message, Wallet<TPermutation>.Signatures[0])), 500);
        HostileBytes.Feed([Wallet<TPermutation>.Signatures[0]], bytes => HashSignature.TryReadIndex(bytes, out _), 5_000);
        Assert.False(_verifier.Verify(default, default, default));
    }

    [Fact]
    public void Verify_AnySignature_TakesTheDocumentedPermutations()
    {
        var verifier = new HashVerifier<CountingPermutation<TPermutation>>();
        for (int i = 0; i < Wallet<TPermutation>.Signed; i++)
        {
            byte[] message = Wallet<TPermutation>.Messages[i];
            int expected = HashSignature.Permutations(Wallet<TPermutation>.Height, message);
            (CountingPermutation<TPermutation>.Single, CountingPermutation<TPermutation>.Tiles) = (0, 0);
            Assert.True(NaiveScheme<CountingPermutation<TPermutation>>.Verify(Wallet<TPermutation>.Key, message, Wallet<TPermutation>.Signatures[i]));
            Assert.True(verifier.Verify(Wallet<TPermutation>.Key, message, Wallet<TPermutation>.Signatures[i]));
            Assert.Equal((expected, expected), (CountingPermutation<TPermutation>.Single, CountingPermutation<TPermutation>.Tiles));
        }
    }

    [Fact]
    public void Verify_Warm_AllocatesNothing()
    {
        SignatureClaim[] claims = [.. Enumerable.Range(0, 20).Select(i =>
            new SignatureClaim(Wallet<TPermutation>.Key, Wallet<TPermutation>.Messages[i % 4], Wallet<TPermutation>.Signatures[i % 3]))];
        var results = new bool[claims.Length];
        AllocationAssert.None(() =>
        {
            _verifier.VerifyMany(claims, results);
            _verifier.Verify(claims[0].PublicKey.Span, claims[0].Message.Span, claims[0].Signature.Span);
        });
        Assert.Contains(true, results);
    }

    [Fact]
    public void Generate_OtherHeightNumberOrSeed_SharesNothing()
    {
        byte[] seed = Wallet<TPermutation>.Seed;
        var keys = new List<byte[]>();
        foreach ((int height, uint number, byte first) in new[] { (1, 0u, (byte)0), (1, 1u, (byte)0), (2, 1u, (byte)0), (1, 0u, (byte)1) })
        {
            using HashKeyTree<TPermutation> tree = HashKeyTree<TPermutation>.Generate([first, .. seed[1..]], height, number);
            keys.Add(tree.PublicKey.ToArray());
        }
        keys.Add(Wallet<TPermutation>.Key);
        Assert.Equal(keys.Count, keys.Select(key => Convert.ToHexString(key.AsSpan(1, 20))).Distinct().Count());
        Assert.Equal(keys.Count, keys.Select(key => Convert.ToHexString(key.AsSpan(21))).Distinct().Count());
    }

    private static IEnumerable<byte[]> Flips(byte[] bytes)
    {
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            yield return flipped;
        }
    }
}

/// <summary>The numbers that the pages state.</summary>
public sealed class HashSignatureNumberTests
{
    [Fact]
    public void Codewords_OfTheTargetSum_AreAsManyAsThePageSays()
    {
        var count = new BigInteger[1 + 3 * HashSignature.Chains];
        count[0] = 1;
        for (int chain = 0; chain < HashSignature.Chains; chain++)
            for (int sum = count.Length - 1; sum >= 0; sum--)
                for (int digit = 1; digit <= Math.Min(3, sum); digit++) count[sum] += count[sum - digit];
        Assert.Equal(BigInteger.One << 128, count.Aggregate(BigInteger.Add));
        Assert.Equal(107.9, BigInteger.Log(count[HashSignature.TargetSum], 2), 0.05);
        // The worst codeword has one element that is zero in its low 24 bits: 128 of p values against 127.
        Assert.Equal(0.0113, Math.Log2(128.0 / 127), 0.0001);
    }

    [Theory]
    [InlineData(7, 198, 104)]
    [InlineData(7, 0, 96)]
    [InlineData(10, 198, 107)]
    [InlineData(1, 198, 98)]
    public void Permutations_OfAPayment_AreWithinTheFloor(int height, int message, int expected)
    {
        Assert.Equal(expected, HashSignature.Permutations(height, new byte[message]));
        Assert.InRange(expected, 1, 130);
    }

    [Fact]
    public void Sizes_OfTrees_AreAsThePageSays()
    {
        Assert.Equal((1345, 1585, 1705), (HashSignature.SizeOf(1), HashSignature.SizeOf(7), HashSignature.SizeOf(10)));
        Assert.Equal((3, 2187, 59049), (HashSignature.Capacity(1), HashSignature.Capacity(7), HashSignature.Capacity(10)));
        Assert.Throws<ArgumentException>(() => HashSignature.SizeOf(11));
        Assert.Throws<ArgumentException>(() => HashSignature.Capacity(0));
        Assert.Throws<ArgumentException>(() => HashSignature.Permutations(7, new byte[HashSignature.MaxMessageSize + 1]));
    }

    [Fact]
    public void Generate_CancelledOrMisused_SaysSo()
    {
        using var source = new CancellationTokenSource();
        var progress = new Cancelling(source);
        Assert.ThrowsAny<OperationCanceledException>(() => HashKeyTree<Poseidon2Width16<KoalaBear>>.Generate(new byte[32], 4, 0, progress, source.Token));
        Assert.Equal([16], progress.Seen);
        Assert.Throws<ArgumentException>(() => HashKeyTree<Poseidon2Width16<KoalaBear>>.Generate(new byte[31]));
        Assert.Throws<ArgumentException>(() => HashKeyTree<Poseidon2Width16<KoalaBear>>.Generate(new byte[32], 11));
        Assert.Throws<NotSupportedException>(() => new HashVerifier<Poseidon2Width24<KoalaBear>>());
    }

    private sealed class Cancelling(CancellationTokenSource source) : IProgress<int>
    {
        public List<int> Seen { get; } = [];

        public void Report(int value)
        {
            Seen.Add(value);
            source.Cancel();
        }
    }
}
