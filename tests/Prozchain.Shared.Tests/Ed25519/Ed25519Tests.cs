using System.Numerics;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class Ed25519Tests
{
    // RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void Sign_KnownAnswers_AreExact(string seed, string publicKey, string message, string signature)
    {
        using var key = new Ed25519PrivateKey(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        byte[] text = Convert.FromHexString(message);
        Assert.Equal(signature, Convert.ToHexStringLower(Sign(key, text)));
        Assert.True(Ed25519.Verify(key.PublicKey, text, Convert.FromHexString(signature)));
    }

    [Fact]
    public void Verify_MessagesOfAnyLength_AcceptsTheSignedOneOnly() => Replay.Run(random =>
    {
        using var key = new Ed25519PrivateKey(random.Bytes(32));
        byte[] message = random.Bytes(random.Next(3) == 0 ? random.Next(440, 460) : random.Next(0, 3000)), signature = Sign(key, message);
        Assert.True(Ed25519.Verify(key.PublicKey, message, signature));
        Assert.False(Ed25519.Verify(key.PublicKey, [.. message, 0], signature));
        byte[] wrong = [.. signature];
        TrieTools.Flip(wrong, random.Next(512));
        Assert.False(Ed25519.Verify(key.PublicKey, message, wrong));
        byte[] other = [.. key.PublicKey];
        TrieTools.Flip(other, random.Next(256));
        Assert.False(Ed25519.Verify(other, message, signature));
    }, 60);

    [Fact]
    public void Verify_ScalarNotReduced_IsRefused()
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        byte[] signature = Sign(key, [1]);
        BigInteger s = NaiveEdwards.Number(signature.AsSpan(32));
        Assert.False(Ed25519.Verify(key.PublicKey, [1], [.. signature[..32], .. NaiveEdwards.Bytes(s + NaiveEdwards.L)]));
    }

    [Fact]
    public void Verify_WrongLengths_AreRefused()
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        byte[] signature = Sign(key, []);
        foreach (int length in (int[])[0, 31, 32, 63]) Assert.False(Ed25519.Verify(key.PublicKey, [], signature.AsSpan(0, length)));
        Assert.False(Ed25519.Verify(key.PublicKey, [], [.. signature, 0]));
        Assert.False(Ed25519.Verify(key.PublicKey[..31], [], signature));
        Assert.False(Ed25519.Verify([], [], signature));
    }

    [Fact]
    public void HasSmallOrder_KeysAndTorsion_TellsThemApart()
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        Assert.False(Ed25519.HasSmallOrder(key.PublicKey));
        Assert.True(Ed25519.HasSmallOrder(new byte[32]));
        Assert.True(Ed25519.HasSmallOrder([1, .. new byte[31]]));
        Assert.True(Ed25519.HasSmallOrder([2, .. new byte[31]]));
    }

    [Fact]
    public void Sign_IntoTheMessagesOwnMemory_SignsTheMessage()
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        byte[] memory = new byte[64];
        byte[] expected = Sign(key, memory);
        key.Sign(memory, memory);
        Assert.Equal(expected, memory);
    }

    [Fact]
    public void PrivateKey_Disposed_SignsNoMore()
    {
        var key = new Ed25519PrivateKey(new byte[32]);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Sign(key, []));
        Assert.Throws<ObjectDisposedException>(() => key.Multiply(EdwardsPoint.Base));
        Assert.Throws<ArgumentException>(() => new Ed25519PrivateKey(new byte[33]));
    }

    // A scalar or a prefix that is zeroed while it is read would give away the key: s = r, or a nonce that all can compute.
    [Fact]
    public async Task PrivateKey_DisposedWhileInUse_GivesRightAnswersOrNone()
    {
        byte[] seed = [9, .. new byte[31]];
        var challenge = new Scalar25519(12345);
        using var expected = new Ed25519PrivateKey(seed);
        Scalar25519 nonce = expected.Nonce([]), answer = expected.Answer(challenge, nonce);
        for (int round = 0; round < 2000; round++)
        {
            var key = new Ed25519PrivateKey(seed);
            int calls = 0;
            Task<bool> use = Task.Run(() =>
            {
                try
                {
                    for (; ; Volatile.Write(ref calls, calls + 1))
                        if (!key.Answer(challenge, nonce).Equals(answer) || !key.Nonce([]).Equals(nonce)) return false;
                }
                catch (ObjectDisposedException)
                {
                    return true;
                }
            });
            SpinWait.SpinUntil(() => Volatile.Read(ref calls) > round % 7);
            key.Dispose();
            Assert.True(await use, $"Expected the key's own answers only, got another in round {round}.");
        }
    }

    [Fact]
    public void SignAndVerify_WarmedUp_AllocateNothing()
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        byte[] message = new byte[32], longer = new byte[5000], signature = new byte[64];
        AllocationAssert.None(() =>
        {
            key.Sign(message, signature);
            Assert.True(Ed25519.Verify(key.PublicKey, message, signature));
            key.Sign(longer, signature);
            Assert.True(Ed25519.Verify(key.PublicKey, longer, signature));
        });
    }

    private static byte[] Sign(Ed25519PrivateKey key, ReadOnlySpan<byte> message)
    {
        var signature = new byte[Ed25519.SignatureSize];
        key.Sign(message, signature);
        return signature;
    }
}
