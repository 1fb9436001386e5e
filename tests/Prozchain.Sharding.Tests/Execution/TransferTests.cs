using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Execution;

public class TransferTests
{
    [Fact]
    public void Sign_WithP256_VerifiesAndRoundTrips()
    {
        using var signer = new P256Signer(new byte[32]);
        using var verifier = new P256Verifier();
        Transfer transfer = Transfer.Sign(signer, 9, TestNetwork.AddressOf(1), 1234, 5);
        Assert.True(verifier.Verify(transfer.PublicKey.Span, transfer.Id.Span, transfer.Signature.Span));
        Assert.Equal(ReadResult.Ok, Transfer.TryRead(transfer.Encoded.Span, out Transfer? read));
        Assert.Equal((9UL, 1234UL, 5UL), (read!.ChainId, read.Amount, read.Nonce));
        Assert.Equal(TestNetwork.AddressOf(1), read.Recipient);
        Assert.Equal(transfer.Sender, read.Sender);
        Assert.Equal(transfer.Id, read.Id);
        Assert.Equal(transfer.Encoded.ToArray(), Transfer.Assemble(9, signer.PublicKey.Span, TestNetwork.AddressOf(1), 1234, 5, transfer.Signature.Span).Encoded.ToArray());
    }

    [Fact]
    public void Id_SignedTwice_IsTheSame()
    {
        using var signer = new P256Signer(new byte[32]);
        Transfer a = Transfer.Sign(signer, 1, TestNetwork.AddressOf(1), 1, 0), b = Transfer.Sign(signer, 1, TestNetwork.AddressOf(1), 1, 0);
        Assert.NotEqual(a.Signature.ToArray(), b.Signature.ToArray());
        Assert.Equal(a.Id, b.Id);
    }

    [Fact]
    public void Id_EveryUnsignedByte_IsCovered()
    {
        byte[] bytes = TestNetwork.Pay(0, 1, 5, 6).Encoded.ToArray();
        Assert.Equal(ReadResult.Ok, Transfer.TryRead(bytes, out Transfer? original));
        for (int i = 0; i < Transfer.Size; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0x40;
            ReadResult result = Transfer.TryRead(changed, out Transfer? read);
            if (result != ReadResult.Ok) Assert.Contains(i, (int[])[0, 9, 74, 123]);
            else Assert.Equal(i >= 124, read!.Id == original!.Id);
        }
    }

    [Fact]
    public void Sign_BadRecipient_Throws() => Assert.Throws<ArgumentException>(() => Transfer.Sign(TestNetwork.Wallet(0), 1, default, 1, 0));

    [Fact]
    public void VerifyMany_MixedBatch_AgreesWithVerify()
    {
        using var signer = new P256Signer(new byte[32]);
        using var verifier = new P256Verifier();
        var batch = new SignedMessage[100];
        for (int i = 0; i < batch.Length; i++)
        {
            Transfer transfer = Transfer.Sign(signer, 1, TestNetwork.AddressOf(1), (ulong)i, 0);
            byte[] signature = transfer.Signature.ToArray();
            if (i % 3 == 0) signature[i % 65] ^= 1;
            batch[i] = new SignedMessage(i % 7 == 0 ? ReadOnlyMemory<byte>.Empty : transfer.PublicKey, transfer.Id.Span.ToArray(), signature);
        }
        var serial = new bool[100];
        var parallel = new bool[100];
        verifier.VerifyMany(batch, serial);
        verifier.VerifyMany(batch, parallel, 3);
        Assert.Equal(batch.Select(entry => verifier.Verify(entry.PublicKey.Span, entry.Message.Span, entry.Signature.Span)), serial);
        Assert.Equal(serial, parallel);
        Assert.Equal(100 - 34 - 15 + 5, serial.Count(valid => valid));
        Assert.Throws<ArgumentException>(() => verifier.VerifyMany(batch, new bool[99]));
    }
}
