using System.Numerics;
using System.Security.Cryptography;

namespace Prozchain.Shared.Tests;

public class P256Tests
{
    [Fact]
    public void Sign_ManyMessages_VerifiesAndIsLowS()
    {
        using var key = new P256PrivateKey(Seed(1));
        using var cache = new P256KeyCache(4);
        for (int i = 0; i < 40; i++)
        {
            byte[] message = [(byte)i], signature = Sign(key, message);
            Assert.True(P256Signature.IsWellFormed(signature));
            Assert.True(cache.Verify(key.PublicKey, message, signature));
        }
    }

    [Fact]
    public void Verify_HighS_IsRefusedThoughTheBclAcceptsIt()
    {
        using var key = new P256PrivateKey(Seed(2));
        using var cache = new P256KeyCache(4);
        byte[] message = "pay"u8.ToArray(), high = Negated(Sign(key, message));
        Assert.True(P256Signature.TryImport(key.PublicKey)!.VerifyData(message, high.AsSpan(1), HashAlgorithmName.SHA256));
        Assert.False(cache.Verify(key.PublicKey, message, high));
        P256Signature.ToLowS(high);
        Assert.True(cache.Verify(key.PublicKey, message, high));
    }

    [Fact]
    public void ToLowS_AroundHalfTheOrder_IsExact()
    {
        BigInteger half = (Order - 1) / 2;
        Assert.Equal(half, S(Lowered(half)));
        Assert.Equal(half, S(Lowered(half + 1)));
        Assert.Equal(BigInteger.One, S(Lowered(Order - 1)));
        Assert.Equal(BigInteger.One, S(Lowered(1)));
        Assert.True(P256Signature.IsWellFormed(WithS(half)));
        Assert.False(P256Signature.IsWellFormed(WithS(half + 1)));
    }

    [Fact]
    public void Verify_AnyBitChanged_IsRefused()
    {
        using var key = new P256PrivateKey(Seed(3));
        using var other = new P256PrivateKey(Seed(4));
        using var cache = new P256KeyCache(64);
        byte[] message = "message"u8.ToArray(), signature = Sign(key, message), publicKey = key.PublicKey.ToArray();
        Assert.False(cache.Verify(other.PublicKey, message, signature));
        Assert.False(cache.Verify(publicKey, "massage"u8, signature));
        Assert.False(cache.Verify(publicKey, [], signature));
        for (int bit = 0; bit < 65 * 8; bit += 3)
        {
            byte[] wrong = [.. signature];
            TrieTools.Flip(wrong, bit);
            Assert.False(cache.Verify(publicKey, message, wrong));
            wrong = [.. publicKey];
            TrieTools.Flip(wrong, bit);
            Assert.False(cache.Verify(wrong, message, signature));
        }
        Assert.True(cache.Verify(publicKey, message, signature));
    }

    [Fact]
    public void Verify_DegenerateInputs_AreRefusedWithoutException()
    {
        using var key = new P256PrivateKey(Seed(5));
        using var cache = new P256KeyCache(1);
        byte[] message = [1], good = Sign(key, message);
        byte[] zero = new byte[65], order = [1, .. P256Signature.Order, .. new byte[31], 1];
        zero[0] = 1;
        foreach (byte[] signature in (byte[][])[zero, order, [1, .. good[1..33], .. new byte[32]], [1, .. new byte[32], .. good[33..]], [], good[..64], [.. good, 0]])
            Assert.False(cache.Verify(key.PublicKey, message, signature));
        foreach (byte[] publicKey in (byte[][])[zero, new byte[65], [], key.PublicKey[..64].ToArray(), [.. key.PublicKey, 0], [1, .. Enumerable.Repeat((byte)0xFF, 64)], [4, .. key.PublicKey[1..]]])
            Assert.False(cache.Verify(publicKey, message, good));
        Assert.True(cache.Verify(key.PublicKey, message, good));
    }

    [Fact]
    public void TryImport_CoordinateNotReduced_IsRefused()
    {
        // A small x on the curve: x + p still fits 32 bytes and must not be a second encoding of the point.
        var prime = BigInteger.Parse("115792089210356248762697446949407573530086143415290314195533631308867097853951", System.Globalization.CultureInfo.InvariantCulture);
        var b = BigInteger.Parse("41058363725152142129326129780047268409114441015993725554835256314039467401291", System.Globalization.CultureInfo.InvariantCulture);
        BigInteger x = 1, y;
        for (; ; x++)
        {
            BigInteger square = (x * x * x - 3 * x + b) % prime;
            y = BigInteger.ModPow(square, (prime + 1) / 4, prime);
            if (y * y % prime == square) break;
        }
        using ECDsa? canonical = P256Signature.TryImport([1, .. Big(x), .. Big(y)]);
        Assert.NotNull(canonical);
        Assert.Null(P256Signature.TryImport([1, .. Big(x + prime), .. Big(y)]));
        Assert.Null(P256Signature.TryImport([1, .. Big(x), .. Big(y + 1)]));
    }

    [Fact]
    public void Cache_MoreKeysThanSlots_StillAnswersRight()
    {
        using var cache = new P256KeyCache(2);
        P256PrivateKey[] keys = [.. Enumerable.Range(10, 8).Select(i => new P256PrivateKey(Seed((byte)i)))];
        byte[] message = [7];
        byte[][] signatures = [.. keys.Select(key => Sign(key, message))];
        for (int round = 0; round < 3; round++)
            for (int i = 0; i < keys.Length; i++)
                for (int j = 0; j < keys.Length; j++)
                    Assert.Equal(i == j, cache.Verify(keys[i].PublicKey, message, signatures[j]));
        foreach (P256PrivateKey key in keys) key.Dispose();
    }

    [Fact]
    public void Seed_SameSeed_SameKeyAndAnotherSeedAnother()
    {
        using P256PrivateKey a = new(Seed(1)), b = new(Seed(1)), c = new(Seed(2));
        Assert.True(a.PublicKey.SequenceEqual(b.PublicKey));
        Assert.False(a.PublicKey.SequenceEqual(c.PublicKey));
        // Frozen: a devnet's wallets are derived from seeds, so the derivation is a format.
        Assert.Equal("c8aeb60b1ca74b88ccd7b7e7a7b81712f6435f27c6260e23e10d008128e39ce1", Convert.ToHexStringLower(SHA256.HashData(a.PublicKey)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-4)]
    public void Cache_CapacityNotAPowerOfTwo_Throws(int capacity) => Assert.Throws<ArgumentException>(() => new P256KeyCache(capacity));

    [Fact]
    public void Constructor_SeedOfWrongLength_Throws() => Assert.Throws<ArgumentException>(() => new P256PrivateKey(new byte[31]));

    private static BigInteger Order => new(P256Signature.Order, isUnsigned: true, isBigEndian: true);

    private static byte[] Seed(byte value) => [.. Enumerable.Repeat(value, P256Signature.SeedSize)];

    private static byte[] Sign(P256PrivateKey key, ReadOnlySpan<byte> message)
    {
        var signature = new byte[P256Signature.SignatureSize];
        key.Sign(message, signature);
        return signature;
    }

    private static BigInteger S(byte[] signature) => new(signature.AsSpan(33), isUnsigned: true, isBigEndian: true);

    private static byte[] Negated(byte[] signature) => [.. signature[..33], .. Big(Order - S(signature))];

    private static byte[] WithS(BigInteger s) => [P256Signature.Scheme, .. new byte[32], .. Big(s)];

    private static byte[] Lowered(BigInteger s)
    {
        byte[] signature = WithS(s);
        P256Signature.ToLowS(signature);
        return signature;
    }

    private static byte[] Big(BigInteger value)
    {
        byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
