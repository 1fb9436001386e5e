using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;
using Prozchain.Rollups.Tests.Payments;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Ports;

public sealed class Ed25519VerifierTests
{
    [Fact]
    public void VerifyMany_AnswersAsVerify_WhateverTheBytes()
    {
        var random = new Random(1);
        using var signer = new Ed25519Signer(new byte[32]);
        var verifier = new Ed25519Verifier();
        var claims = new SignatureClaim[1_100];
        for (int i = 0; i < claims.Length; i++)
        {
            byte[] message = new byte[random.Next(60)], signature = new byte[65], key = signer.PublicKey.ToArray();
            signer.Sign(message, signature);
            switch (random.Next(60))
            {
                case 0: signature[random.Next(65)] ^= 1; break;
                case 1: key[random.Next(33)] ^= 1; break;
                case 2: signature = signature[..random.Next(65)]; break;
                case 3: key = key[..random.Next(33)]; break;
                case 4: message = [.. message, 1]; break;
            }
            claims[i] = new SignatureClaim(key, message, signature);
        }
        var results = new bool[claims.Length];
        verifier.VerifyMany(claims, results);
        for (int i = 0; i < claims.Length; i++) Assert.Equal(verifier.Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span), results[i]);
        Assert.Contains(true, results);
        Assert.Contains(false, results);
    }

    [Fact]
    public void Payments_OfEd25519_AreAuthenticatedWithoutAllocating()
    {
        using var alice = new Ed25519Signer(new byte[32]);
        AccountAddress address = AccountAddress.FromPublicKey(alice.PublicKey.Span);
        var rules = new PaymentRules(PaymentWorld.ChainId, address);
        var transition = new Payments<KeccakTree>(rules, new Ed25519Verifier());
        Payment[] payments = [.. Enumerable.Range(0, 300).Select(i => PaymentMessage.Sign(new Payment { Sender = address, Nonce = (ulong)i, Recipient = address, Amount = 1 }, alice, PaymentWorld.ChainId))];
        payments[7] = payments[7] with { Amount = 2 };
        var results = new bool[payments.Length];
        AllocationAssert.None(() => transition.Authenticate(payments, results), warmUps: 2, runs: 2);
        for (int i = 0; i < results.Length; i++) Assert.Equal(i != 7, results[i]);
        var state = new StateStore<KeccakTree>();
        var context = new BatchContext(PaymentWorld.ChainId, 0, 0, 0);
        transition.ApplyInbound(new InboundMessage { Recipient = address, Amount = 10 }, context, state, new EffectLog());
        Assert.Equal(TransitionStatus.Applied, transition.Apply(payments[0], results[0], context, state, new EffectLog()).Status);
    }
}
