using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Transition;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Transition;

public sealed class L2TransferTests
{
    private static readonly HashSigner s_alice = new(1), s_bob = new(2);

    [Fact]
    public void TryRead_OfWhatWriteWrote_IsTheSameTransfer()
    {
        L2Transfer transfer = L2Transfer.Create(s_alice, 9, s_bob.Address, ulong.MaxValue, 3);
        byte[] bytes = Encode(transfer);
        Assert.Equal(188, bytes.Length);
        Assert.Equal(TransferReadResult.Ok, L2Transfer.TryRead(bytes, out L2Transfer read));
        Assert.Equal(bytes, Encode(read));
        Assert.Equal(s_alice.Address, read.Sender);
        Assert.Equal(s_bob.Address, read.Recipient);
        Assert.Equal((9UL, ulong.MaxValue, 3UL), (read.ChainId, read.Amount, read.Nonce));
        Assert.Equal(transfer.Id(), read.Id());
    }

    [Fact]
    public void Layout_IsAsSpecified()
    {
        byte[] bytes = Encode(L2Transfer.Create(s_alice, 0x0102030405060708, s_bob.Address, 5, 6));
        Assert.Equal(0, bytes[0]);
        Assert.Equal(0x0102030405060708UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(1)));
        Assert.Equal(s_alice.PublicKey.ToArray(), bytes[9..74]);
        Assert.Equal(s_bob.Address.Digest.Span.ToArray(), bytes[75..107]);
        Assert.Equal(5UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(107)));
        Assert.Equal(6UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(115)));
    }

    [Fact]
    public void Id_ExcludesTheSignature()
    {
        L2Transfer signed = L2Transfer.Create(s_alice, 1, s_bob.Address, 5, 6);
        L2Transfer other = L2Transfer.FromParts(1, s_alice.PublicKey.Span, s_bob.Address, 5, 6, [1, .. new byte[64]]);
        Assert.Equal(signed.Id(), other.Id());
        Assert.NotEqual(signed.Id(), L2Transfer.Create(s_alice, 1, s_bob.Address, 5, 7).Id());
    }

    [Theory]
    [InlineData(0, TransferReadResult.UnknownVersion)]
    [InlineData(9, TransferReadResult.UnknownScheme)]
    [InlineData(74, TransferReadResult.UnknownScheme)]
    [InlineData(123, TransferReadResult.UnknownScheme)]
    public void TryRead_WithAWrongTagByte_SaysWhich(int at, TransferReadResult expected)
    {
        byte[] bytes = Encode(L2Transfer.Create(s_alice, 1, s_bob.Address, 5, 6));
        bytes[at] = 2;
        Assert.Equal(expected, L2Transfer.TryRead(bytes, out _));
        Assert.Equal(TransferReadResult.WrongLength, L2Transfer.TryRead(bytes.AsSpan(1), out _));
        Assert.Equal(TransferReadResult.WrongLength, L2Transfer.TryRead([.. bytes, 0], out _));
    }

    [Fact]
    public void TryRead_OfHostileBytes_NeverThrowsAndIsCanonical() =>
        HostileBytes.Feed([Encode(L2Transfer.Create(s_alice, 1, s_bob.Address, 5, 6))], bytes =>
        {
            if (L2Transfer.TryRead(bytes, out L2Transfer read) == TransferReadResult.Ok) Assert.Equal(bytes.ToArray(), Encode(read));
        });

    [Fact]
    public void FromParts_WithWrongLengths_SaysExpectedAndGot()
    {
        Assert.Contains("65", Assert.Throws<ArgumentException>(() => L2Transfer.FromParts(1, new byte[64], s_bob.Address, 1, 1, new byte[65])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => L2Transfer.FromParts(1, s_alice.PublicKey.Span, s_bob.Address, 1, 1, new byte[64]));
        Assert.Throws<ArgumentException>(() => L2Transfer.FromParts(1, s_alice.PublicKey.Span, s_bob.Address, 1, 1, new byte[65]));
    }

    [Fact]
    public void Create_WithP256_VerifiesAndIsBoundToEveryField()
    {
        using var signer = new P256Signer(new byte[32]);
        using var verifier = new P256Verifier(16);
        L2Transfer transfer = L2Transfer.Create(signer, 1, s_bob.Address, 5, 6);
        Assert.True(IsAuthentic(verifier, transfer));
        ReadOnlySpan<byte> key = signer.PublicKey.Span;
        Assert.False(IsAuthentic(verifier, L2Transfer.FromParts(2, key, s_bob.Address, 5, 6, transfer.Signature)));
        Assert.False(IsAuthentic(verifier, L2Transfer.FromParts(1, key, s_alice.Address, 5, 6, transfer.Signature)));
        Assert.False(IsAuthentic(verifier, L2Transfer.FromParts(1, key, s_bob.Address, 6, 6, transfer.Signature)));
        Assert.False(IsAuthentic(verifier, L2Transfer.FromParts(1, key, s_bob.Address, 5, 7, transfer.Signature)));
        Assert.False(IsAuthentic(verifier, L2Transfer.FromParts(1, s_alice.PublicKey.Span, s_bob.Address, 5, 6, transfer.Signature)));
    }

    [Fact]
    public void AccountAddress_RoundTripsAndRefusesOtherSchemes()
    {
        var bytes = new byte[33];
        s_alice.Address.CopyTo(bytes);
        Assert.True(AccountAddress.TryRead(bytes, out AccountAddress read));
        Assert.Equal(s_alice.Address, read);
        Assert.Equal(66, read.ToString().Length);
        bytes[0] = 0;
        Assert.False(AccountAddress.TryRead(bytes, out _));
        Assert.False(AccountAddress.TryRead(bytes.AsSpan(1), out _));
        Assert.Throws<ArgumentException>(() => AccountAddress.FromPublicKey(new byte[65]));
    }

    internal static byte[] Encode(in L2Transfer transfer)
    {
        var output = new ArrayBufferWriter<byte>();
        transfer.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private static bool IsAuthentic(ISignatureVerifier verifier, L2Transfer transfer)
    {
        var results = new bool[1];
        new PaymentsTransition(transfer.ChainId, verifier).Authenticate([transfer], results);
        return results[0];
    }
}
