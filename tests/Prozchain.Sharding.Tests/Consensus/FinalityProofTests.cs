using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>A header is shown to be final to somebody who knows the committee and nothing else.</summary>
public class FinalityProofTests
{
    private static readonly OrderingWorld s_world = Run();

    // Losses and crashed leaders leave some blocks without a certificate of their own.
    private static OrderingWorld Run()
    {
        var world = new OrderingWorld(new SeededRandom(5), 7, viewsPerTerm: 4, seats: [1, 3, 1, 2, 1, 1, 1]) { Loss = 0.3, StableMs = 20_000 };
        world.AddAll(host => host.TerminalAt = world.Anchor.Height + 120);
        world.StartAll();
        world.RunUntil(40_000);
        Assert.NotNull(world.Hosts[0].Node!.Ending);
        return world;
    }

    private static FinalityProof ProofOf(ulong height) => s_world.Hosts[2].Node!.ProofOf(height) ?? throw new InvalidOperationException($"Expected a proof of {height}, got none.");

    private static FinalityProof Longest() => Enumerable.Range(1, 120).Select(i => ProofOf(s_world.Anchor.Height + (ulong)i)).MaxBy(proof => proof.Headers.Count)!;

    private static CertificateResult Check(FinalityProof proof) => proof.Verify(s_world.Instance, s_world.SchemeOf(-1));

    [Fact]
    public void Verify_EveryFinalBlock_IsShownToBeFinal()
    {
        foreach ((MicroBlock block, OrderingCertificate _) in s_world.Hosts[0].App.Final)
        {
            FinalityProof made = ProofOf(block.Header.Height);
            byte[] bytes = TestNetwork.Encode(made.Write);
            Assert.Equal(ReadResult.Ok, FinalityProof.TryRead(bytes, out FinalityProof? read));
            Assert.Equal(block.Hash, read!.Header.Hash);
            Assert.Equal(made.Headers.Select(header => header.Hash), read.Headers.Select(header => header.Hash));
            Assert.Equal(CertificateResult.Valid, Check(read));
            Assert.True(bytes.Length <= 3 + MicroHeader.Size + (made.Headers.Count - 1) * 149 + 4 + made.Certificate.Proof.Length);
        }
        Assert.True(Longest().Headers.Count > 1, "Expected a block without a certificate of its own, got none.");
        Assert.Null(s_world.Hosts[2].Node!.ProofOf(s_world.Anchor.Height));
        Assert.Null(s_world.Hosts[2].Node!.ProofOf(ulong.MaxValue));
    }

    [Fact]
    public void Verify_AnotherRunOrTooFewSeats_IsRefused()
    {
        FinalityProof proof = Longest();
        var stranger = new OrderingWorld(new SeededRandom(6), 7);
        Assert.Equal(CertificateResult.WrongHeader, proof.Verify(stranger.Instance, stranger.SchemeOf(-1)));

        // Six of the seven members hold seven of ten seats; without the one of three seats five hold six.
        OrderingInstance instance = s_world.Instance;
        Assert.Equal((10, 7, 3), (instance.Committee.Seats, instance.Committee.Quorum, instance.Committee.MaxFaulty));
        Assert.Equal(CertificateResult.TooFewSeats, Check(SignedBy(0, 2, 3, 4, 5)));
        Assert.Equal(CertificateResult.Valid, Check(SignedBy(0, 2, 3, 4, 5, 6)));
        Assert.Equal(CertificateResult.Valid, Check(SignedBy(1, 3, 4, 5)));
        Assert.Equal(CertificateResult.TooFewSeats, Check(SignedBy(1, 3, 4)));

        FinalityProof SignedBy(params int[] members)
        {
            OrderingCertificate of = proof.Certificate;
            byte[] message = instance.MessageFor(of.Kind, of.View, of.Subject).Span.ToArray(), bytes = new byte[s_world.SchemeOf(-1).Sizes.MaxCertificate];
            var shares = new List<Sharding.Ports.CertificateShare>();
            foreach (int member in members)
            {
                var share = new byte[65];
                s_world.SchemeOf(member).SignShare(message, share);
                shares.Add(new(member, share));
            }
            int length = s_world.SchemeOf(-1).Combine(message, shares.ToArray(), bytes);
            return FinalityProof.Of(proof.Headers, new OrderingCertificate(of.Kind, of.View, of.Subject, bytes.AsMemory(0, length)));
        }
    }

    [Fact]
    public void TryRead_AnyBitFlipped_IsNoProofOfIt()
    {
        FinalityProof proof = Longest();
        byte[] bytes = TestNetwork.Encode(proof.Write);
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] changed = [.. bytes];
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            if (FinalityProof.TryRead(changed, out FinalityProof? read) == ReadResult.Ok) Assert.NotEqual(CertificateResult.Valid, Check(read!));
        }
    }

    [Fact]
    public void TryRead_Hostile_OneEncodingAndNoException()
    {
        byte[] bytes = TestNetwork.Encode(Longest().Write);
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(ReadResult.Truncated, FinalityProof.TryRead(bytes.AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, FinalityProof.TryRead([.. bytes, 0], out _));
        Assert.Equal(ReadResult.UnknownVersion, FinalityProof.TryRead([1, .. bytes[1..]], out _));
        Assert.Equal(ReadResult.NotCanonical, FinalityProof.TryRead([0, 0, 0, .. bytes[3..]], out _));
        Assert.Equal(ReadResult.TooLarge, FinalityProof.TryRead([0, 1, 16, .. bytes[3..]], out _));
        Assert.Equal(ReadResult.Truncated, FinalityProof.TryRead([0, 0, 16, .. bytes[3..]], out _));
        int refused = 0;
        HostileBytes.Feed([bytes, TestNetwork.Encode(ProofOf(s_world.Anchor.Height + 5).Write)], mutated =>
        {
            byte[] copy = mutated.ToArray();
            if (FinalityProof.TryRead(copy, out FinalityProof? read) == ReadResult.Ok) Assert.Equal(copy, TestNetwork.Encode(read!.Write));
            else { refused++; Assert.Null(read); }
        }, 100_000);
        Assert.True(refused > 10_000);
    }

    [Fact]
    public void Of_WhatDoesNotBelongTogether_Throws()
    {
        FinalityProof proof = Longest();
        OrderingCertificate certificate = proof.Certificate;
        Assert.Throws<ArgumentException>(() => FinalityProof.Of([], certificate));
        Assert.Throws<ArgumentException>(() => FinalityProof.Of([.. proof.Headers.SkipLast(1)], certificate));
        Assert.Throws<ArgumentException>(() => FinalityProof.Of([proof.Headers[0], .. proof.Headers], certificate));
        Assert.Throws<ArgumentException>(() => FinalityProof.Of([.. Enumerable.Repeat(proof.Header, 4097)], certificate));
        Assert.Throws<ArgumentException>(() => FinalityProof.Of(proof.Headers, new OrderingCertificate(OrderingVoteKind.Notarize, certificate.View, certificate.Subject, certificate.Proof)));
    }
}
