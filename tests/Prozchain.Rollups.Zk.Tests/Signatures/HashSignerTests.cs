using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Signatures;
using Signer = Prozchain.Rollups.Zk.Signatures.HashSigner<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Tree = Prozchain.Rollups.Zk.Signatures.HashKeyTree<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;
using Verifier = Prozchain.Rollups.Zk.Signatures.HashVerifier<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Signatures;

public sealed class HashSignerTests
{
    private static readonly Tree s_tree = Tree.Generate(new byte[32], height: 1);
    private readonly Verifier _verifier = new();

    [Fact]
    public void Sign_ReplacementOfAPayment_KeepsTheNonceAndTakesANewKey()
    {
        var store = new MemoryStore();
        var signer = new Signer(s_tree, store);
        AccountAddress sender = AccountAddress.FromPublicKey(signer.PublicKey.Span);
        Assert.True(sender.Digest.Span.SequenceEqual(signer.PublicKey.Span[1..]), "Expected the address to be the key itself.");
        Payment payment = PaymentMessage.Sign(new Payment { Sender = sender, Recipient = sender, Amount = 1, Nonce = 4 }, signer, 7);
        Payment replacement = PaymentMessage.Sign(payment with { Fee = 2 }, signer, 7);
        Assert.Equal((0u, 1u), (IndexOf(payment.Signed.Signature), IndexOf(replacement.Signed.Signature)));
        Assert.Equal([1u, 2u], store.Told);
        foreach (Payment each in (Payment[])[payment, replacement])
        {
            var message = new byte[PaymentMessage.Size(each)];
            PaymentMessage.Write(each, 7, isSponsor: false, message);
            Assert.Equal(104, HashSignature.Permutations(7, message));
            Assert.True(_verifier.Verify(each.Signed.PublicKey.Span, message, each.Signed.Signature.Span));
        }
    }

    [Fact]
    public void Sign_UntilNoKeyIsLeft_TellsInTimeAndRefuses()
    {
        var signer = new Signer(s_tree, new MemoryStore(1), reserve: 5);
        var signature = new byte[signer.SignatureSize];
        Assert.Equal((2, true), (signer.KeysLeft, signer.IsRotationDue));
        signer.Sign([1], signature);
        signer.Sign([2], signature);
        Assert.Equal(2u, IndexOf(signature));
        Assert.Equal(0, signer.KeysLeft);
        Assert.Throws<InvalidOperationException>(() => signer.Sign([3], signature));
    }

    [Fact]
    public void Sign_Misuse_UsesNoKey()
    {
        var store = new MemoryStore();
        var signer = new Signer(s_tree, store);
        Assert.Throws<ArgumentException>(() => signer.Sign([1], new byte[signer.SignatureSize - 1]));
        Assert.Throws<ArgumentException>(() => signer.Sign(new byte[HashSignature.MaxMessageSize + 1], new byte[signer.SignatureSize]));
        Assert.Throws<ArgumentException>(() => new Signer(s_tree, store, reserve: 0));
        Assert.Empty(store.Told);
        Assert.Equal((3, false), (signer.KeysLeft, signer.IsRotationDue));
    }

    [Theory]
    [InlineData(0u, 1u, 2)]
    [InlineData(1u, 2u, 1)]
    [InlineData(2u, 3u, 0)]
    [InlineData(uint.MaxValue, 3u, 0)]
    public void SkipPast_IndexOnTheChain_LeavesOutAllUpToIt(uint lastUsed, uint next, int left)
    {
        var store = new MemoryStore();
        var signer = new Signer(s_tree, store);
        signer.SkipPast(lastUsed);
        signer.SkipPast(0);
        Assert.Equal((next, left), (store.Next, signer.KeysLeft));
    }

    [Fact]
    public void Sign_Reserving_WritesOnceForManyAndLosesAtMostThose()
    {
        var store = new MemoryStore();
        var signer = new Signer(s_tree, store, reserve: 2);
        var signature = new byte[signer.SignatureSize];
        signer.Sign([1], signature);
        Assert.Equal((0u, 2u), (IndexOf(signature), store.Next));
        // What a crash leaves is the store: the next signer leaves the reserved key out.
        new Signer(s_tree, store, reserve: 2).Sign([2], signature);
        Assert.Equal((2u, 3u), (IndexOf(signature), store.Next));
    }

    private static uint IndexOf(ReadOnlyMemory<byte> signature)
    {
        Assert.True(HashSignature.TryReadIndex(signature.Span, out uint index));
        return index;
    }
}
