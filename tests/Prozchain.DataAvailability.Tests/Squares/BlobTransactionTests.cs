using Prozchain.DataAvailability.Squares;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Squares;

public class BlobTransactionTests
{
    private const string Type = "1A04424C4F42", OneBlob = "1221" + "0A1C" + Id + "120101";
    private const string Id = "00000000000000000000000000000000000000000000000000000101";

    // By the rules of Protocol Buffers and go-square's classification of what they give.
    [Theory]
    [InlineData("0A0109" + OneBlob + Type, BlobTransactionResult.Ok)]
    [InlineData(Type + OneBlob + "0A0109", BlobTransactionResult.Ok)]
    [InlineData(OneBlob + Type, BlobTransactionResult.Ok)]
    [InlineData(OneBlob + "1A03424C4F" + Type, BlobTransactionResult.Ok)]
    [InlineData(OneBlob + Type + "1A03424C4F", BlobTransactionResult.NotBlobTransaction)]
    [InlineData(OneBlob + "1A01FF" + Type, BlobTransactionResult.NotBlobTransaction)]
    [InlineData("", BlobTransactionResult.NotBlobTransaction)]
    [InlineData("0A0109" + OneBlob, BlobTransactionResult.NotBlobTransaction)]
    [InlineData(OneBlob + "1A0442", BlobTransactionResult.NotBlobTransaction)]
    [InlineData(Type, BlobTransactionResult.NoBlobs)]
    [InlineData("0A0109" + Type, BlobTransactionResult.NoBlobs)]
    [InlineData(OneBlob + Type + "2001", BlobTransactionResult.UnknownField)]
    [InlineData(OneBlob + Type + "0801", BlobTransactionResult.UnknownField)]
    [InlineData(OneBlob + Type + "2308012B2C24", BlobTransactionResult.UnknownField)]
    [InlineData(OneBlob + Type + "2308012B2C", BlobTransactionResult.NotBlobTransaction)]
    [InlineData(OneBlob + Type + "23080124" + "24", BlobTransactionResult.NotBlobTransaction)]
    [InlineData(OneBlob + Type + "2D00000000310000000000000000", BlobTransactionResult.UnknownField)]
    [InlineData(OneBlob + Type + "2D000000", BlobTransactionResult.NotBlobTransaction)]
    [InlineData(OneBlob + Type + "0001", BlobTransactionResult.NotBlobTransaction)]
    [InlineData(OneBlob + Type + "26", BlobTransactionResult.NotBlobTransaction)]
    [InlineData("0A06" + Type + OneBlob + Type, BlobTransactionResult.Nested)]
    [InlineData("1200" + Type, BlobTransactionResult.BadBlob)]
    [InlineData("1223" + "0A1C" + Id + "120101" + "1803" + Type, BlobTransactionResult.BadBlob)]
    [InlineData("1223" + "0A1C" + Id + "120101" + "1801" + Type, BlobTransactionResult.BadBlob)]
    [InlineData("1223" + "0A1C" + Id + "120101" + "2001" + Type, BlobTransactionResult.BadBlob)]
    [InlineData("1223" + "0A1C" + Id + "120101" + "3001" + Type, BlobTransactionResult.UnknownField)]
    [InlineData("1223" + "0A1C" + Id + "120101" + "2A00" + Type, BlobTransactionResult.Ok)]
    [InlineData("1223" + "0A1C" + Id + "120101" + "2A01" + Type, BlobTransactionResult.NotBlobTransaction)]
    [InlineData("1228" + "0A1C" + Id + "120101" + "18808080801000" + Type, BlobTransactionResult.NotBlobTransaction)]
    [InlineData("1228" + "0A1C" + Id + "120101" + "18808080808010" + Type, BlobTransactionResult.Ok)]
    public void TryRead_EachCase_IsNamed(string hex, BlobTransactionResult expected)
    {
        Assert.Equal(expected, BlobTransaction.TryRead(Convert.FromHexString(hex), out BlobTransaction? read));
        Assert.Equal(expected == BlobTransactionResult.Ok, read is not null);
    }

    [Fact]
    public void TryRead_DeepGroups_EndWithoutHarm()
    {
        byte[] open = [.. Enumerable.Repeat((byte)0x23, 1_000_000)], shallow = [.. Enumerable.Repeat((byte)0x23, 9000), .. Enumerable.Repeat((byte)0x24, 9000)];
        byte[] blob = Convert.FromHexString(OneBlob + Type);
        Assert.Equal(BlobTransactionResult.NotBlobTransaction, BlobTransaction.TryRead(open, out _));
        Assert.Equal(BlobTransactionResult.UnknownField, BlobTransaction.TryRead((byte[])[.. blob, .. shallow], out _));
    }

    [Fact]
    public void WriteTo_WhatWasRead_IsTheSame()
    {
        var random = new Random(4);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = TestSquares.Encoded(RandomSquares.BlobTransaction(random).WriteTo);
            Assert.Equal(BlobTransactionResult.Ok, BlobTransaction.TryRead(bytes, out BlobTransaction? read));
            Assert.Equal(bytes, TestSquares.Encoded(read!.WriteTo));
        }
        byte[] mocha = CelestiaBlockFixture.Transaction;
        Assert.Equal(BlobTransactionResult.Ok, BlobTransaction.TryRead(mocha, out BlobTransaction? block));
        Assert.Equal(mocha, TestSquares.Encoded(block!.WriteTo));
    }

    [Fact]
    public void TryRead_Mutated_NeverThrows()
    {
        var random = new Random(6);
        byte[][] seeds = [CelestiaBlockFixture.Transaction, .. Enumerable.Range(0, 4).Select(_ => TestSquares.Encoded(RandomSquares.BlobTransaction(random).WriteTo))];
        HostileBytes.Feed(seeds, bytes =>
        {
            byte[] copy = [.. bytes];
            if (BlobTransaction.TryRead(copy, out BlobTransaction? read) != BlobTransactionResult.Ok) return;
            Assert.Equal(BlobTransactionResult.Ok, BlobTransaction.TryRead(TestSquares.Encoded(read!.WriteTo), out _));
        }, 20_000);
    }

    [Fact]
    public void IndexWrapper_MutatedAndCanonical_Answers()
    {
        byte[] valid = TestSquares.Encoded(new IndexWrapper(new byte[] { 1, 2, 3 }, [2, 300, 262143]).WriteTo);
        Assert.Equal("0A030102031206" + "02AC02FFFF0F" + "1A04494E4458", Convert.ToHexString(valid));
        HostileBytes.Feed([valid], bytes =>
        {
            byte[] copy = [.. bytes];
            if (!IndexWrapper.TryRead(copy, out IndexWrapper? read)) return;
            Assert.True(IndexWrapper.TryRead(TestSquares.Encoded(read!.WriteTo), out IndexWrapper? again));
            Assert.Equal(read.ShareIndexes.ToArray(), again!.ShareIndexes.ToArray());
        }, 20_000);
        Assert.False(IndexWrapper.TryRead(Convert.FromHexString("1203808010" + "1A04494E4458"), out _));
        Assert.True(IndexWrapper.TryRead(Convert.FromHexString("10021005" + "1A04494E4458"), out IndexWrapper? unpacked));
        Assert.Equal([2u, 5u], unpacked!.ShareIndexes.ToArray());
        byte[] many = [.. Enumerable.Repeat(new byte[] { 0x10, 1 }, IndexWrapper.MaxIndexes + 1).SelectMany(pair => pair)];
        Assert.False(IndexWrapper.TryRead((byte[])[.. many, .. Convert.FromHexString("1A04494E4458")], out _));
    }
}
