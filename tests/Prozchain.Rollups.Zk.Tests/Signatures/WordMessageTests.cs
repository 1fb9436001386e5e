using System.Security.Cryptography;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Tree = Prozchain.Rollups.Zk.Signatures.HashKeyTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Naive = Prozchain.Rollups.Zk.Tests.Signatures.NaiveScheme<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Counting = Prozchain.Rollups.Zk.Tests.Signatures.CountingPermutation<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

/// <summary>What numbered accounts sign: the words of a payment, their digest, and their signatures.</summary>
public sealed class WordMessageTests
{
    private static readonly F[] s_start = [.. Enumerable.Range(1, 8).Select(i => F.FromUInt32((uint)(1000 * i)))];

    [Fact]
    public void Write_OfANumberedSender_GivesThePagesWords()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed);
            Payment payment = NumberedPayments.Make(random, NumberedPayments.Kinds[seed % 4], isByKey: seed % 8 == 0);
            bool isSponsor = random.Next(2) == 0;
            byte[] message = NumberedPayments.Message(payment, isSponsor);
            Assert.Equal(NaiveWords.Of(payment, NumberedPayments.Chain, isSponsor), message);
            Assert.True(HashSignature.IsWords(message));
        }
    }

    [Fact]
    public void Write_OfAFieldThatDoesNotFit_IsInBytesLikeNoOther()
    {
        Payment payment = NumberedPayments.Make(new SeededRandom(1), PaymentKind.Transfer) with { Nonce = 5, Token = 1, FeeToken = 2, Amount = 3, Fee = 4 };
        AccountAddress foreign = AccountAddress.FromPublicKey([7, 1, 2]);
        AccountAddress.TryRead([3, .. Enumerable.Repeat((byte)255, 32)], out AccountAddress noKey);
        Payment[] twins =
        [
            payment with { Nonce = 5 + (1UL << 60) }, payment with { Token = 1 + (1 << 15) }, payment with { FeeToken = 2 + (1 << 15) }, payment with { Amount = 3 + (UInt128.One << 120) },
            payment with { Fee = 4 + (UInt128.One << 120) }, payment with { Recipient = foreign }, payment with { Recipient = noKey }, payment with { Recipient = default }, payment with { Sponsor = foreign },
            payment with { Payload = new byte[1] }, payment with { L1Recipient = new L1Address(new byte[20].Select(b => (byte)1).ToArray()) }, payment with { Kind = (PaymentKind)16 }, payment with { Kind = PaymentKind.CancelRecovery },
            payment with { Sender = foreign }, payment with { Sponsor = payment.Sender },
        ];
        Assert.True(HashSignature.IsWords(NumberedPayments.Message(payment)));
        Assert.True(HashSignature.IsWords(NumberedPayments.Message(payment, chain: ulong.MaxValue)));
        byte[][] messages = [.. twins.Select(twin => NumberedPayments.Message(twin))];
        Assert.All(messages, message => Assert.False(HashSignature.IsWords(message)));
        Assert.Equal(twins.Length, messages.Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [InlineData(PaymentKind.Transfer, false, 64, 97)]
    [InlineData(PaymentKind.Transfer, true, 96, 98)]
    [InlineData(PaymentKind.Withdraw, false, 96, 98)]
    [InlineData(PaymentKind.RotateKey, false, 96, 98)]
    [InlineData(PaymentKind.Message, false, 160, 100)]
    public void Permutations_OfANumberedPayment_AreThePages(PaymentKind kind, bool isByKey, int size, int expected)
    {
        byte[] message = NumberedPayments.Message(NumberedPayments.Make(new SeededRandom(2), kind, isByKey));
        Assert.Equal((size, expected), (message.Length, HashSignature.Permutations(7, message)));
    }

    [Theory]
    [InlineData(PaymentKind.Transfer)]
    [InlineData(PaymentKind.Withdraw)]
    [InlineData(PaymentKind.Message)]
    [InlineData(PaymentKind.RotateKey)]
    public void Digest_AnyFieldChanged_IsAnother(PaymentKind kind)
    {
        Payment payment = NumberedPayments.Make(new SeededRandom(3), kind);
        byte[] message = NumberedPayments.Message(payment);
        List<byte[]> messages =
        [
            message, NumberedPayments.Message(payment, isSponsor: true), NumberedPayments.Message(payment, chain: NumberedPayments.Chain + 1),
            .. NumberedPayments.Changed(payment).Select(other => NumberedPayments.Message(other)),
            .. NumberedPayments.Kinds.Where(other => other != kind).Select(other => NumberedPayments.Message(payment with { Kind = other })),
        ];
        Assert.Equal(messages.Count, Digests<Poseidon2Width16<KoalaBear>>(messages).Distinct().Count());
    }

    [Fact]
    public void Digest_OfWordsAndBytes_NeverMeet()
    {
        byte[] message = NumberedPayments.Message(NumberedPayments.Make(new SeededRandom(4), PaymentKind.Message)), words = message[..64];
        byte[] First(uint word) => [.. BitConverter.GetBytes(word), .. words[4..]];
        byte[][] inWords = [words, message[..32], message[..96], message, First(256), First(511)];
        byte[][] inBytes = [[], words[..63], [.. words, 0], First(255), First(512), First(0), [.. words[..60], 1, 0, 0, 0x7F], message[1..33], words[..31]];
        Assert.All(inWords, bytes => Assert.True(HashSignature.IsWords(bytes)));
        Assert.All(inBytes, bytes => Assert.False(HashSignature.IsWords(bytes)));
        // The blocks that one in bytes becomes, taken as words, and the chain before its end.
        byte[] asBlocks = [.. BitConverter.GetBytes(300), .. Enumerable.Repeat<byte[]>([1, 2, 3, 0], 100).SelectMany(limb => limb), .. new byte[12]], asBytes = [.. Enumerable.Repeat<byte[]>([1, 2, 3], 100).SelectMany(limb => limb)];
        Assert.True(HashSignature.IsWords(asBlocks) && asBytes.Length == 300);
        byte[][] all = [.. inWords, .. inBytes, asBlocks, asBytes];
        Assert.Equal(all.Length, Digests<Poseidon2Width16<KoalaBear>>(all).Distinct().Count());
    }

    [Fact]
    public void Digests_OfMixedLanes_AreThePages()
    {
        var random = new SeededRandom(5);
        for (int round = 0; round < 10; round++)
        {
            byte[][] messages = [.. Enumerable.Range(0, 1 + random.Next(16)).Select(_ => random.Next(3) == 0
                ? new byte[random.Next(200)]
                : NumberedPayments.Message(NumberedPayments.Make(random, NumberedPayments.Kinds[random.Next(4)], random.Next(2) == 0)))];
            string[] digests = Digests<Poseidon2Width16<KoalaBear>>(messages);
            for (int i = 0; i < messages.Length; i++)
                Assert.Equal(string.Join(' ', Naive.Digest(s_start[..4], s_start[4..7], s_start[7].ToUInt32(), messages[i])), digests[i]);
        }
    }

    [Fact]
    public void Digests_OfSeededPayments_AreFrozen()
    {
        string[] expected = ["73539b71b820f0f766b012eea01f1be2bb32ca878d3dbcfc0ed8e234f9c56890", "de7692ad7cfb2afebc7ef28ea4c59e34aa93cd5926335c15fc6f752f4f534ab8"], got = [Frozen<Poseidon1Width16<KoalaBear>>(), Frozen<Poseidon2Width16<KoalaBear>>()];
        Assert.True(expected.SequenceEqual(got), $"Expected {string.Join(" and ", expected)}, got {string.Join(" and ", got)}.");
    }

    [Fact]
    public void Verify_OfANumberedPayment_TakesThePagesPermutations()
    {
        using Tree tree = Tree.Generate(new byte[32], HashSignature.LeastHeightForWords);
        var signer = new HashSigner<Poseidon2Width16<KoalaBear>>(tree, new MemoryStore());
        var verifier = new HashVerifier<Counting>();
        foreach ((PaymentKind kind, int expected) in new[] { (PaymentKind.Transfer, 94), (PaymentKind.Withdraw, 95), (PaymentKind.Message, 97) })
        {
            Payment payment = PaymentMessage.Sign(NumberedPayments.Make(new SeededRandom(6), kind), signer, NumberedPayments.Chain);
            byte[] message = NumberedPayments.Message(payment), signature = payment.Signed.Signature.ToArray();
            Counting.Tiles = 0;
            Assert.True(verifier.Verify(tree.PublicKey.Span, message, signature));
            Assert.Equal((expected, expected), (Counting.Tiles, HashSignature.Permutations(tree.Height, message)));
            Assert.True(Naive.Verify(tree.PublicKey.ToArray(), message, signature));
            Assert.False(verifier.Verify(tree.PublicKey.Span, NumberedPayments.Message(payment with { Fee = payment.Fee + 1 }), signature));
            Assert.False(verifier.Verify(tree.PublicKey.Span, NumberedPayments.Message(payment, isSponsor: true), signature));
        }
    }

    [Fact]
    public void Sign_InWordsUnderALowTree_IsRefused()
    {
        using Tree tree = Tree.Generate(new byte[32], HashSignature.LeastHeightForWords - 1);
        var store = new MemoryStore();
        byte[] message = NumberedPayments.Message(NumberedPayments.Make(new SeededRandom(7), PaymentKind.Transfer)), signature = new byte[HashSignature.SizeOf(tree.Height)];
        Assert.Throws<ArgumentException>(() => new HashSigner<Poseidon2Width16<KoalaBear>>(tree, store).Sign(message, signature));
        Assert.Empty(store.Told);
        tree.Sign(0, message, signature);
        Assert.False(new HashVerifier<Poseidon2Width16<KoalaBear>>().Verify(tree.PublicKey.Span, message, signature));
        Assert.False(Naive.Verify(tree.PublicKey.ToArray(), message, signature));
        // The same tree goes on signing bytes.
        tree.Sign(1, message.AsSpan(1), signature);
        Assert.True(new HashVerifier<Poseidon2Width16<KoalaBear>>().Verify(tree.PublicKey.Span, message.AsSpan(1), signature));
    }

    private static string Frozen<TPermutation>() where TPermutation : struct, IPermutation<F>
    {
        var random = new SeededRandom(8);
        byte[][] messages = [.. Enumerable.Range(0, 40).Select(i => NumberedPayments.Message(NumberedPayments.Make(random, NumberedPayments.Kinds[i % 4], i % 8 == 0), i % 3 == 0))];
        return Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', Digests<TPermutation>(messages)))));
    }

    private static string[] Digests<TPermutation>(IReadOnlyList<byte[]> messages) where TPermutation : struct, IPermutation<F>
    {
        var lanes = new MessageLanes<TPermutation>(new Compressor<TPermutation>());
        var digests = new string[messages.Count];
        for (int from = 0; from < digests.Length; from += 16)
        {
            int count = Math.Min(16, digests.Length - from);
            for (int s = 0; s < count; s++) lanes.Load(s, s_start.AsSpan(0, 4), s_start.AsSpan(4, 3), s_start[7], messages[from + s]);
            lanes.Run(count);
            for (int s = 0; s < count; s++) digests[from + s] = string.Join(' ', Enumerable.Range(0, 8).Select(i => lanes.Digests[16 * i + s]));
        }
        return digests;
    }
}
